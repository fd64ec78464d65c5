import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { outpointKey } from '../coins/coin.ts'
import type { Transaction } from '../primitives/transaction.ts'
import { free, spend } from '../test-support/mempool-fixture.ts'
import type { OwnedCoin } from '../test-support/test-keys.ts'
import { MAX_CONSECUTIVE_FAILURES, type SelectionLimits, selectForBlock } from './block-selection.ts'
import { MempoolEntry } from './mempool-entry.ts'
import { TransactionGraph } from './transaction-graph.ts'

const isLong = process.env.SHOAL_LONG === '1'
const numRuns = isLong ? 2_000 : 80
const OUTPUTS = 3

interface Plan {
  /** Which of the outputs made before each transaction spends, by any number. */
  readonly inputs: readonly number[]
  readonly fee: number
  readonly sigopsCost: number
}

const plans = fc.array(
  fc.record({
    inputs: fc.array(fc.nat(), { minLength: 1, maxLength: 4 }),
    fee: fc.integer({ min: 0, max: 5_000 }),
    sigopsCost: fc.nat(400),
  }),
  { minLength: 1, maxLength: 25 },
)

/** A graph's transactions, no output spent twice, parents first. */
function entriesOf(wanted: readonly Plan[]): MempoolEntry[] {
  const open: OwnedCoin[] = Array.from({ length: 4 }, (_, index) => ({
    outpoint: { txid: new Uint8Array(32).fill(7), index },
    output: free(10_000),
  }))
  return wanted.map(({ inputs, fee, sigopsCost }, sequence) => {
    const coins: OwnedCoin[] = []
    for (const input of inputs) coins.push(...open.splice(input % Math.max(open.length, 1), 1))
    // Where all is spent, something from outside that is this one's alone.
    if (coins.length === 0)
      coins.push({ outpoint: { txid: new Uint8Array(32).fill(9), index: sequence }, output: free(10_000) })
    const transaction = spend(
      coins,
      Array.from({ length: OUTPUTS }, () => free(1_000 + sequence)),
    )
    for (let index = 0; index < OUTPUTS; index++)
      open.push({ outpoint: { txid: transaction.txid, index }, output: free(1_000 + sequence) })
    return new MempoolEntry({ transaction, fee, sigopsCost, entered: 0, sequence, spendsCoinbase: false })
  })
}

const spendsFrom = (child: Transaction, { txid }: Transaction) =>
  child.inputs.some(({ previous }) => Buffer.compare(previous.txid, txid) === 0)

/** Sums by following inputs, the plainest way. */
function recounted(entries: readonly MempoolEntry[]) {
  const reach = (start: MempoolEntry, isNext: (from: MempoolEntry, to: MempoolEntry) => boolean) => {
    const found = new Set([start])
    for (const from of found) for (const to of entries) if (isNext(from, to)) found.add(to)
    const sum = (of: (entry: MempoolEntry) => number) => [...found].reduce((total, entry) => total + of(entry), 0)
    return {
      count: found.size,
      fee: sum(({ fee }) => fee),
      virtualSize: sum(({ virtualSize }) => virtualSize),
      sigopsCost: sum(({ sigopsCost }) => sigopsCost),
    }
  }
  return entries.map((entry) => ({
    entry,
    ancestors: reach(entry, (from, to) => spendsFrom(from.transaction, to.transaction)),
    descendants: reach(entry, (from, to) => spendsFrom(to.transaction, from.transaction)),
  }))
}

function assertSound(graph: TransactionGraph): void {
  const entries = [...graph.entries()]
  const spent = new Set<string>()
  for (const { entry, ancestors, descendants } of recounted(entries)) {
    expect({ ...entry.ancestors }).toEqual(ancestors)
    expect({ ...entry.descendants }).toEqual(descendants)
    for (const { previous } of entry.transaction.inputs) {
      expect(spent.has(outpointKey(previous))).toBe(false)
      spent.add(outpointKey(previous))
      expect(graph.spender(previous)).toBe(entry)
    }
    expect(graph.byTxid(entry.transaction.txid)).toBe(entry)
    expect(graph.byWtxid(entry.transaction.wtxid)).toBe(entry)
  }
  const total = (of: (entry: MempoolEntry) => number) => entries.reduce((sum, entry) => sum + of(entry), 0)
  expect([graph.size, graph.memory, graph.virtualSize, graph.fees]).toEqual([
    entries.length,
    total(({ memory }) => memory),
    total(({ virtualSize }) => virtualSize),
    total(({ fee }) => fee),
  ])
  const rates = entries.map(({ fee, virtualSize, descendants }) =>
    Math.max(fee / virtualSize, descendants.fee / descendants.virtualSize),
  )
  const { cheapest } = graph
  expect(cheapest === undefined ? undefined : rates[entries.indexOf(cheapest)]).toBe(
    entries.length === 0 ? undefined : Math.min(...rates),
  )
}

describe('sums over ancestors and descendants', () => {
  test('equal a plain recount, in whatever order transactions come and go', () => {
    fc.assert(
      fc.property(plans, fc.array(fc.nat()), fc.array(fc.nat()), (wanted, comings, goings) => {
        const graph = new TransactionGraph()
        const waiting = entriesOf(wanted)
        for (const place of comings) {
          const [entry] = waiting.splice(place % Math.max(waiting.length, 1), 1)
          if (entry) graph.add(entry)
        }
        for (const entry of waiting) graph.add(entry)
        assertSound(graph)
        for (const place of goings) {
          const entries = [...graph.entries()]
          const entry = entries[place % entries.length]
          if (entry) graph.remove(entry)
        }
        assertSound(graph)
      }),
      { seed: 82, numRuns },
    )
  })
})

