import { expect, test } from 'vitest'
import { OwnAddress } from './own-address.ts'

const anywhere = { host: '0.0.0.0', port: 6881 }
const at = (host: string, port = 6881) => ({ host, port })

test('given comes before known from elsewhere, and that before votes', () => {
  let external: string | undefined
  const address = new OwnAddress(anywhere, { external: () => external })
  expect([address.host, address.isGiven]).toEqual([undefined, false])
  for (let n = 0; n < 5; n++) address.vote(`${20 + n}.0.0.1`, '45.1.1.1', undefined)
  expect(address.host).toBe('45.1.1.1')
  external = '45.2.2.2'
  expect(address.host).toBe('45.2.2.2')
  const given = new OwnAddress(anywhere, { address: '45.3.3.3', external: () => external })
  expect([given.host, given.isGiven]).toEqual(['45.3.3.3', true])
})

test('those that one answer has named are one liar, perhaps', () => {
  const address = new OwnAddress(anywhere, {})
  for (let n = 0; n < 8; n++) address.vote(`${20 + n}.0.0.1`, '45.1.1.1', 1)
  expect(address.host).toBeUndefined()
  address.vote('60.0.0.1', '45.1.1.1', undefined)
  expect(address.host).toBe('45.1.1.1')
  address.networkChanged()
  expect(address.host).toBeUndefined()
})

test('an address of the other family, or of nobody, is none', () => {
  expect(new OwnAddress(anywhere, { address: '2001:db8::1' }).host).toBeUndefined()
  expect(new OwnAddress(anywhere, { address: '0.0.0.0' }).host).toBeUndefined()
  expect(new OwnAddress({ host: '::', port: 1 }, { address: '2a01:4f8::1' }).host).toBe('2a01:4f8::1')
})

test('our ring is of hosts that reach as far as we do', () => {
  const open = new OwnAddress(anywhere, {})
  const local = new OwnAddress(at('127.0.1.1'), { address: '127.0.1.1' })
  const home = new OwnAddress(at('192.168.1.2'), { address: '192.168.1.2' })
  const hosts = ['45.1.1.1', '127.0.0.9', '192.168.1.9', '2a01:4f8::1', '224.0.0.1', '255.255.255.255']
  const admitted = (address: OwnAddress) => hosts.filter((host) => address.admits(at(host)))
  expect(admitted(open)).toEqual(['45.1.1.1'])
  expect(admitted(local)).toEqual(['127.0.0.9'])
  expect(admitted(home)).toEqual(['192.168.1.9'])
  expect(open.admits(at('45.1.1.1', 0))).toBe(false)
})
