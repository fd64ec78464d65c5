import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Transaction } from '../primitives/transaction.ts'
import { ChainStoreFolder, fill, randomChain } from '../test-support/chain-store-folder.ts'
import { RecordedChain, seededNumbers } from '../test-support/recorded-chain.ts'
import { ANYONE_CAN_SPEND, coinOf, spendCoins, TestKey } from '../test-support/test-keys.ts'
import type { ChainQueries, ScriptEvent } from './chain-queries.ts'
import type { SqliteChainStore } from './sqlite-chain-store.ts'
import { MAX_PAGE_ROWS } from './store-limits.ts'

const recorded = randomChain(31, 150)
const { blocks } = recorded.chain
const folder = new ChainStoreFolder()
let store: SqliteChainStore
const ask = <T>(question: (queries: ChainQueries) => T): T => store.query(question)

beforeAll(async () => {
  store = (await folder.open()).store
  fill(store, recorded)
})
afterAll(() => {
  store.close()
  folder.remove()
})

/** All that the blocks did to a script, newest first, worked out in the plainest way. */
function historyOf(chain: RecordedChain, script: Uint8Array): ScriptEvent[] {
  const isIt = ({ scriptPubKey }: { scriptPubKey: Uint8Array }) => Buffer.compare(scriptPubKey, script) === 0
  const sum = (values: readonly { value: bigint; scriptPubKey: Uint8Array }[]) =>
    values.filter(isIt).reduce((total, { value }) => total + value, 0n)
  const events = chain.chain.blocks.flatMap(({ transactions }, height) =>
    transactions.map(({ txid, outputs }, place) => {
      const coins = place === 0 ? [] : (chain.spentAt(height)[place - 1] ?? [])
      const touches = outputs.some(isIt) || coins.some(isIt)
      return { touches, event: { txid, height, place, received: sum(outputs), spent: sum(coins) } }
    }),
  )
  return events
    .filter(({ touches }) => touches)
    .map(({ event }) => event)
    .reverse()
}

describe('transactions', () => {
  test('every one of the best chain is found where it stands', () => {
    for (const [height, block] of blocks.entries())
      for (const [place, { txid }] of block.transactions.entries())
        expect(ask((queries) => queries.transaction(txid))).toEqual({ blockHash: block.hash, height, place })
    expect(ask((queries) => queries.transaction(blocks[3]?.hash as Uint8Array))).toBeUndefined()
  })
})

describe('the history of a script', () => {
  test('is all that the blocks did to it, newest first, in pages', () => {
    for (const script of [ANYONE_CAN_SPEND, ...[0, 1, 2, 3, 4].map((number) => new TestKey(number).p2wpkh)]) {
      const expected = historyOf(recorded, script)
      expect(expected.length).toBeGreaterThan(3)
      expect(ask((queries) => queries.history(script, { offset: 0, limit: MAX_PAGE_ROWS }))).toEqual(
        expected.slice(0, MAX_PAGE_ROWS),
      )
      const paged: ScriptEvent[] = []
      for (let page: readonly ScriptEvent[] = [], offset = 0; offset === 0 || page.length > 0; offset += 7) {
        page = ask((queries) => queries.history(script, { offset, limit: 7 }))
        paged.push(...page)
      }
      expect(paged).toEqual(expected)
      const total = (side: 'received' | 'spent') => expected.reduce((sum, event) => sum + event[side], 0n)
      expect(ask((queries) => queries.scriptTotals(script))).toEqual({
        transactions: expected.length,
        received: total('received'),
        spent: total('spent'),
      })
    }
  })

  test('of a script that was never seen, and of those that nobody has as an address, is empty', () => {
    const commitment = blocks[5]?.transactions[0]?.outputs[1]?.scriptPubKey as Uint8Array
    for (const script of [new TestKey(99).p2wpkh, commitment, new Uint8Array(0)]) {
      expect(ask((queries) => queries.history(script, { offset: 0, limit: 10 }))).toEqual([])
      expect(ask((queries) => queries.scriptTotals(script))).toEqual({ transactions: 0, received: 0n, spent: 0n })
    }
  })

  test('has one row for a transaction that pays a script twice and spends it', async () => {
    const chain = new RecordedChain()
    chain.mine()
    chain.mine()
    const reward = chain.chain.blockAt(1).transactions[0] as Transaction
    const value = reward.outputs[0]?.value as bigint
    const twice = spendCoins(
      [coinOf(reward, 0)],
      [1n, 2n].map((part) => ({ value: value / 4n + part, scriptPubKey: ANYONE_CAN_SPEND })),
    )
    chain.mine({ transactions: [twice] })
    const other = new ChainStoreFolder()
    const opened = await other.open()
    fill(opened.store, chain)
    const [event] = opened.store.query((queries) => queries.history(ANYONE_CAN_SPEND, { offset: 0, limit: 1 }))
    expect(event).toEqual({ txid: twice.txid, height: 3, place: 1, received: (value / 4n) * 2n + 3n, spent: value })
    opened.store.close()
    other.remove()
  })
})

describe('blocks', () => {
  test('from a height down, with what a list shows of each', () => {
    const rows = ask((queries) => queries.blocks(recorded.height, MAX_PAGE_ROWS))
    const expected = blocks.map((block, height) => {
      const spent = recorded.spentAt(height).flat()
      const paid = block.transactions.slice(1).flatMap(({ outputs }) => outputs)
      const sum = (values: readonly { value: bigint }[]) => values.reduce((total, { value }) => total + value, 0n)
      return {
        ...{ hash: block.hash, header: block.header.bytes(), height, size: block.size, weight: block.weight },
        ...{ transactions: block.transactions.length, fees: sum(spent) - sum(paid), isKept: true },
      }
    })
    expect(rows).toEqual(expected.reverse())
    expect(rows.some(({ fees }) => fees > 0n)).toBe(true)
    expect(ask((queries) => queries.blocks(4, 3)).map(({ height }) => height)).toEqual([4, 3, 2])
    expect(ask((queries) => queries.blocks(-1, 3))).toEqual([])
  })

  test('by height and by hash, of the best chain only', () => {
    const side = recorded.fork(100)
    side.mineAtRandom(seededNumbers(8))
    side.offer(store, 101)
    for (const [height, { hash }] of blocks.entries()) {
      expect(ask((queries) => queries.hashAt(height))).toEqual(hash)
      expect(ask((queries) => queries.heightOf(hash))).toBe(height)
    }
    expect(ask((queries) => queries.hashAt(recorded.height + 1))).toBeUndefined()
    expect(ask((queries) => queries.heightOf(side.chain.tip.hash))).toBeUndefined()
  })
})

test('no page is larger than the largest', async () => {
  const chain = new RecordedChain()
  for (let i = 0; i < MAX_PAGE_ROWS + 20; i++) chain.mine()
  const other = new ChainStoreFolder()
  const opened = await other.open()
  fill(opened.store, chain, 300)
  opened.store.query((queries) => {
    expect(queries.blocks(chain.height, 10_000)).toHaveLength(MAX_PAGE_ROWS)
    expect(queries.history(ANYONE_CAN_SPEND, { offset: 0, limit: 10_000 })).toHaveLength(MAX_PAGE_ROWS)
  })
  opened.store.close()
  other.remove()
})