/** The same choice without a heap: every package is summed up anew before each step. */
function plainSelection(entries: readonly MempoolEntry[], { maxWeight = 0, maxSigopsCost = 0 }: SelectionLimits) {
  const taken: MempoolEntry[] = []
  const failed = new Map<MempoolEntry, number>()
  let weight = 0
  let sigops = 0
  const packageOf = (entry: MempoolEntry) => {
    const members = new Set([entry])
    for (const member of members) for (const parent of member.parents) members.add(parent)
    return [...members].filter((member) => !taken.includes(member))
  }
  const sum = (of: readonly MempoolEntry[], part: 'fee' | 'virtualSize' | 'sigopsCost') =>
    of.reduce((total, entry) => total + entry[part], 0)
  for (;;) {
    const ranked = entries
      .filter((entry) => !taken.includes(entry) && failed.get(entry) !== packageOf(entry).length)
      .map((entry) => {
        const members = packageOf(entry)
        const rate = Math.min(sum(members, 'fee') / sum(members, 'virtualSize'), entry.fee / entry.virtualSize)
        return { entry, members, rate }
      })
      .sort((a, b) => b.rate - a.rate || a.entry.sequence - b.entry.sequence)
    const [best] = ranked
    if (best === undefined) return taken
    const { entry, members } = best
    const fits =
      weight + sum(members, 'virtualSize') * 4 <= maxWeight && sigops + sum(members, 'sigopsCost') <= maxSigopsCost
    if (!fits) {
      failed.set(entry, members.length)
      continue
    }
    members.sort((a, b) => a.ancestors.count - b.ancestors.count || a.sequence - b.sequence)
    taken.push(...members)
    for (const member of members) weight += member.weight
    sigops += sum(members, 'sigopsCost')
  }
}

describe('selection for a block', () => {
  test('takes what the plain way takes, parents first, within the limits', () => {
    fc.assert(
      fc.property(
        plans,
        fc.integer({ min: 500, max: 8_000 }),
        fc.integer({ min: 0, max: 4_000 }),
        (wanted, maxWeight, maxSigopsCost) => {
          const graph = new TransactionGraph()
          for (const entry of entriesOf(wanted)) graph.add(entry)
          const limits = { maxWeight, maxSigopsCost }
          const selected = selectForBlock(graph, limits)
          const plain = plainSelection([...graph.entries()], limits)
          expect(selected.map(({ transaction }) => transaction)).toEqual(plain.map(({ transaction }) => transaction))
          const done = new Set<string>()
          for (const { transaction } of selected) {
            const entry = graph.byTxid(transaction.txid) as MempoolEntry
            expect([...entry.parents].every(({ key }) => done.has(key))).toBe(true)
            done.add(entry.key)
          }
          expect(selected.reduce((sum, { weight }) => sum + weight, 0)).toBeLessThanOrEqual(maxWeight)
          expect(selected.reduce((sum, { sigopsCost }) => sum + sigopsCost, 0)).toBeLessThanOrEqual(maxSigopsCost)
        },
      ),
      { seed: 83, numRuns },
    )
  })

  test('a child that pays brings its parent in; one that does not stays behind', () => {
    const chain = entriesOf([
      { inputs: [0], fee: 100, sigopsCost: 0 },
      { inputs: [3], fee: 5_000, sigopsCost: 0 },
      { inputs: [0], fee: 1_000, sigopsCost: 0 },
    ])
    const [parent, child, other] = chain as [MempoolEntry, MempoolEntry, MempoolEntry]
    expect([...new Set(child.transaction.inputs.map(({ previous }) => previous.txid))]).toEqual([
      parent.transaction.txid,
    ])
    const graph = new TransactionGraph()
    for (const entry of chain) graph.add(entry)
    const order = (minimumFeeRate: number) =>
      selectForBlock(graph, { minimumFeeRate }).map(({ transaction }) => transaction)
    expect(order(0)).toEqual([parent, child, other].map(({ transaction }) => transaction))
    expect(order(12_000)).toEqual([parent, child].map(({ transaction }) => transaction))
    expect(order(1_000_000)).toEqual([])
  })

  test(`the search ends after ${MAX_CONSECUTIVE_FAILURES} in a row that do not fit a block that is nearly full`, () => {
    const entryOf = (sequence: number, outputs: number, fee: number) => {
      const coin = { outpoint: { txid: new Uint8Array(32).fill(7), index: sequence }, output: free(10_000) }
      const transaction = spend(
        [coin],
        Array.from({ length: outputs }, () => free(100)),
      )
      return new MempoolEntry({ transaction, fee, sigopsCost: 0, entered: 0, sequence, spendsCoinbase: false })
    }
    const [dear, cheap] = [entryOf(0, 1, 100_000), entryOf(1, 1, 1)] as const
    for (const [large, expected] of [
      [MAX_CONSECUTIVE_FAILURES, [dear, cheap]],
      [MAX_CONSECUTIVE_FAILURES + 1, [dear]],
    ] as const) {
      const graph = new TransactionGraph()
      for (const entry of [dear, cheap]) graph.add(entry)
      for (let n = 0; n < large; n++) graph.add(entryOf(2 + n, 10, 10_000))
      const selected = selectForBlock(graph, { maxWeight: dear.weight + cheap.weight + 4 })
      expect(selected.map(({ transaction }) => transaction)).toEqual(expected.map(({ transaction }) => transaction))
      for (const entry of [dear, cheap]) graph.remove(entry)
    }
  })
})
