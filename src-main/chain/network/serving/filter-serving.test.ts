import { expect, test } from 'vitest'
import { BASIC_FILTER, type MessageOf } from '../messages/index.ts'
import type { PartContext } from '../part-context.ts'
import type { Peer } from '../peer.ts'
import type { Answers } from './answers.ts'
import { FILTER_TAKING_LIMIT, FilterServing, MAX_FILTER_ANSWERS } from './filter-serving.ts'

const hash = new Uint8Array(32).fill(1)
const question: MessageOf<'getcfilters'> = {
  ...{ command: 'getcfilters', filterType: BASIC_FILTER, startHeight: 0, stopHash: hash },
}

/** Peers that take everything at once, or nothing until they are let go of. */
function world() {
  const clock = { time: 0 }
  const sent: string[] = []
  const closed: string[] = []
  const gone = new Map<Peer, () => void>()
  const peer = (name: string, takes: boolean): Peer => {
    const made = {
      name,
      takes,
      send: () => sent.push(name),
      close() {
        closed.push(name)
        gone.get(made as unknown as Peer)?.()
      },
    }
    return made as unknown as Peer
  }
  const answers = {
    add: (_peer: Peer, _items: number, answer: () => Promise<void>) => void answer(),
    room: (asked: Peer) =>
      (asked as unknown as { takes: boolean }).takes
        ? Promise.resolve(true)
        : new Promise<boolean>((resolve) => gone.set(asked, () => resolve(false))),
  }
  const context = {
    clock: { now: () => clock.time },
    chain: {
      state: { tip: { hash, height: 0 } },
      filters: async () => [{ blockHash: hash, filter: new Uint8Array(1) }],
    },
  }
  const serving = new FilterServing(context as unknown as PartContext, answers as unknown as Answers, true)
  const settle = async () => {
    for (let turn = 0; turn < 50; turn++) await Promise.resolve()
  }
  return { clock, sent, closed, peer, serving, settle }
}

test('peers that take nothing keep the filters from nobody for long', async () => {
  const { clock, sent, closed, peer, serving, settle } = world()
  const names = Array.from({ length: MAX_FILTER_ANSWERS }, (_, i) => `slow ${i}`)
  for (const name of names) serving.handlers.getcfilters?.(peer(name, false), question)
  await settle()
  clock.time += 2 * FILTER_TAKING_LIMIT
  // As long as nobody waits they may take their time.
  serving.tick(clock.time)
  expect(closed).toEqual([])
  serving.handlers.getcfilters?.(peer('honest', true), question)
  await settle()
  expect(sent).toEqual([])
  serving.tick(clock.time)
  expect(closed).toEqual(names)
  await settle()
  expect(sent).toEqual(['honest'])
})
