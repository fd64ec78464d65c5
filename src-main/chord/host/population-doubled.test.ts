/** What a host makes of another in one of its places, step by step. */
import { expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../kernel/clock.ts'
import { DOUBLED_AGAIN, Population, type PopulationParts } from './population.ts'
import type { VirtualNode } from './virtual-nodes.ts'

const endpoint = { host: '45.1.1.1', port: 7_000 }

/** A host with one place, slot 0; `other` in it answers what is asked of it, or nothing where left out. */
function make(other?: 'alive' | 'refused') {
  const goodbyes: (() => void)[] = []
  const joins: number[] = []
  const asked: { missed(): void }[] = []
  let time = 0
  const node = { member: { self: { slot: 0 } }, isLeaving: false } as unknown as VirtualNode
  const nodes = {
    active: [],
    at: (slot: number) => (slot === 0 && joins.length === 0 ? node : undefined),
    leave: (_slot: number, done: () => void) => goodbyes.push(done),
    join: (_endpoint: unknown, slot: number) => joins.push(slot),
    create: () => {},
  }
  const ask = (_to: unknown, _question: unknown, callbacks: { answered(answer: object): void; missed(): void }) => {
    asked.push(callbacks)
    if (other) callbacks.answered({ kind: other })
  }
  const population = new Population({
    ...{ nodes, asking: { as: () => ({ ask }) }, wanted: 1, successors: 4, settling: MINUTE },
    clock: { now: () => time, after: () => ({ cancel: () => {} }) },
    random: { below: () => 0 },
    log: { write: () => {} },
    contactsFor: () => [],
    beforeLeave: (_node: unknown, done: () => void) => done(),
    tried: () => {},
  } as unknown as PopulationParts)
  population.create(endpoint)
  const doubled = () => population.doubled(0, { slot: 0 } as never)
  const pass = (duration: number) => {
    time += duration
  }
  return { population, goodbyes, joins, asked, doubled, pass }
}

test('a departure that ends after others were begun does not begin a second join beside the one under way', () => {
  const { population, goodbyes, joins, doubled } = make('alive')
  doubled()
  expect(goodbyes).toHaveLength(1)
  population.stop()
  population.begin({ host: '45.1.1.2', port: 7_000 })
  expect(joins).toHaveLength(1)
  for (const done of goodbyes) done()
  expect(joins).toHaveLength(1)
})

test('a successor that names somebody in our place with each answer has that one asked for once a minute', () => {
  const { asked, doubled, pass, goodbyes } = make()
  for (let n = 0; n < 30; n++) {
    doubled()
    asked.at(-1)?.missed()
    pass(5 * SECOND)
  }
  expect(asked).toHaveLength(Math.ceil((30 * 5 * SECOND) / DOUBLED_AGAIN))
  expect(goodbyes).toHaveLength(0)
})

test('of one that answers in our place, but not as its own, nothing follows', () => {
  const { asked, doubled, goodbyes } = make('refused')
  doubled()
  expect([asked.length, goodbyes.length]).toEqual([1, 0])
})
