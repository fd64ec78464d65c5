import { Transaction as Oracle } from 'bitcoinjs-lib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { displayHash } from './hashes.ts'
import { Transaction, type TransactionFields } from './transaction.ts'
import { decodeTransaction } from './transaction-decoding.ts'

const numRuns = process.env.SHOAL_LONG === '1' ? 20_000 : 500
const u32 = fc.oneof(fc.constantFrom(0, 1, 0xffff_ffff, 0xffff_fffe), fc.integer({ min: 0, max: 0xffff_ffff }))
/** Lengths on both sides of where a count takes more bytes. */
const bytes = fc.oneof(
  { weight: 6, arbitrary: fc.uint8Array({ maxLength: 110 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(252, 253, 254, 520, 65_535, 65_536).map((length) => new Uint8Array(length).fill(7)),
  },
)
/** Not all zeros: bitcoinjs-lib takes that for a coinbase whatever the index. */
const txid = fc.uint8Array({ minLength: 32, maxLength: 32 }).filter((hash) => hash.some((byte) => byte !== 0))
const fields: fc.Arbitrary<TransactionFields> = fc.record({
  version: fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }),
  inputs: fc.array(
    fc.record({
      previous: fc.record({ txid, index: u32 }),
      scriptSig: bytes,
      sequence: u32,
      witness: fc.oneof(fc.constant([]), fc.array(bytes, { maxLength: 5 })),
    }),
    { minLength: 1, maxLength: 6 },
  ),
  outputs: fc.array(fc.record({ value: fc.bigInt({ min: 0n, max: 2_100_000_000_000_000n }), scriptPubKey: bytes }), {
    maxLength: 6,
  }),
  lockTime: u32,
})

function oracleOf({ version, inputs, outputs, lockTime }: TransactionFields): Oracle {
  const oracle = new Oracle()
  // Four bytes, which bitcoinjs-lib takes for an unsigned number.
  oracle.version = version >>> 0
  oracle.locktime = lockTime
  for (const [at, input] of inputs.entries()) {
    oracle.addInput(input.previous.txid, input.previous.index, input.sequence, input.scriptSig)
    oracle.setWitness(at, [...input.witness])
  }
  for (const { value, scriptPubKey } of outputs) oracle.addOutput(scriptPubKey, value)
  return oracle
}

test('random transactions are the same to bitcoinjs-lib, both ways', () => {
  fc.assert(
    fc.property(fields, (drawn) => {
      const ours = new Transaction(drawn)
      const oracle = oracleOf(drawn)
      expect(Buffer.from(ours.bytes()).equals(oracle.toBuffer())).toBe(true)
      const read = decodeTransaction(oracle.toBuffer())
      for (const transaction of [ours, read]) {
        expect(displayHash(transaction.txid)).toBe(oracle.getId())
        expect(Buffer.from(transaction.wtxid).equals(oracle.getHash(true))).toBe(true)
        expect(transaction.weight).toBe(oracle.weight())
        expect(transaction.virtualSize).toBe(oracle.virtualSize())
        expect(transaction.size).toBe(oracle.byteLength(true))
        expect(transaction.isCoinbase).toBe(oracle.isCoinbase())
      }
      expect(Buffer.from(new Transaction(read).bytes()).equals(oracle.toBuffer())).toBe(true)
    }),
    { seed: 144, numRuns },
  )
})
