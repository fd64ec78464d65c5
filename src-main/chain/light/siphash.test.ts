import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromHex } from '../../kernel/bytes.ts'
import { type Hash64, SipHash } from './siphash.ts'

const numRuns = process.env.SHOAL_LONG === '1' ? 10_000 : 500
const counting = (length: number) => Uint8Array.from({ length }, (_, at) => at & 255)

/** Of the key 00 01 … 0f and the messages '', 00, 00 01, …: eight bytes each, lowest first (the authors' vectors.h). */
const KNOWN = [
  '310e0edd47db6f72',
  'fd67dc93c539f874',
  '5a4fa9d909806c0d',
  '2d7efbd796666785',
  'b7877127e09427cf',
  '8da699cd64557618',
  'cee3fe586e46c9cb',
  '37d1018bf50002ab',
  '6224939a79f5f593',
  'b0e4a90bdf82009e',
  'f3b9dd94c5bb5d7a',
  'a7ad6b22462fb3f4',
  'fbe50e86bc8f1e75',
  '903d84c02756ea14',
  'eef27a8e90ca23f7',
  'e545be4961ca29a1',
]

test.each(KNOWN.map((digest, length) => ({ digest, length })))(
  'known answer for $length bytes',
  ({ digest, length }) => {
    const expected = new DataView(fromHex(digest).buffer)
    const hash = new SipHash(counting(16)).hash(counting(length))
    expect(hash).toEqual({ low: expected.getUint32(0, true), high: expected.getUint32(4, true) })
  },
)

test('the worked example of the paper, appendix A', () => {
  expect(new SipHash(counting(16)).hash(counting(15))).toEqual({ high: 0xa129ca61, low: 0x49be45e5 })
})

test('equals the definition in 64-bit arithmetic for any key and message', () => {
  const key = fc.uint8Array({ minLength: 16, maxLength: 16 })
  const message = fc.uint8Array({ maxLength: 600 })
  fc.assert(
    fc.property(key, message, (k, m) => {
      expect(new SipHash(k).hash(m)).toEqual(byDefinition(k, m))
    }),
    { seed: 24, numRuns },
  )
})

test('a key of another length is our mistake', () => {
  expect(() => new SipHash(new Uint8Array(15))).toThrow(RangeError)
})

function byDefinition(key: Uint8Array, message: Uint8Array): Hash64 {
  const padded = new Uint8Array((message.length & ~7) + 8)
  padded.set(message)
  padded[padded.length - 1] = message.length & 255
  const u64 = (bytes: Uint8Array, at: number) => new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(at, true)
  const wrap = (value: bigint) => BigInt.asUintN(64, value)
  const turn = (value: bigint, by: bigint) => wrap(value << by) | (value >> (64n - by))
  const [k0, k1] = [u64(key, 0), u64(key, 8)]
  let [a, b] = [k0 ^ 0x736f6d6570736575n, k1 ^ 0x646f72616e646f6dn]
  let [c, d] = [k0 ^ 0x6c7967656e657261n, k1 ^ 0x7465646279746573n]
  const rounds = (count: number) => {
    for (let i = 0; i < count; i++) {
      a = wrap(a + b)
      c = wrap(c + d)
      b = turn(b, 13n) ^ a
      d = turn(d, 16n) ^ c
      a = turn(a, 32n)
      c = wrap(c + b)
      a = wrap(a + d)
      b = turn(b, 17n) ^ c
      d = turn(d, 21n) ^ a
      c = turn(c, 32n)
    }
  }
  for (let at = 0; at < padded.length; at += 8) {
    const word = u64(padded, at)
    d ^= word
    rounds(2)
    a ^= word
  }
  c ^= 0xffn
  rounds(4)
  const hash = a ^ b ^ c ^ d
  return { high: Number(hash >> 32n), low: Number(hash & 0xffff_ffffn) }
}
