import { expect, test } from 'vitest'
import { addressKeys } from '../codec/address-keys.ts'
import { Contact } from './contact.ts'
import { NodeId } from './node-id.ts'

const id = NodeId.fromHex('11'.repeat(20))

test('the network of an address is its /24, or /64', () => {
  const network = (host: string) => addressKeys(host).network
  expect(network('8.8.4.4')).toBe(network('8.8.4.200'))
  expect(network('8.8.4.4')).not.toBe(network('8.8.5.4'))
  expect(network('200.8.4.4')).not.toBe(network('8.8.4.4'))
  expect(network('2001:db8:1:2::3')).toBe(network('2001:db8:1:2:ffff::'))
  expect(network('2001:db8:1:2::3')).not.toBe(network('2001:db8:1:3::3'))
  expect(network('no.address')).toBe('no.address')
})

test('equal addresses have equal keys, however they are written', () => {
  expect(addressKeys('2001:DB8::1').address).toBe(addressKeys('2001:db8:0:0::1').address)
  expect(addressKeys('::ffff:1.2.3.4').address).toBe(addressKeys('1.2.3.4').address)
  expect(addressKeys('255.2.3.4').address).not.toBe(addressKeys('255.2.3.5').address)
})

test('is at the same place as another with the same address and port', () => {
  const at = (host: string, port: number) => new Contact(id, { host, port })
  expect(at('1.2.3.4', 5).isAt(at('1.2.3.4', 5))).toBe(true)
  expect(at('1.2.3.4', 5).isAt(at('1.2.3.4', 6))).toBe(false)
  expect(at('1.2.3.4', 5).isAt(at('1.2.3.5', 5))).toBe(false)
})

test('is secure where the id fits the address', () => {
  expect(new Contact(id, { host: '127.0.0.1', port: 1 }).secure).toBe(true)
  expect(new Contact(id, { host: '8.8.8.8', port: 1 }).secure).toBe(false)
})
