import { describe, expect, test } from 'vitest'
import { isSmallNetwork, netgroupOf, sourceGroupOf, witnessOf } from './netgroup.ts'

const groupOf = (host: string, port = 9_533) => netgroupOf({ host, port })

describe('groups of public addresses', () => {
  test.each([
    ['IPv4 by 16 bits', '8.8.8.8', '8.8.200.1', '8.9.8.8'],
    ['IPv6 by 32 bits', '2a01:4f8:1::1', '2a01:4f8:ffff::2', '2a01:4f9:1::1'],
    ['Hurricane Electric by 36 bits', '2001:470:1a00::1', '2001:470:1fff::1', '2001:470:2a00::1'],
    ['6to4 by the IPv4 address in it', '2002:808:808::1', '2002:808:1::2', '2002:809:808::1'],
    ['Teredo by the IPv4 address in it', '2001:0:1::f7f7:f7f7', '2001:0:2::f7f7:1', '2001:0:1::f7f6:f7f7'],
    ['NAT64 by the IPv4 address in it', '64:ff9b::808:808', '64:ff9b::808:1', '64:ff9b::809:808'],
  ])('%s', (_, one, near, far) => {
    expect(groupOf(near)).toBe(groupOf(one))
    expect(groupOf(far)).not.toBe(groupOf(one))
    // The port does not matter.
    expect(groupOf(one, 1)).toBe(groupOf(one, 2))
    expect(sourceGroupOf(one)).toBe(groupOf(one))
  })

  test('an IPv4 address has one group in every form', () => {
    expect(groupOf('2002:808:808::1')).toBe(groupOf('8.8.1.1'))
    expect(groupOf('64:ff9b::808:808')).toBe(groupOf('8.8.1.1'))
    expect(groupOf('::ffff:8.8.8.8')).toBe(groupOf('8.8.1.1'))
  })
})

describe('the small network', () => {
  test.each(['127.0.0.1', '192.168.1.7', '10.0.0.1', '172.16.3.4', '169.254.1.1', '::1', 'fd00::1', 'fe80::1'])(
    '%s is a group of its own with each port, and one source with all others',
    (host) => {
      expect(isSmallNetwork(host)).toBe(true)
      expect(groupOf(host, 1)).not.toBe(groupOf(host, 2))
      expect(sourceGroupOf(host)).toBe(sourceGroupOf('10.1.2.3'))
    },
  )

  test('public addresses are not in it', () => {
    for (const host of ['8.8.8.8', '172.32.0.1', '2a01:4f8::1']) expect(isSmallNetwork(host)).toBe(false)
  })
})

test('two connections with one host, and hosts of one group, are one witness; on this machine each endpoint is one', () => {
  const witness = (host: string, port: number) => witnessOf({ host, port })
  expect(witness('203.0.113.7', 9_533)).toBe(witness('203.0.77.1', 50_000))
  expect(witness('192.168.1.2', 9_533)).toBe(witness('192.168.1.2', 50_000))
  expect(witness('192.168.1.2', 9_533)).not.toBe(witness('192.168.1.3', 9_533))
  expect(witness('127.0.0.1', 1)).not.toBe(witness('127.0.0.1', 2))
})
