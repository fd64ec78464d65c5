import { describe, expect, test } from 'vitest'
import { Transaction, type TransactionInput, type TransactionOutput } from '../primitives/transaction.ts'
import { MAX_MONEY, type TransactionFault, transactionFault } from './check-transaction.ts'

const input = (n: number, scriptSig = new Uint8Array(0)): TransactionInput => ({
  previous: { txid: new Uint8Array(32).fill(n), index: n },
  scriptSig,
  sequence: 0,
  witness: [],
})
const output = (value: bigint, bytes = 0): TransactionOutput => ({ value, scriptPubKey: new Uint8Array(bytes) })
const nothing = (bytes: number): TransactionInput => ({
  ...input(0, new Uint8Array(bytes)),
  previous: { txid: new Uint8Array(32), index: 0xffff_ffff },
})
const faultOf = (inputs: TransactionInput[], outputs: TransactionOutput[]) =>
  transactionFault(new Transaction({ version: 2, inputs, outputs, lockTime: 0 }))

describe('a transaction by itself', () => {
  test.each<[string, TransactionInput[], TransactionOutput[], TransactionFault | undefined]>([
    ['a good one', [input(1), input(2)], [output(1n)], undefined],
    ['no inputs', [], [output(1n)], 'bad-txns-vin-empty'],
    ['no outputs', [input(1)], [], 'bad-txns-vout-empty'],
    ['a negative value', [input(1)], [output(-1n)], 'bad-txns-vout-negative'],
    ['all the money', [input(1)], [output(MAX_MONEY), output(0n)], undefined],
    ['more than all the money', [input(1)], [output(MAX_MONEY + 1n)], 'bad-txns-vout-toolarge'],
    ['more in sum', [input(1)], [output(MAX_MONEY), output(1n)], 'bad-txns-txouttotal-toolarge'],
    [
      'a sum that would overflow 8 bytes',
      [input(1)],
      Array.from({ length: 5000 }, () => output(MAX_MONEY)),
      'bad-txns-txouttotal-toolarge',
    ],
    ['one output spent twice', [input(1), input(2), input(1)], [output(1n)], 'bad-txns-inputs-duplicate'],
    [
      'two outputs of one transaction',
      [input(1), { ...input(1), previous: { txid: input(1).previous.txid, index: 11 } }],
      [output(1n)],
      undefined,
    ],
    ['a coinbase with 1 byte', [nothing(1)], [output(1n)], 'bad-cb-length'],
    ['a coinbase with 2 bytes', [nothing(2)], [output(1n)], undefined],
    ['a coinbase with 100 bytes', [nothing(100)], [output(1n)], undefined],
    ['a coinbase with 101 bytes', [nothing(101)], [output(1n)], 'bad-cb-length'],
    ['nothing spent beside something', [input(1), nothing(2)], [output(1n)], 'bad-txns-prevout-null'],
    ['the largest', [input(1)], [output(1n, 999_936)], undefined],
    ['one byte larger', [input(1)], [output(1n, 999_937)], 'bad-txns-oversize'],
  ])('%s', (_name, inputs, outputs, fault) => expect(faultOf(inputs, outputs)).toBe(fault))
})
