import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeEndpoints, encodeEndpoint } from '../codec/compact-endpoints.ts'
import { compactEndpoint, readEndpoint } from './compact-endpoint.ts'

const runs = process.env.SHOAL_LONG === '1' ? 50_000 : 1_000

test('is what the codec makes of it', () => {
  const nearly = fc.stringMatching(/^[0-9]{0,4}(\.[0-9]{0,4}){0,4}[.:a]?$/)
  const host = fc.oneof(fc.ipV4(), fc.ipV6(), nearly, fc.string({ maxLength: 16 }))
  const port = fc.oneof(fc.integer({ min: -5, max: 70_000 }), fc.constantFrom(0, 1, 65_535, 65_536, 1.5, Number.NaN))
  fc.assert(
    fc.property(host, port, (host, port) => {
      expect(compactEndpoint({ host, port })).toEqual(encodeEndpoint({ host, port }))
    }),
    { seed: 41, numRuns: runs },
  )
})

test.each([
  '1.2.3.4',
  '0.0.0.0',
  '255.255.255.255',
  '01.2.3.4',
  '1.2.3',
  '1.2.3.4.5',
  '256.1.1.1',
  '1..2.3',
  '::ffff:1.2.3.4',
  '',
  'localhost',
])('of %s too', (host) => expect(compactEndpoint({ host, port: 6881 })).toEqual(encodeEndpoint({ host, port: 6881 })))

test('is read as the codec reads it', () => {
  const size = fc.constantFrom(6 as const, 18 as const)
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 22, maxLength: 22 }), fc.nat(4), size, (bytes, at, size) => {
      const alone = bytes.subarray(at, at + size)
      expect(readEndpoint(bytes, at, size)).toEqual(decodeEndpoints(alone, size === 6 ? 4 : 6)[0])
    }),
    { seed: 42, numRuns: runs },
  )
  expect(readEndpoint(new Uint8Array(6), 0, 6)).toBeUndefined()
})
