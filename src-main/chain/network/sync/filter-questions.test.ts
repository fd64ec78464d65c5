import { expect, test } from 'vitest'
import { Simulation } from '../../../simulation/simulation.ts'
import type { Peer } from '../peer.ts'
import { FILTER_ANSWER_LIMIT, FilterQuestions } from './filter-questions.ts'

const stopHash = new Uint8Array(32).fill(1)
const other = new Uint8Array(32).fill(2)
const range = { startHeight: 5, endHeight: 7, stopHash }

function bed() {
  const sim = new Simulation({ seed: 1 })
  const { clock } = sim.host()
  const sent: string[] = []
  const peer = { send: ({ command }: { command: string }) => sent.push(command) } as unknown as Peer
  return { sim, clock, sent, peer, questions: new FilterQuestions(clock) }
}

test('an answer to something else is passed over, the one that fits ends the question', async () => {
  const { questions, peer, sent } = bed()
  const asked = questions.checkpoints(peer, stopHash)
  questions.received(peer, { command: 'cfcheckpt', filterType: 0, stopHash: other, headers: [other] })
  questions.received(peer, { command: 'cfcheckpt', filterType: 9, stopHash, headers: [other] })
  questions.received(peer, { command: 'cfheaders', filterType: 0, stopHash, previous: other, hashes: [] })
  expect(questions.isAsked(peer)).toBe(true)
  questions.received(peer, { command: 'cfcheckpt', filterType: 0, stopHash, headers: [stopHash] })
  expect(await asked).toEqual([stopHash])
  expect(questions.isAsked(peer)).toBe(false)
  expect(sent).toEqual(['getcfcheckpt'])
})

test('filters are whole when there are as many as blocks in the range; each gives the next its time', async () => {
  const { questions, peer, sim, clock } = bed()
  const asked = questions.filters(peer, range)
  for (const n of [1, 2, 3]) {
    await sim.run(FILTER_ANSWER_LIMIT - 1)
    questions.tick(clock.now())
    questions.received(peer, { command: 'cfilter', filterType: 0, blockHash: stopHash, filter: Uint8Array.of(n) })
  }
  expect(await asked).toEqual([1, 2, 3].map((n) => ({ blockHash: stopHash, filter: Uint8Array.of(n) })))
})

test('a question ends by silence, by the next one, when the peer leaves, and when all are dropped', async () => {
  const { questions, peer, sim, clock } = bed()
  const silent = questions.hashes(peer, range)
  await sim.run(FILTER_ANSWER_LIMIT)
  questions.tick(clock.now())
  expect(await silent).toBe('silent')
  const replaced = questions.hashes(peer, range)
  const left = questions.filters(peer, range)
  questions.left(peer)
  const dropped = questions.checkpoints(peer, stopHash)
  questions.cancel()
  expect(await Promise.all([replaced, left, dropped])).toEqual(['void', 'void', 'void'])
})
