import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ByteReader } from '../../codec/byte-reader.ts'
import { SerializationError } from '../../codec/serialization-error.ts'
import { concatBytes, fromHex, toHex } from '../../kernel/bytes.ts'
import { vectorJson } from '../test-support/vectors.ts'
import { decodeTransaction, MAX_TRANSACTION_BYTES, readTransaction } from './transaction-decoding.ts'

const numRuns = process.env.SHOAL_LONG === '1' ? 50_000 : 2_000
const valid = vectorJson<{ valid: { hex: string; whex?: string }[] }>('bitcoinjs/transaction.json').valid.map(
  (fixture) => fromHex(fixture.whex || fixture.hex),
)

const VERSION = '01000000'
const INPUT = `${'11'.repeat(32)}00000000${'00'}ffffffff`
const OUTPUT = `0100000000000000${'00'}`
const decode = (...hex: string[]) => decodeTransaction(fromHex(hex.join('')))
const code = (name: string) => expect.objectContaining({ code: name })

describe('refused', () => {
  test('every truncation', () => {
    for (const bytes of valid.slice(0, 8))
      for (let end = 0; end < bytes.length; end++)
        expect(() => decodeTransaction(bytes.subarray(0, end))).toThrow(SerializationError)
  })

  test('anything after the end', () => {
    for (const bytes of valid)
      expect(() => decodeTransaction(concatBytes([bytes, Uint8Array.of(0)]))).toThrow(code('TRAILING_BYTES'))
  })

  test('counts that are not minimal', () => {
    expect(() => decode(VERSION, 'fd0100', INPUT, '01', OUTPUT, '00000000')).toThrow(code('SIZE_NOT_MINIMAL'))
    expect(() => decode(VERSION, '01', INPUT, 'fd0100', OUTPUT, '00000000')).toThrow(code('SIZE_NOT_MINIMAL'))
  })

  test('counts that the bytes cannot hold, before anything is made of them', () => {
    expect(() => decode(VERSION, 'feffffff7f', INPUT)).toThrow(
      expect.objectContaining({ fault: { code: 'TOO_MANY', what: 'inputs', count: 0x7fff_ffff, limit: 1 } }),
    )
    expect(() => decode(VERSION, '01', INPUT, 'ffffffffffffff1f00', OUTPUT)).toThrow(code('TOO_MANY'))
    expect(() => decode(VERSION, '0001', '01', INPUT, '01', OUTPUT, 'feffffff7f', '00000000')).toThrow(
      expect.objectContaining({ fault: { code: 'TOO_MANY', what: 'witness items', count: 0x7fff_ffff, limit: 4 } }),
    )
  })

  test('a witness part without witnesses, and flags that nobody knows', () => {
    expect(() => decode(VERSION, '0001', '01', INPUT, '01', OUTPUT, '00', '00000000')).toThrow(
      code('SUPERFLUOUS_WITNESS'),
    )
    expect(() => decode(VERSION, '0002', '01', INPUT, '01', OUTPUT, '00', '00000000')).toThrow(code('UNKNOWN_FLAGS'))
    expect(() => decode(VERSION, '0003', '01', INPUT, '01', OUTPUT, '0100', '00000000')).toThrow(code('UNKNOWN_FLAGS'))
  })

  test('more bytes than a block can have', () => {
    expect(() => decodeTransaction(new Uint8Array(MAX_TRANSACTION_BYTES + 1))).toThrow(
      expect.objectContaining({ message: expect.stringContaining('at most 4000000 are possible') }),
    )
  })
})

describe('read', () => {
  test('no inputs and no outputs: consensus refuses them, not the reader', () => {
    const empty = decode(VERSION, '0000', '00000000')
    expect([empty.inputs, empty.outputs, empty.size, empty.hasWitness]).toEqual([[], [], 10, false])
    expect(toHex(empty.bytes())).toBe('01000000000000000000')
  })

  test('no inputs but outputs, in the layout before witnesses', () => {
    const bytes = fromHex(`${VERSION}0001${OUTPUT}00000000`)
    expect(decodeTransaction(bytes, { witness: false }).outputs).toEqual([
      { value: 1n, scriptPubKey: new Uint8Array(0) },
    ])
    expect(() => decodeTransaction(bytes)).toThrow(SerializationError)
  })

  test('a negative value and version as they are', () => {
    const odd = decode('ffffffff', '01', INPUT, '01', 'ffffffffffffffff00', '00000000')
    expect([odd.version, odd.outputs[0]?.value]).toEqual([-1, -1n])
  })

  test('one after the other', () => {
    const reader = new ByteReader(concatBytes(valid))
    for (const bytes of valid) expect(readTransaction(reader).bytes()).toEqual(bytes)
    reader.end()
  })
})

describe('bytes from strangers', () => {
  test('bring nothing but a transaction or a coded error', () => {
    const hostile = fc.oneof(fc.uint8Array({ maxLength: 400 }), damaged())
    fc.assert(
      fc.property(hostile, (bytes) => {
        try {
          // What is read is the only form of what is written.
          expect(decodeTransaction(bytes).bytes()).toEqual(bytes)
        } catch (error) {
          if (!(error instanceof SerializationError)) throw error
        }
      }),
      { seed: 41, numRuns },
    )
  })
})

/** A good transaction with a few bytes changed, and perhaps cut off. */
function damaged(): fc.Arbitrary<Uint8Array> {
  const change = fc.record({ at: fc.nat(), value: fc.integer({ min: 0, max: 255 }) })
  return fc
    .record({ base: fc.constantFrom(...valid), changes: fc.array(change, { maxLength: 4 }), cut: fc.nat({ max: 3 }) })
    .map(({ base, changes, cut }) => {
      const bytes = base.slice(0, base.length - cut)
      for (const { at, value } of changes) bytes[at % bytes.length] = value
      return bytes
    })
}
