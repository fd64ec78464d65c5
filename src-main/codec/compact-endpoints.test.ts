import { isIP } from 'node:net'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromHex, toHex } from '../kernel/bytes.ts'
import { decodeEndpoints, encodeEndpoint, encodeEndpoints, MAX_COMPACT_ENDPOINTS } from './compact-endpoints.ts'

const runs = process.env.SHOAL_LONG === '1' ? 20_000 : 500

describe('compact endpoints', () => {
  test('IPv4 is 6 bytes, IPv6 is 18, ports big-endian', () => {
    expect(decodeEndpoints(fromHex('7f0000011ae10a000002c8d5'), 4)).toEqual([
      { host: '127.0.0.1', port: 6881 },
      { host: '10.0.0.2', port: 51413 },
    ])
    const bytes = encodeEndpoints([{ host: '2001:db8::1', port: 6881 }], 6)
    expect(toHex(bytes)).toBe('20010db80000000000000000000000011ae1')
    expect(decodeEndpoints(bytes, 6)).toEqual([{ host: '2001:db8::1', port: 6881 }])
  })

  test('drops port 0, what is cut off, the other family and host names', () => {
    expect(decodeEndpoints(fromHex('7f00000100007f0000010001ffffff'), 4)).toEqual([{ host: '127.0.0.1', port: 1 }])
    const mixed = [
      { host: '::1', port: 1 },
      { host: '1.2.3.4', port: 0 },
      { host: '1.2.3.4', port: 65_536 },
      { host: 'host.example', port: 5 },
      { host: '1.2.3.4', port: 5 },
    ]
    expect(toHex(encodeEndpoints(mixed, 4))).toBe('010203040005')
    expect(encodeEndpoints(mixed, 6)).toHaveLength(18)
    expect(encodeEndpoint({ host: '::1', port: 0 })).toBeUndefined()
  })

  test('IPv6 is written as RFC 5952 says, mapped IPv4 as IPv4', () => {
    const hosts = ['2001:db8:0:1:1:1:1:1', '2001:0:0:1::1', '2001:db8::1:0:0:1', '::', 'fe80::']
    const endpoints = hosts.map((host) => ({ host, port: 9 }))
    expect(decodeEndpoints(encodeEndpoints(endpoints, 6), 6)).toEqual(endpoints)
    const mapped = fromHex('00000000000000000000ffffc00002010009')
    expect(decodeEndpoints(mapped, 6)).toEqual([{ host: '192.0.2.1', port: 9 }])
  })

  test('reads and writes no more than the limit', () => {
    const many = new Uint8Array(6 * (MAX_COMPACT_ENDPOINTS + 1)).fill(1)
    const endpoints = decodeEndpoints(many, 4)
    expect(endpoints).toHaveLength(MAX_COMPACT_ENDPOINTS)
    expect(decodeEndpoints(many, 4, 50)).toHaveLength(50)
    expect(encodeEndpoints([...endpoints, ...endpoints], 4)).toHaveLength(6 * MAX_COMPACT_ENDPOINTS)
  })

  test('any bytes read and written again are the same, less ports 0', () => {
    const family = fc.constantFrom(4 as const, 6 as const)
    fc.assert(
      fc.property(family, fc.uint8Array({ maxLength: 100 }), (of, bytes) => {
        const endpoints = decodeEndpoints(bytes, of)
        const ofFamily = endpoints.filter(({ host }) => isIP(host) === of)
        expect(decodeEndpoints(encodeEndpoints(endpoints, of), of)).toEqual(ofFamily)
        expect(endpoints.every(({ host, port }) => isIP(host) !== 0 && port > 0)).toBe(true)
      }),
      { seed: 5, numRuns: runs },
    )
  })
})
