import { isIP } from 'node:net'
import type { NetworkInterfaceInfo } from 'node:os'
import { describe, expect, test } from 'vitest'
import { createLocalAddresses, MAX_LOCAL_ADDRESSES } from './local-addresses.ts'

const ipv4 = (address: string, internal = false): NetworkInterfaceInfo => ({
  address,
  internal,
  family: 'IPv4',
  netmask: '255.255.255.0',
  mac: '00:00:00:00:00:00',
  cidr: null,
})
const ipv6 = (address: string, scopeid: number): NetworkInterfaceInfo => ({
  ...ipv4(address),
  family: 'IPv6',
  scopeid,
})

describe('the addresses of this machine', () => {
  test('are literals with the name of their interface; loopback is internal', () => {
    const list = createLocalAddresses().list()
    expect(list.every(({ host, interface: name }) => isIP(host) !== 0 && name.length > 0)).toBe(true)
    expect(list.filter(({ host }) => host === '127.0.0.1')).toEqual([
      { host: '127.0.0.1', interface: expect.any(String), internal: true },
    ])
  })

  test('a link-local address carries its zone', () => {
    const interfaces = { eth0: [ipv4('10.0.0.1'), ipv6('fe80::1', 2), ipv6('2001:db8::1', 0)], tun0: undefined }
    const addresses = createLocalAddresses(() => interfaces as ReturnType<typeof import('node:os').networkInterfaces>)
    expect(addresses.list().map(({ host }) => host)).toEqual(['10.0.0.1', 'fe80::1%eth0', '2001:db8::1'])
  })

  test('changes are seen, a refusing system has none, and a very long list is cut', () => {
    let count = 1
    const addresses = createLocalAddresses(() => {
      if (count === 0) throw new Error('refused')
      return { eth0: Array.from({ length: count }, (_, i) => ipv4(`10.0.${i >> 8}.${i & 255}`)) }
    })
    const lengths = [1, 3, 0, 1_000].map((now) => {
      count = now
      return addresses.list().length
    })
    expect(lengths).toEqual([1, 3, 0, MAX_LOCAL_ADDRESSES])
  })
})
