import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByteWriter } from './byte-writer.ts'

const RUNS = process.env.SHOAL_LONG === '1' ? 20_000 : 500

/** Eight bytes as a DataView writes them. */
function viewed(write: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(8)
  write(new DataView(bytes.buffer))
  return bytes
}

test('numbers are written as a DataView writes them', () => {
  const words = fc.tuple(fc.integer({ min: 0, max: 0xffff_ffff }), fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }))
  fc.assert(
    fc.property(words, fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }), ([unsigned, signed], long) => {
      expect(new ByteWriter(8).u32(unsigned).i32(signed).done()).toEqual(
        viewed((view) => {
          view.setUint32(0, unsigned, true)
          view.setInt32(4, signed, true)
        }),
      )
      expect(new ByteWriter(8).i64(long).done()).toEqual(viewed((view) => view.setBigInt64(0, long, true)))
      const natural = BigInt.asUintN(64, long)
      expect(new ByteWriter(8).u64(natural).done()).toEqual(viewed((view) => view.setBigUint64(0, natural, true)))
    }),
    { numRuns: RUNS, seed: 4 },
  )
})

test.each([
  0n,
  1n,
  -1n,
  0xffff_ffffn,
  0x1_0000_0000n,
  (1n << 53n) - 1n,
  1n << 53n,
  (1n << 53n) + 1n,
  -(1n << 53n),
  (1n << 63n) - 1n,
  -(1n << 63n),
])('eight bytes of %s', (value) => {
  expect(new ByteWriter(8).i64(value).done()).toEqual(viewed((view) => view.setBigInt64(0, value, true)))
})
