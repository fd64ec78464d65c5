import { expect, test } from 'vitest'
import { neighbourhoodOf, providerOf, senderOf } from './address-groups.ts'
import { ExternalAddress, MAX_VOTES } from './external-address.ts'

const us = '203.0.113.7'

function votes(external: ExternalAddress, count: number, host: string, firstProvider = 1, lookup?: number): void {
  for (let i = 0; i < count; i++) external.vote(`${firstProvider + i}.1.2.3`, host, lookup)
}

test('five voters of different providers win, four do not', () => {
  const external = new ExternalAddress()
  votes(external, 4, us)
  expect(external.host).toBeUndefined()
  votes(external, 1, us, 5)
  expect(external.host).toBe(us)
  external.clear()
  expect(external.host).toBeUndefined()
})

test('a provider has one vote, its last', () => {
  const external = new ExternalAddress()
  for (let i = 0; i < 200; i++) external.vote(`9.9.${i}.1`, '198.51.100.1')
  expect([external.size, external.host]).toEqual([1, undefined])
  votes(external, 5, us)
  external.vote('9.9.1.1', us)
  expect([external.size, external.host]).toEqual([6, us])
})

test('more than half of the votes are needed', () => {
  const external = new ExternalAddress()
  votes(external, 5, us)
  votes(external, 5, '198.51.100.1', 50)
  expect(external.host).toBeUndefined()
  votes(external, 1, us, 20)
  expect(external.host).toBe(us)
})

test('voters that one look-up has led us to are not enough', () => {
  const external = new ExternalAddress()
  votes(external, 20, us, 1, 7)
  expect(external.host).toBeUndefined()
  votes(external, 1, us, 30, 8)
  expect(external.host).toBe(us)
})

test('the last 64 votes count: a new address wins in time', () => {
  const external = new ExternalAddress()
  votes(external, 100, us)
  expect([external.size, external.host]).toEqual([MAX_VOTES, us])
  votes(external, 40, '198.51.100.1', 101)
  expect([external.size, external.host]).toEqual([MAX_VOTES, '198.51.100.1'])
})

test('what cannot be our address is no vote', () => {
  const external = new ExternalAddress()
  for (const host of ['0.0.0.0', '255.255.255.255', 'name.example', '2001:db8::1']) votes(external, 6, host)
  expect(external.size).toBe(0)
  for (let i = 1; i <= 5; i++) external.vote(`2001:${i}::1`, '2001:DB8:0::1')
  expect(external.host).toBe('2001:db8::1')
})

test('a network within one /16 may count its voters otherwise', () => {
  const external = new ExternalAddress(neighbourhoodOf)
  for (let i = 1; i <= 5; i++) external.vote(`127.0.${i}.1`, '127.0.9.1')
  expect(external.host).toBe('127.0.9.1')
})

test('senders, neighbourhoods and providers', () => {
  expect([senderOf('1.2.3.4'), neighbourhoodOf('1.2.3.4'), providerOf('1.2.3.4')]).toEqual(['1.2.3.4', '1.2.3', '1.2'])
  const [a, b, c] = ['2001:db8:1:2::1', '2001:db8:1:2:ffff::', '2001:db8:1:3::1'] as const
  expect(senderOf(a)).toBe(senderOf(b))
  expect(senderOf(a)).not.toBe(senderOf(c))
  expect(neighbourhoodOf(a)).toBe(neighbourhoodOf(c))
  expect(providerOf(a)).toBe(providerOf('2001:db8:ffff::1'))
  expect(providerOf(a)).not.toBe(providerOf('2001:db9::1'))
})
