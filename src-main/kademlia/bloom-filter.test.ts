import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { toHex } from '../kernel/bytes.ts'
import { BLOOM_BYTES, BloomFilter } from './bloom-filter.ts'

const vector: { filter_hex: string; estimate: number } = JSON.parse(
  readFileSync(new URL('../../test/vectors/dht/bep33_bloom.json', import.meta.url), 'utf8'),
)
const ipv4 = Array.from({ length: 256 }, (_, i) => `192.0.2.${i}`)
const ipv6 = Array.from({ length: 1_000 }, (_, i) => `2001:db8::${i.toString(16)}`)
const filterOf = (hosts: readonly string[]) => {
  const filter = new BloomFilter()
  for (const host of hosts) filter.add(host)
  return filter
}

test('the example of BEP 33', () => {
  const filter = filterOf([...ipv4, ...ipv6])
  expect(toHex(filter.bytes)).toBe(vector.filter_hex)
  expect(filter.estimate()).toBeCloseTo(vector.estimate, 3)
})

test('joined filters are the filter of all, whatever the order, and counting twice changes nothing', () => {
  const joined = filterOf(ipv6)
  joined.join(filterOf([...ipv4, ...ipv4]))
  expect(toHex(joined.bytes)).toBe(vector.filter_hex)
})

test('an empty one counts 0, one address about 1, a full one a finite number', () => {
  expect(new BloomFilter().estimate()).toBe(0)
  expect(filterOf(['1.2.3.4']).estimate()).toBeCloseTo(1, 2)
  expect(Math.round(new BloomFilter(new Uint8Array(BLOOM_BYTES).fill(255)).estimate())).toBe(7_806)
})

test('takes addresses only, and 256 bytes only', () => {
  expect(filterOf(['', 'example.org', '1.2.3']).estimate()).toBe(0)
  expect(() => new BloomFilter(new Uint8Array(255))).toThrow(RangeError)
})
