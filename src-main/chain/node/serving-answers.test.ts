import { beforeAll, describe, expect, test } from 'vitest'
import { codeOf } from '../../kernel/errors.ts'
import { filterHashOf } from '../light/filter-header.ts'
import { decodeCompactBlock } from '../network/compact-block.ts'
import { decodeBlockTransactions, encodeGetBlockTransactions } from '../network/compact-block-messages.ts'
import { ZERO_HASH } from '../primitives/hashes.ts'
import type { Chainstate } from '../state/chainstate.ts'
import type { StoredFilter } from '../store/filter-index.ts'
import { openChainstate } from '../test-support/chainstate-bed.ts'
import { TestChain } from '../test-support/test-chain.ts'
import {
  FILTER_CHECKPOINT_INTERVAL,
  MAX_BLOCK_TRANSACTIONS_DEPTH,
  MAX_COMPACT_DEPTH,
  MAX_FILTER_HASHES,
  MAX_FILTERS,
  ServingAnswers,
} from './serving-answers.ts'

const made = new TestChain()
const HEIGHT = MAX_FILTER_HASHES + 5
let chainstate: Chainstate
let nonces = 0
const random = { bytes: (length: number) => new Uint8Array(length).fill(++nonces), below: () => 0 }

/** The header's own bytes stand for the filter: only which one is given matters here. */
function filterOf(hash: Uint8Array): StoredFilter {
  return { filter: hash.slice(0, 8), header: hash.slice().reverse() }
}

function answers(filter: (hash: Uint8Array) => StoredFilter | undefined = filterOf): ServingAnswers {
  const filterHash = (hash: Uint8Array) => {
    const bytes = filter(hash)?.filter
    return bytes && filterHashOf(bytes)
  }
  return new ServingAnswers({ chainstate, random, filter, filterHash })
}

const hashAt = (height: number) => made.blockAt(height).hash

beforeAll(async () => {
  made.mineMany(HEIGHT)
  chainstate = await openChainstate()
  for (const block of made.blocks.slice(1)) await chainstate.acceptBlock(block, 'peer', true)
  expect(chainstate.tip.height).toBe(HEIGHT)
})

describe('compact blocks', () => {
  test(`are given of the ${MAX_COMPACT_DEPTH} newest blocks, the same to all who ask`, () => {
    const serving = answers()
    for (let depth = 0; depth < MAX_COMPACT_DEPTH; depth++) {
      const payload = serving.compactBlock(hashAt(HEIGHT - depth))
      expect(payload && decodeCompactBlock(payload).header.hash).toEqual(hashAt(HEIGHT - depth))
      expect(serving.compactBlock(hashAt(HEIGHT - depth))).toBe(payload)
    }
    expect(serving.compactBlock(hashAt(HEIGHT - MAX_COMPACT_DEPTH))).toBeUndefined()
    expect(serving.compactBlock(ZERO_HASH)).toBeUndefined()
  })

  test(`have their transactions given down to ${MAX_BLOCK_TRANSACTIONS_DEPTH} blocks`, () => {
    const ask = (height: number, indexes = [0]) =>
      answers().blockTransactions(encodeGetBlockTransactions({ blockHash: hashAt(height), indexes }))
    const lowest = HEIGHT - MAX_BLOCK_TRANSACTIONS_DEPTH + 1
    for (const height of [HEIGHT, lowest]) {
      const payload = ask(height)
      const given = payload && decodeBlockTransactions(payload).transactions.map(({ txid }) => txid)
      expect(given).toEqual([made.blockAt(height).transactions[0]?.txid])
    }
    expect(ask(lowest - 1)).toBeUndefined()
  })

  test('are asked for in requests that can be read', async () => {
    const refusal = async (request: Uint8Array) => {
      try {
        return answers().blockTransactions(request)
      } catch (error) {
        return codeOf(error)
      }
    }
    expect(await refusal(new Uint8Array(5))).toEqual(expect.any(String))
    expect(await refusal(encodeGetBlockTransactions({ blockHash: hashAt(HEIGHT), indexes: [7] }))).toEqual(
      expect.any(String),
    )
  })
})

describe('filters', () => {
  const range = (startHeight: number, stop: number) => ({ startHeight, stopHash: hashAt(stop) })

  test(`are given in ranges of at most ${MAX_FILTERS}`, () => {
    const given = answers().filters(range(1, MAX_FILTERS))
    expect(given?.length).toBe(MAX_FILTERS)
    expect(given?.[41]).toEqual({ blockHash: hashAt(42), filter: filterOf(hashAt(42)).filter })
    expect(answers().filters(range(0, MAX_FILTERS))).toBeUndefined()
  })

  test(`have their hashes given in ranges of at most ${MAX_FILTER_HASHES}, with the header before`, () => {
    const given = answers().filterHashes(range(5, MAX_FILTER_HASHES + 4))
    expect(given?.hashes.length).toBe(MAX_FILTER_HASHES)
    expect(given?.previous).toEqual(filterOf(hashAt(4)).header)
    expect(given?.hashes[0]).toEqual(filterHashOf(filterOf(hashAt(5)).filter ?? ZERO_HASH))
    expect(answers().filterHashes(range(4, MAX_FILTER_HASHES + 4))).toBeUndefined()
    expect(answers().filterHashes(range(0, 3))?.previous).toEqual(ZERO_HASH)
  })

  test(`have checkpoints each ${FILTER_CHECKPOINT_INTERVAL} blocks`, () => {
    const headers = [1_000, 2_000].map((height) => filterOf(hashAt(height)).header)
    expect(answers().filterCheckpoints(hashAt(HEIGHT))).toEqual(headers)
    expect(answers().filterCheckpoints(hashAt(1_999))).toEqual(headers.slice(0, 1))
    expect(answers().filterCheckpoints(hashAt(999))).toEqual([])
  })

  test('are not given for what is no range, is not known or not kept', () => {
    for (const asked of [range(9, 8), { startHeight: 1, stopHash: ZERO_HASH }]) {
      expect(answers().filters(asked)).toBeUndefined()
      expect(answers().filterHashes(asked)).toBeUndefined()
    }
    expect(answers().filterCheckpoints(ZERO_HASH)).toBeUndefined()
    const none = answers(() => undefined)
    expect([none.filters(range(1, 2)), none.filterHashes(range(1, 2))]).toEqual([undefined, undefined])
    expect(none.filterCheckpoints(hashAt(HEIGHT))).toBeUndefined()
  })

  test('of a side branch are those of its own blocks', async () => {
    const side = made.fork(HEIGHT - 1).mine({ extraNonce: 3 })
    await chainstate.acceptBlock(side, 'peer', true)
    expect(
      answers()
        .filters({ startHeight: HEIGHT - 1, stopHash: side.hash })
        ?.map(({ blockHash }) => blockHash),
    ).toEqual([hashAt(HEIGHT - 1), side.hash])
  })
})
