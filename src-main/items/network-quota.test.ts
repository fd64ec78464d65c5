import { expect, test } from 'vitest'
import { NetworkQuota } from './network-quota.ts'

test('a network may take what the limit says, and again what it has released', () => {
  const quota = new NetworkQuota(2)
  quota.take('1.2.3.4')
  expect(quota.allows('1.2.3.5')).toBe(true)
  quota.take('1.2.3.5')
  expect([quota.allows('1.2.3.6'), quota.allows('1.2.4.6')]).toEqual([false, true])
  quota.release('1.2.3.4')
  expect(quota.allows('1.2.3.6')).toBe(true)
  quota.release('1.2.3.5')
  expect(quota.size).toBe(0)
})

test('an IPv6 network is a /64', () => {
  const quota = new NetworkQuota(1)
  quota.take('2001:db8::1')
  expect([quota.allows('2001:db8::ffff'), quota.allows('2001:db8:0:1::1')]).toEqual([false, true])
})
