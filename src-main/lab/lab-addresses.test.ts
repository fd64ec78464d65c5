import { isIP } from 'node:net'
import { expect, test } from 'vitest'
import { labAddress, MAX_LAB_ADDRESSES } from './lab-addresses.ts'

test('each host has an address of its own, in a /24 of its own as long as there are any', () => {
  const hosts = Array.from({ length: 70_000 }, (_, n) => labAddress(n))
  expect(new Set(hosts).size).toBe(hosts.length)
  expect(new Set(hosts.slice(0, 65_536).map((host) => host.slice(0, host.lastIndexOf('.')))).size).toBe(65_536)
})

test('the last one is an address, and none is made up beyond it', () => {
  expect(isIP(labAddress(MAX_LAB_ADDRESSES - 1))).toBe(4)
  expect(() => labAddress(MAX_LAB_ADDRESSES)).toThrow(RangeError)
})
