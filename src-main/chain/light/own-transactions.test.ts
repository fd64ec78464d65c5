import { expect, test } from 'vitest'
import { recentChain } from '../test-support/recent-chain.ts'
import { spendCoins, TestKey } from '../test-support/test-keys.ts'
import { MAX_OWN_TRANSACTIONS, OWN_TRANSACTION_AGE, OwnTransactions } from './own-transactions.ts'

const key = new TestKey(1)
const output = { value: 9n, scriptPubKey: key.p2wpkh }
const make = (index: number) =>
  spendCoins([{ outpoint: { txid: new Uint8Array(32).fill(7), index }, output, key }], [output])

test('each once, by either id, and no more than the limit', () => {
  const own = new OwnTransactions()
  const first = make(0)
  expect(own.submit(first.bytes(), 0)).toMatchObject({ status: 'accepted', txid: first.txid, wtxid: first.wtxid })
  expect(own.submit(first.bytes(), 0).status).toBe('known')
  expect([own.find(first.txid), own.find(first.wtxid)].map((found) => found?.bytes())).toEqual([
    first.bytes(),
    first.bytes(),
  ])
  for (let index = 1; index < MAX_OWN_TRANSACTIONS; index++) own.submit(make(index).bytes(), index)
  expect(own.submit(make(MAX_OWN_TRANSACTIONS).bytes(), 0)).toMatchObject({ reason: 'mempool-full', kind: 'policy' })
})

test('what no node takes is refused by name', () => {
  const own = new OwnTransactions()
  const coinbase = recentChain(1).tip.transactions[0]
  expect(own.submit(Uint8Array.of(1), 0)).toMatchObject({ reason: 'tx-decode-failed', kind: 'invalid' })
  expect(own.submit(coinbase?.bytes() ?? new Uint8Array(0), 0)).toMatchObject({ reason: 'coinbase' })
  const twice = spendCoins(
    [0, 0].map((index) => ({ outpoint: { txid: new Uint8Array(32).fill(7), index }, output, key })),
    [output],
  )
  expect(own.submit(twice.bytes(), 0)).toMatchObject({ reason: 'bad-txns-inputs-duplicate' })
  expect(own.size).toBe(0)
})

test('they go when a block has them, and when they are old', () => {
  const own = new OwnTransactions()
  const chain = recentChain(0)
  chain.mine({ payTo: key.p2wpkh })
  chain.mineMany(110)
  const confirmed = spendCoins([chain.reward(1, key)], [output])
  own.submit(confirmed.bytes(), 0)
  own.submit(make(0).bytes(), 60)
  expect(own.confirm(chain.tip)).toBe(false)
  expect(own.confirm(chain.mine({ transactions: [confirmed] }))).toBe(true)
  expect(own.expire(OWN_TRANSACTION_AGE + 59)).toEqual([])
  expect(own.expire(OWN_TRANSACTION_AGE + 60)).toEqual([make(0).txid])
  expect(own.size).toBe(0)
})
