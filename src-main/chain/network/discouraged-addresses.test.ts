import { describe, expect, test } from 'vitest'
import { ManualClock } from '../test-support/stream-fakes.ts'
import { DISCOURAGED_FOR, DiscouragedAddresses, MAX_DISCOURAGED } from './discouraged-addresses.ts'

const at = (host: string, port = 9_533) => ({ host, port })

describe('discouraged addresses', () => {
  test('an address is kept away for a day, with every port', () => {
    const clock = new ManualClock()
    const list = new DiscouragedAddresses(clock)
    list.add(at('8.8.8.8'))
    clock.pass(DISCOURAGED_FOR - 1)
    expect([list.has(at('8.8.8.8', 1)), list.has(at('8.8.8.9'))]).toEqual([true, false])
    clock.pass(1)
    expect(list.has(at('8.8.8.8'))).toBe(false)
    expect(list.size).toBe(0)
  })

  test('an IPv6 address with its whole network of 64 bits', () => {
    const list = new DiscouragedAddresses(new ManualClock())
    list.add(at('2a01:4f8:1:2::1'))
    expect(list.has(at('2a01:4f8:1:2:aaaa::9'))).toBe(true)
    expect(list.has(at('2a01:4f8:1:3::1'))).toBe(false)
  })

  test('on this machine one endpoint alone, in a private network one address', () => {
    const list = new DiscouragedAddresses(new ManualClock())
    list.add(at('127.0.0.1', 1))
    list.add(at('192.168.0.5', 1))
    expect([list.has(at('127.0.0.1', 1)), list.has(at('127.0.0.1', 2))]).toEqual([true, false])
    expect([list.has(at('192.168.0.5', 2)), list.has(at('192.168.0.6', 1))]).toEqual([true, false])
  })

  test('a person can have it back', () => {
    const list = new DiscouragedAddresses(new ManualClock())
    list.add(at('8.8.8.8'))
    list.forgive(at('8.8.8.8', 5))
    expect(list.has(at('8.8.8.8'))).toBe(false)
  })

  test(`of more than ${MAX_DISCOURAGED} the oldest is forgotten; who comes again is the newest`, () => {
    const list = new DiscouragedAddresses(new ManualClock())
    const host = (i: number) => `8.${i >>> 16}.${(i >>> 8) & 255}.${i & 255}`
    for (let i = 0; i < MAX_DISCOURAGED; i++) list.add(at(host(i)))
    list.add(at(host(0)))
    list.add(at('9.9.9.9'))
    expect(list.size).toBe(MAX_DISCOURAGED)
    expect([list.has(at(host(0))), list.has(at(host(1))), list.has(at('9.9.9.9'))]).toEqual([true, false, true])
  })
})
