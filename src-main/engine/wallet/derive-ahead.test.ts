import { expect, test } from 'vitest'
import type { Clock } from '../../kernel/clock.ts'
import type { KeyPath } from '../../wallet/wallet-types.ts'
import { DERIVING_SLICE, deriveAhead, firstPaths } from './derive-ahead.ts'

/** Each key takes a millisecond; `turns` counts how often others had one. */
function slowAccount() {
  const made: KeyPath[] = []
  let now = 0
  const world = { made, turns: 0, longest: 0 }
  let since = 0
  const clock = {
    now: () => now,
    after: (_: number, run: () => void) => {
      world.turns++
      world.longest = Math.max(world.longest, now - since)
      queueMicrotask(() => {
        since = now
        run()
      })
      return { cancel() {} }
    },
  } as unknown as Clock
  const scriptAt = (path: KeyPath) => {
    now++
    made.push(path)
    return new Uint8Array(22)
  }
  return { world, clock, account: { scriptAt } }
}

test('keys of both chains are made, and others have a turn in between', async () => {
  const { world, clock, account } = slowAccount()
  await deriveAhead(account, firstPaths(50), clock, () => true)
  expect(world.made).toEqual([0, 1].flatMap((chain) => Array.from({ length: 50 }, (_, index) => ({ chain, index }))))
  expect(world.longest).toBe(DERIVING_SLICE)
  expect(world.turns).toBe(100 / DERIVING_SLICE)
})

test('ends once nobody wants them', async () => {
  const { world, clock, account } = slowAccount()
  await deriveAhead(account, firstPaths(50), clock, () => world.turns < 2)
  expect(world.made).toHaveLength(2 * DERIVING_SLICE)
})
