import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalIp, ipBytes, ipText, isLoopbackIp, isUnicastIp } from './ip-address.ts'

const runs = process.env.SHOAL_LONG === '1' ? 20_000 : 500

describe('an IP address', () => {
  test.each([
    ['127.0.0.1', '127.0.0.1'],
    ['::1', '::1'],
    ['::', '::'],
    ['2001:0DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::ffff:1.2.3.4', '1.2.3.4'],
    ['::ffff:102:304', '1.2.3.4'],
    ['64:ff9b::1.2.3.4', '64:ff9b::102:304'],
    ['1::', '1::'],
  ])('%s is %s', (text, canonical) => expect(canonicalIp(text)).toBe(canonical))

  test.each([
    ...['', 'localhost', '1.2.3', '1.2.3.4.5', '256.1.1.1', '01.2.3.4', '0x7f.0.0.1', '1.2.3.4 ', '2130706433'],
    ...[':', ':::', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7:8::', '12345::', '::1.2.3', 'g::'],
    ...['1.2.3.4::', '::1.2.3.4:5', '[::1]', `::${'0'.repeat(100)}`],
  ])('"%s" is none', (text) => expect(ipBytes(text)).toBeUndefined())

  test('loopback and unicast are told apart', () => {
    expect(['127.0.0.1', '127.255.0.9', '::1', '::ffff:127.0.0.1'].every(isLoopbackIp)).toBe(true)
    expect(['128.0.0.1', '::2', '::', 'localhost', '126.0.0.1'].some(isLoopbackIp)).toBe(false)
    expect(['10.0.0.1', '127.0.0.1', 'fe80::1', '2001:db8::1'].every(isUnicastIp)).toBe(true)
    expect(['0.0.0.0', '0.1.2.3', '224.0.0.1', '255.255.255.255', '::', 'ff02::1', 'name'].some(isUnicastIp)).toBe(
      false,
    )
  })

  test('text and bytes are each other’s reverse', { timeout: 60_000 }, () => {
    const address = fc.oneof(
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc
        .array(fc.constantFrom(0, 0, 0, 1, 255), { minLength: 16, maxLength: 16 })
        .map((a) => Uint8Array.from([1, ...a.slice(1)])),
    )
    fc.assert(
      fc.property(address, (bytes) => {
        expect(ipBytes(ipText(bytes))).toEqual(bytes)
        expect(canonicalIp(ipText(bytes))).toBe(ipText(bytes))
      }),
      { seed: 7, numRuns: runs },
    )
    expect(() => ipText(new Uint8Array(5))).toThrow(RangeError)
  })

  test('agrees with the URL standard on IPv6', () => {
    const groups = fc.array(fc.constantFrom('0', '1', 'ab', 'ffff'), { minLength: 8, maxLength: 8 })
    fc.assert(
      fc.property(groups, (parts) => {
        const text = ['1', ...parts.slice(1)].join(':')
        expect(`[${canonicalIp(text)}]`).toBe(new URL(`http://[${text}]`).hostname)
      }),
      { seed: 8, numRuns: runs },
    )
  })
})
