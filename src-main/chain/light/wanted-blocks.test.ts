import { expect, test } from 'vitest'
import { codeOf } from '../../kernel/errors.ts'
import { Simulation } from '../../simulation/simulation.ts'
import { recentChain } from '../test-support/recent-chain.ts'
import { MAX_WANTED_BLOCKS, WANTED_BLOCK_LIMIT, WantedBlocks } from './wanted-blocks.ts'

const code = (promise: Promise<unknown>) => promise.then(() => 'came', codeOf)

test('all who wait for a block get it, and later ones at once', async () => {
  const sim = new Simulation({ seed: 1 })
  const blocks = new WantedBlocks(sim.host().clock)
  const { tip } = recentChain(1)
  const waiting = [blocks.want(tip.hash), blocks.want(tip.hash)]
  expect(blocks.wanted).toEqual([tip.hash])
  blocks.came(tip)
  expect(await Promise.all(waiting)).toEqual([tip, tip])
  expect(blocks.wanted).toEqual([])
  expect(await blocks.want(tip.hash)).toBe(tip)
})

test('one that does not come in time, or when all ends, is refused', async () => {
  const sim = new Simulation({ seed: 1 })
  const blocks = new WantedBlocks(sim.host().clock)
  const late = code(blocks.want(new Uint8Array(32)))
  await sim.run(WANTED_BLOCK_LIMIT)
  expect(await late).toBe('BLOCK_NOT_TO_BE_HAD')
  expect(blocks.wanted).toEqual([])
  const open = code(blocks.want(new Uint8Array(32)))
  blocks.close()
  expect(await open).toBe('BLOCK_NOT_TO_BE_HAD')
})

test('no more are waited for than the limit', async () => {
  const sim = new Simulation({ seed: 1 })
  const blocks = new WantedBlocks(sim.host().clock)
  const outcomes = Array.from({ length: MAX_WANTED_BLOCKS }, (_, i) =>
    code(blocks.want(Uint8Array.from({ length: 32 }, (_, at) => [1, i & 0xff, i >> 8][at] ?? 0))),
  )
  expect(await code(blocks.want(new Uint8Array(32)))).toBe('TOO_MANY_BLOCKS')
  blocks.close()
  expect(new Set(await Promise.all(outcomes))).toEqual(new Set(['BLOCK_NOT_TO_BE_HAD']))
})
