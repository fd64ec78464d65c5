import { expect, test } from 'vitest'
import { hashKey } from '../coins/coin.ts'
import { MAX_ANSWER_BYTES } from '../node/wallet-calls.ts'
import { type Outpoint, Transaction } from '../primitives/transaction.ts'
import { TestKey } from '../test-support/test-keys.ts'
import { mempoolForWallet, type SearchedMempool } from './mempool-for-wallet.ts'
import { MAX_STEPS_OF_TURN } from './turn.ts'

const ours = new TestKey(1)
const scripts = [ours.p2wpkh]

/** Pays to us, and has so many bytes or a few more. */
function payment(
  number: number,
  bytes = 0,
  previous: Outpoint = { txid: new Uint8Array(32).fill(number), index: number },
) {
  const outputs = [
    { value: 1n, scriptPubKey: ours.p2wpkh },
    { value: 0n, scriptPubKey: new Uint8Array(bytes) },
  ]
  const input = { previous, scriptSig: new Uint8Array(0), sequence: 0, witness: [] }
  return new Transaction({ version: 2, inputs: [input], outputs, lockTime: 0 })
}

interface Row {
  readonly transaction: Transaction
  readonly sequence: number
  readonly ancestors: { readonly count: number }
}

/** By sequence. */
class TestMempool implements SearchedMempool {
  readonly rows: Map<number, Row>

  constructor(rows: readonly Row[]) {
    this.rows = new Map(rows.map((one) => [one.sequence, one]))
  }

  get nextSequence(): number {
    return Math.max(...this.rows.keys()) + 1
  }

  entries(): Iterable<Row> {
    return this.rows.values()
  }

  output({ txid, index }: Outpoint) {
    return this.find(txid)?.transaction.outputs[index]
  }

  find(txid: Uint8Array): Row | undefined {
    return [...this.rows.values()].find(({ transaction }) => hashKey(transaction.txid) === hashKey(txid))
  }
}

const row = (sequence: number, transaction = payment(sequence), count = 1): Row => ({
  ...{ transaction, sequence, ancestors: { count } },
})
const still = { clock: { now: () => 0 }, pause: async () => {} }

test(`an answer ends with the transaction that passes ${MAX_ANSWER_BYTES} bytes; the next goes on behind it`, async () => {
  const mempool = new TestMempool(Array.from({ length: 6 }, (_, i) => row(i, payment(i, MAX_ANSWER_BYTES / 4))))
  const question = { scripts, outpoints: [] }
  const first = await mempoolForWallet(mempool, { ...question, after: 0 }, still)
  expect(first.transactions).toHaveLength(4)
  expect(first.sequence).toBe(4)
  const second = await mempoolForWallet(mempool, { ...question, after: first.sequence }, still)
  expect(second).toMatchObject({ sequence: 6 })
  expect(second.transactions).toEqual([...mempool.rows.values()].slice(4).map(({ transaction }) => transaction.bytes()))
  // What crosses to another thread takes nothing else with it.
  for (const bytes of second.transactions) expect(bytes.buffer.byteLength).toBe(bytes.byteLength)
})

test('a parent that came back after its child comes first', async () => {
  const parent = payment(1)
  const child = payment(2, 0, { txid: parent.txid, index: 0 })
  const mempool = new TestMempool([row(5, child, 2), row(6, parent, 1)])
  const { transactions } = await mempoolForWallet(mempool, { scripts, outpoints: [], after: 0 }, still)
  expect(transactions).toEqual([parent.bytes(), child.bytes()])
})

test('others have their turn; what comes in meanwhile is told of, and what leaves is not', async () => {
  const mempool = new TestMempool(Array.from({ length: MAX_STEPS_OF_TURN + 1 }, (_, i) => row(i)))
  let pauses = 0
  const pause = async () => {
    pauses++
    mempool.rows.delete(0)
    mempool.rows.set(1_000, row(1_000))
  }
  const answer = await mempoolForWallet(mempool, { scripts, outpoints: [], after: 0 }, { ...still, pause })
  expect(pauses).toBe(1)
  expect(answer.sequence).toBe(1_001)
  const gone = row(0).transaction.bytes()
  expect(answer.transactions.some((bytes) => Buffer.compare(bytes, gone) === 0)).toBe(false)
  expect(answer.transactions.at(-1)).toEqual(row(1_000).transaction.bytes())
})
