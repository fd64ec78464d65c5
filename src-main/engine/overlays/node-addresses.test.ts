import { describe, expect, test } from 'vitest'
import type { LocalAddress } from '../../kernel/network.ts'
import { MAX_NODES_OF_FAMILY, nodeAddresses } from './node-addresses.ts'

const at = (...hosts: string[]): LocalAddress[] =>
  hosts.map((host) => ({ host, interface: 'eth0', internal: host.startsWith('127.') || host === '::1' }))
const online = { mode: 'online' } as const
const localOnly = (...allowedHosts: string[]) => ({ mode: 'local-only', allowedHosts }) as const
const home = at('127.0.0.1', '192.168.1.5', '172.17.0.1', '::1', 'fe80::1%eth0', 'fd00::5')

describe('where DHT nodes of ours stand', () => {
  test('private IPv4 addresses share one node; link-local and unique local IPv6 addresses have none', () => {
    expect(nodeAddresses(online, undefined, home)).toEqual(['0.0.0.0'])
    expect(nodeAddresses(online, undefined, [])).toEqual(['0.0.0.0'])
  })

  test('a single public IPv4 address is reached through all interfaces, this machine included', () => {
    expect(nodeAddresses(online, undefined, [...home, ...at('8.8.4.4')])).toEqual(['0.0.0.0'])
  })

  test('of several public addresses each has one of its own (BEP 45), a bounded number', () => {
    const public4 = ['8.8.4.4', '9.9.9.9']
    const public6 = ['2a00:1450::1', '2a00:1450::2']
    expect(nodeAddresses(online, undefined, [...home, ...at(...public6, ...public4, '8.8.4.4')])).toEqual([
      ...public4,
      ...public6,
    ])
    const many = at(...Array.from({ length: 20 }, (_, i) => [`8.8.8.${i + 1}`, `2a00::${i + 1}`]).flat())
    expect(nodeAddresses(online, undefined, many)).toHaveLength(2 * MAX_NODES_OF_FAMILY)
  })

  test('addresses of documentation, carrier networks and multicast are no public ones', () => {
    expect(nodeAddresses(online, undefined, at('100.64.0.1', '169.254.3.3', '2001:db8::1', '172.20.0.1'))).toEqual([
      '0.0.0.0',
    ])
    expect(nodeAddresses(online, undefined, at('172.32.0.1', '100.128.0.1'))).toEqual(['100.128.0.1', '172.32.0.1'])
  })

  test('while nothing may leave the machine: loopback alone, unless somebody outside was named', () => {
    expect(nodeAddresses(localOnly(), undefined, home)).toEqual(['127.0.0.1'])
    expect(nodeAddresses(localOnly('127.0.1.1', 'localhost'), undefined, home)).toEqual(['127.0.0.1'])
    expect(nodeAddresses(localOnly('127.0.1.1', '::1'), undefined, home)).toEqual(['127.0.0.1', '::1'])
    expect(nodeAddresses(localOnly('fd00::9'), undefined, home)).toEqual(['127.0.0.1', '::'])
    expect(nodeAddresses(localOnly('192.168.1.9'), undefined, home)).toEqual(['0.0.0.0'])
    expect(nodeAddresses(localOnly('router.example'), undefined, home)).toEqual(['0.0.0.0'])
    expect(nodeAddresses({ ...localOnly(), multicast: true }, undefined, home)).toEqual(['0.0.0.0'])
  })

  test('what the command line says goes before; all interfaces are still one by one', () => {
    expect(nodeAddresses(online, '127.0.1.1', home)).toEqual(['127.0.1.1'])
    expect(nodeAddresses(localOnly(), '0.0.0.0', at('9.9.9.9', '9.9.9.8'))).toEqual(['9.9.9.8', '9.9.9.9'])
    expect(nodeAddresses(online, '::', at('9.9.9.9', '2a00::1'))).toEqual(['2a00::1'])
  })
})
