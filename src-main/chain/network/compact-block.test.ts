import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ByteWriter } from '../../codec/byte-writer.ts'
import { SerializationError } from '../../codec/serialization-error.ts'
import { concatBytes, toHex } from '../../kernel/bytes.ts'
import { decodeBlock } from '../primitives/block.ts'
import { MAX_BLOCK_TRANSACTIONS } from '../primitives/partial-merkle-tree.ts'
import { vectorBytes } from '../test-support/vectors.ts'
import { compactBlockOf, decodeCompactBlock, encodeCompactBlock, MAX_COMPACT_BLOCK_BYTES } from './compact-block.ts'
import { CompactBlockError } from './compact-block-error.ts'
import {
  answerTo,
  COMPACT_BLOCK_VERSION,
  decodeBlockTransactions,
  decodeGetBlockTransactions,
  decodeSendCompact,
  encodeBlockTransactions,
  encodeGetBlockTransactions,
  encodeSendCompact,
  MAX_BLOCK_TRANSACTIONS_BYTES,
  MAX_GET_BLOCK_TRANSACTIONS_BYTES,
} from './compact-block-messages.ts'

const numRuns = process.env.SHOAL_LONG === '1' ? 5_000 : 200
const fault = (code: string) => expect.objectContaining({ code })
const vector = vectorBytes('blocks/bcoin_compact898352.raw')
const block = decodeBlock(vectorBytes('blocks/bcoin_block898352.raw'))
const witnessBlock = decodeBlock(vectorBytes('blocks/rust_testnet_segwit_block.raw'))

/** What lies before the counts: a header and a nonce. */
const HEAD = vector.slice(0, 88)
const COINBASE = (block.transactions[0] ?? expect.fail()).bytes()

/** A payload with `ids` short ids and the coinbase at each of the places that the `distances` give. */
function payload(ids: number, distances: readonly number[]): Uint8Array {
  const counted = (count: number) => {
    const bytes = new ByteWriter(3).u8(0xfd).u16(count).done()
    return count < 0xfd ? Uint8Array.of(count) : bytes
  }
  const prefilled = distances.flatMap((distance) => [
    distance > 0xffff_ffff ? new ByteWriter(9).compactSize(distance).done() : counted(distance),
    COINBASE,
  ])
  return concatBytes([HEAD, counted(ids), new Uint8Array(6 * ids), counted(distances.length), ...prefilled])
}

describe('the payload of another program', () => {
  test('is read, written again, and equals what is made of its block under its nonce', () => {
    const compact = decodeCompactBlock(vector)
    expect(compact.header.hash).toEqual(block.hash)
    expect([compact.shortIds.length, compact.prefilled.length]).toEqual([9, 1])
    expect(toHex(encodeCompactBlock(compact))).toBe(toHex(vector))
    expect(toHex(encodeCompactBlock(compactBlockOf(block, compact.nonce)))).toBe(toHex(vector))
  })

  test('is refused at every truncation and with anything behind it', () => {
    for (let size = 0; size < vector.length; size++)
      expect(() => decodeCompactBlock(vector.subarray(0, size))).toThrow(SerializationError)
    expect(() => decodeCompactBlock(concatBytes([vector, Uint8Array.of(0)]))).toThrow(fault('TRAILING_BYTES'))
  })
})

describe('cmpctblock', () => {
  test('any choice of prefilled transactions comes back', () => {
    const choice = fc.subarray(witnessBlock.transactions.map((_, index) => index))
    fc.assert(
      fc.property(choice, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (places, nonce) => {
        const made = compactBlockOf(witnessBlock, nonce, places)
        const read = decodeCompactBlock(encodeCompactBlock(made))
        expect(read.nonce).toBe(nonce)
        expect(read.shortIds).toEqual(made.shortIds)
        expect(read.prefilled.map(({ index }) => index)).toEqual(places)
        for (const { index, transaction } of read.prefilled)
          expect(transaction.wtxid).toEqual(witnessBlock.transactions[index]?.wtxid)
      }),
      { seed: 152, numRuns },
    )
  })

  test('a place that the block does not have is our mistake', () => {
    expect(() => compactBlockOf(block, 0n, [block.transactions.length])).toThrow(RangeError)
  })

  test('places overflow nowhere', () => {
    expect(decodeCompactBlock(payload(2, [0, 1])).prefilled.map(({ index }) => index)).toEqual([0, 2])
    expect(decodeCompactBlock(payload(2, [2, 0])).prefilled.map(({ index }) => index)).toEqual([2, 3])
    for (const distances of [
      [4, 0],
      [0, 3],
      [2, 1],
      [0xffff, 0],
      [0, Number.MAX_SAFE_INTEGER],
      [Number.MAX_SAFE_INTEGER],
    ])
      expect(() => decodeCompactBlock(payload(2, distances))).toThrow(fault('INDEX_OVERFLOW'))
  })

  test('a block has from one transaction to the largest number', () => {
    expect(() => decodeCompactBlock(payload(0, []))).toThrow(fault('TRANSACTION_COUNT'))
    expect(decodeCompactBlock(payload(MAX_BLOCK_TRANSACTIONS - 1, [0])).shortIds).toHaveLength(16_665)
    expect(() => decodeCompactBlock(payload(MAX_BLOCK_TRANSACTIONS, [0]))).toThrow(fault('TRANSACTION_COUNT'))
    expect(() => decodeCompactBlock(payload(MAX_BLOCK_TRANSACTIONS + 1, []))).toThrow(fault('TOO_MANY'))
    const announced = concatBytes([HEAD, Uint8Array.of(0xfe, 255, 255, 255, 255)])
    expect(() => decodeCompactBlock(announced)).toThrow(fault('TOO_MANY'))
    expect(() => decodeCompactBlock(new Uint8Array(MAX_COMPACT_BLOCK_BYTES + 1))).toThrow(fault('PAYLOAD_TOO_LARGE'))
  })
})

