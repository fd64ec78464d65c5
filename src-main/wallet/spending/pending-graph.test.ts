/** Chains of transactions that wait: how long they may be, and what holds a child back. */
import { describe, expect, test } from 'vitest'
import {
  MAX_ANCESTORS,
  MAX_ANCESTORS_VIRTUAL_BYTES,
  MAX_DESCENDANTS,
  MAX_DESCENDANTS_VIRTUAL_BYTES,
  MINIMUM_RELAY_FEE_RATE,
} from '../../chain/mempool/policy.ts'
import { sha256 } from '../../chain/primitives/hashes.ts'
import { type Outpoint, Transaction } from '../../chain/primitives/transaction.ts'
import { deficitAt, PendingGraph, type PendingNode, withAncestors, withDescendants } from './pending-graph.ts'
import type { PendingTransaction } from './spending-types.ts'

let number = 0

/** With 20 outputs, and a script that makes it as large as asked for. */
function pending(
  parents: readonly PendingTransaction[],
  { size = 1_000, fee }: { size?: number; fee?: bigint } = {},
): PendingTransaction {
  const confirmed = { txid: sha256(Uint8Array.of(++number & 0xff, number >> 8)), index: 0 }
  const previous: Outpoint[] = parents.map(({ transaction }, place) => ({ txid: transaction.txid, index: place }))
  const inputs = [confirmed, ...previous].map((outpoint) => ({
    previous: outpoint,
    scriptSig: new Uint8Array(0),
    sequence: 0,
    witness: [],
  }))
  const make = (filling: number) =>
    new Transaction({
      version: 2,
      inputs,
      outputs: [
        ...Array.from({ length: 20 }, () => ({ value: 1n, scriptPubKey: new Uint8Array(0) })),
        { value: 0n, scriptPubKey: new Uint8Array(filling) },
      ],
      lockTime: 0,
    })
  // The length of the script takes a byte, or three where it is above 252.
  const transaction = [
    make(size - make(0).virtualSize),
    make(size - make(0).virtualSize - 2),
    make(size - make(0).virtualSize - 4),
  ].find(({ virtualSize }) => virtualSize === size)
  if (transaction === undefined) throw new Error(`no transaction of ${size}`)
  return { transaction, inputs: inputs.map(() => undefined), outputs: new Map(), fee }
}

function chainOf(length: number, options?: { size?: number; fee?: bigint }): PendingTransaction[] {
  const chain: PendingTransaction[] = []
  for (let i = 0; i < length; i++) chain.push(pending(chain.slice(-1), options))
  return chain
}

function nodeOf(graph: PendingGraph, { transaction }: PendingTransaction): PendingNode {
  const node = graph.node(transaction.txid)
  if (node === undefined) throw new Error('it is in the graph')
  return node
}

function allows(all: readonly PendingTransaction[], parents: readonly PendingTransaction[], size = 200): boolean {
  const graph = new PendingGraph(all)
  return graph.allowsChild(
    parents.map((parent) => nodeOf(graph, parent)),
    size,
  )
}

describe('relations', () => {
  test('are found in whatever order transactions come', () => {
    const [a, b, c] = chainOf(3) as [PendingTransaction, PendingTransaction, PendingTransaction]
    for (const order of [
      [a, b, c],
      [c, b, a],
    ]) {
      const graph = new PendingGraph(order)
      expect(withAncestors([nodeOf(graph, c)]).size).toBe(3)
      expect(withDescendants(nodeOf(graph, a)).size).toBe(3)
      expect(withDescendants(nodeOf(graph, c)).size).toBe(1)
      expect(graph.parentsOf([{ txid: b.transaction.txid, index: 3 }])).toEqual(new Set([nodeOf(graph, b)]))
    }
    expect(new PendingGraph([]).node(a.transaction.txid)).toBeUndefined()
  })
})

describe('limits', () => {
  test('ancestors: as many as nodes relay, the child counted', () => {
    const chain = chainOf(MAX_ANCESTORS)
    expect(allows(chain, chain.slice(MAX_ANCESTORS - 2, MAX_ANCESTORS - 1))).toBe(false)
    expect(allows(chain.slice(0, -1), chain.slice(MAX_ANCESTORS - 2, MAX_ANCESTORS - 1))).toBe(true)
    expect(allows(chain, chain.slice(-1))).toBe(false)
  })

  test('ancestors of several parents count once, and together', () => {
    const shared = chainOf(12)
    const one = pending(shared.slice(-1))
    const two = pending(shared.slice(-1))
    expect(allows([...shared, one, two], [one, two])).toBe(true)
    const [first, second] = [chainOf(12), chainOf(13)]
    const ends = [first, second].flatMap((chain) => chain.slice(-1))
    expect(allows([...first, ...second], ends)).toBe(false)
    expect(allows([...first, ...second.slice(0, 12)], [...first.slice(-1), ...second.slice(11, 12)])).toBe(true)
  })

  test('descendants of any ancestor', () => {
    const root = pending([])
    const children = Array.from({ length: MAX_DESCENDANTS - 1 }, () => pending([root]))
    expect(allows([root, ...children], children.slice(0, 1))).toBe(false)
    expect(allows([root, ...children.slice(1)], children.slice(1, 2))).toBe(true)
  })

  test('virtual bytes of both', () => {
    const chain = chainOf(2, { size: 50_000 })
    const room = MAX_ANCESTORS_VIRTUAL_BYTES - 100_000
    expect(allows(chain, chain.slice(-1), room)).toBe(true)
    expect(allows(chain, chain.slice(-1), room + 1)).toBe(false)
    const root = pending([], { size: 40_000 })
    const sibling = pending([root], { size: 50_000 })
    const left = MAX_DESCENDANTS_VIRTUAL_BYTES - 90_000
    expect(allows([root, sibling], [root], left)).toBe(true)
    expect(allows([root, sibling], [root], left + 1)).toBe(false)
  })
})

describe('what holds a child back', () => {
  const deficit = (all: readonly PendingTransaction[], parents: readonly PendingTransaction[], rate: number) => {
    const graph = new PendingGraph(all)
    return deficitAt(
      rate,
      parents.map((parent) => nodeOf(graph, parent)),
    )
  }

  test('is what its ancestors lack for the rate', () => {
    const poor = pending([], { fee: 1_000n })
    expect(deficit([poor], [poor], 1_000)).toBe(0)
    expect(deficit([poor], [poor], 5_000)).toBe(4_000)
    expect(deficit([], [], 5_000)).toBe(0)
  })

  test('of those whose fee nobody told us is by the least that nodes relay', () => {
    const gift = pending([])
    expect(deficit([gift], [gift], MINIMUM_RELAY_FEE_RATE + 1_000)).toBe(1_000)
  })

  test('does not count on what rich ancestors pay beyond it: they are in a block by then', () => {
    const rich = pending([], { fee: 50_000n })
    const poor = pending([rich], { fee: 1_000n })
    expect(deficit([rich, poor], [poor], 20_000)).toBe(19_000)
    // The other way round the child has paid for its parent already.
    const parent = pending([], { fee: 1_000n })
    const child = pending([parent], { fee: 50_000n })
    expect(deficit([parent, child], [child], 20_000)).toBe(0)
    expect(deficit([parent, child], [child], 30_000)).toBe(2 * 30_000 - 51_000)
  })
})