describe('sendcmpct', () => {
  test('both values, any version', () => {
    expect(toHex(encodeSendCompact({ announce: true, version: COMPACT_BLOCK_VERSION }))).toBe('010200000000000000')
    for (const message of [
      { announce: true, version: 2n },
      { announce: false, version: 2n ** 64n - 1n },
    ])
      expect(decodeSendCompact(encodeSendCompact(message))).toEqual(message)
  })

  test('what is none', () => {
    expect(() => decodeSendCompact(Uint8Array.of(2, 2, 0, 0, 0, 0, 0, 0, 0))).toThrow(fault('ANNOUNCE_VALUE'))
    expect(() => decodeSendCompact(new Uint8Array(8))).toThrow(fault('TOO_SHORT'))
    expect(() => decodeSendCompact(new Uint8Array(10))).toThrow(fault('TRAILING_BYTES'))
  })
})

describe('getblocktxn and blocktxn', () => {
  test('places are written as distances and come back', () => {
    const asked = encodeGetBlockTransactions({ blockHash: block.hash, indexes: [0, 2, 3, 300] })
    expect(toHex(asked.subarray(32))).toBe('04000100fd2801')
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(MAX_BLOCK_TRANSACTIONS - 1)), (unordered) => {
        const indexes = unordered.toSorted((a, b) => a - b)
        const message = { blockHash: block.hash, indexes }
        expect(decodeGetBlockTransactions(encodeGetBlockTransactions(message))).toEqual(message)
      }),
      { seed: 152, numRuns },
    )
    const all = Array.from({ length: MAX_BLOCK_TRANSACTIONS }, (_, index) => index)
    const bytes = encodeGetBlockTransactions({ blockHash: block.hash, indexes: all })
    expect(decodeGetBlockTransactions(bytes).indexes).toEqual(all)
  })

  test('a place that no block has, too many places and too many bytes are refused', () => {
    const beyond = encodeGetBlockTransactions({ blockHash: block.hash, indexes: [MAX_BLOCK_TRANSACTIONS] })
    expect(() => decodeGetBlockTransactions(beyond)).toThrow(fault('INDEX_OVERFLOW'))
    const sum = encodeGetBlockTransactions({ blockHash: block.hash, indexes: [16_000, 16_700] })
    expect(() => decodeGetBlockTransactions(sum)).toThrow(fault('INDEX_OVERFLOW'))
    const count = concatBytes([block.hash, Uint8Array.of(0xfd, 0x1b, 0x41), new Uint8Array(16_667)])
    expect(() => decodeGetBlockTransactions(count)).toThrow(fault('TOO_MANY'))
    const large = new Uint8Array(MAX_GET_BLOCK_TRANSACTIONS_BYTES + 1)
    expect(() => decodeGetBlockTransactions(large)).toThrow(fault('PAYLOAD_TOO_LARGE'))
  })

  test('the answer holds what was asked for, with witnesses', () => {
    const last = witnessBlock.transactions.length - 1
    const answer = answerTo({ blockHash: witnessBlock.hash, indexes: [0, last] }, witnessBlock)
    const bytes = encodeBlockTransactions(answer)
    const read = decodeBlockTransactions(bytes)
    expect(read.blockHash).toEqual(witnessBlock.hash)
    expect(read.transactions.map(({ wtxid }) => wtxid)).toEqual(answer.transactions.map(({ wtxid }) => wtxid))
    for (let size = 0; size < bytes.length; size++)
      expect(() => decodeBlockTransactions(bytes.subarray(0, size))).toThrow(SerializationError)
    const beyond = { blockHash: witnessBlock.hash, indexes: [last + 1] }
    expect(() => answerTo(beyond, witnessBlock)).toThrow(fault('INDEX_OVERFLOW'))
    const large = new Uint8Array(MAX_BLOCK_TRANSACTIONS_BYTES + 1)
    expect(() => decodeBlockTransactions(large)).toThrow(fault('PAYLOAD_TOO_LARGE'))
  })
})

test('hostile bytes give a coded error or the one form of a message', () => {
  const samples = [vector, encodeGetBlockTransactions({ blockHash: block.hash, indexes: [1, 5, 6] }), new Uint8Array(9)]
  const change = fc.record({
    sample: fc.constantFrom(...samples),
    at: fc.nat(300),
    byte: fc.nat(255),
    cut: fc.nat(300),
  })
  const bytesOf = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    change.map(({ sample, at, byte, cut }) => {
      const bytes = sample.slice(0, Math.max(1, sample.length - (cut % 3)))
      bytes[at % bytes.length] = byte
      return bytes
    }),
  )
  const again = [
    (bytes: Uint8Array) => encodeCompactBlock(decodeCompactBlock(bytes)),
    (bytes: Uint8Array) => encodeGetBlockTransactions(decodeGetBlockTransactions(bytes)),
    (bytes: Uint8Array) => encodeBlockTransactions(decodeBlockTransactions(bytes)),
    (bytes: Uint8Array) => encodeSendCompact(decodeSendCompact(bytes)),
  ]
  fc.assert(
    fc.property(bytesOf, fc.constantFrom(...again), (bytes, readAndWrite) => {
      try {
        expect(toHex(readAndWrite(bytes))).toBe(toHex(bytes))
      } catch (error) {
        if (!(error instanceof CompactBlockError || error instanceof SerializationError)) throw error
      }
    }),
    { seed: 7, numRuns: 10 * numRuns },
  )
})
