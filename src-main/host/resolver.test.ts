import { describe, expect, test } from 'vitest'
import { failureCode } from '../kernel/port-tests/index.ts'
import { AddressSet, isLoopback, isPublicAddress, isUsableEndpoint } from './ip-address.ts'
import { createResolver } from './resolver.ts'

describe('the resolver', () => {
  test('literals and localhost are answered without a look-up', async () => {
    const asked: string[] = []
    const resolver = createResolver(async (host) => {
      asked.push(host)
      return ['192.0.2.1', '2001:db8::1']
    })
    expect(await resolver.resolve('127.0.0.1')).toEqual(['127.0.0.1'])
    expect(await resolver.resolve('::1')).toEqual(['::1'])
    expect(await resolver.resolve('localhost')).toEqual(['127.0.0.1'])
    expect(asked).toEqual([])
    expect(await resolver.resolve('tracker.test')).toEqual(['192.0.2.1', '2001:db8::1'])
    expect(asked).toEqual(['tracker.test'])
  })

  test('a name without an address is told by its code, however the system says it', async () => {
    const failing = createResolver(async () => {
      throw Object.assign(new Error('getaddrinfo EAI_AGAIN'), { code: 'EAI_AGAIN' })
    })
    await expect(failing.resolve('missing.test')).rejects.toMatchObject({
      code: 'ENOTFOUND',
      message: expect.stringContaining('missing.test'),
    })
    expect(await failureCode(createResolver(async () => []).resolve('empty.test'))).toBe('ENOTFOUND')
  })

  test('two look-ups run at once, 256 wait, and more are refused', async () => {
    const answers: ((addresses: string[]) => void)[] = []
    const resolver = createResolver(() => new Promise((resolve) => answers.push(resolve)))
    const pending = Array.from({ length: 258 }, (_, i) => resolver.resolve(`${i}.test`))
    expect(await failureCode(resolver.resolve('one-too-many.test'))).toBe('EBUSY')
    expect(answers).toHaveLength(2)
    for (let answered = 0; answered < 258; answered++) {
      answers[answered]?.(['192.0.2.1'])
      await pending[answered]
    }
    expect(answers).toHaveLength(258)
    const after = resolver.resolve('after.test')
    await Promise.resolve()
    answers[258]?.(['192.0.2.9'])
    expect(await after).toEqual(['192.0.2.9'])
  })
})

describe('IP addresses', () => {
  const PUBLIC = ['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '2001:4860:4860::8888', '::ffff:8.8.8.8']
  const LOOPBACK = ['127.0.0.1', '127.255.255.255', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1', '::ffff:7f00:1']
  const PRIVATE = [
    ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '169.254.169.254', '172.16.0.1', '172.31.255.255', '192.168.0.1'],
    ...['224.0.0.1', '255.255.255.255', '::', 'fc00::1', 'fdff::1', 'fe80::1', 'fe80::1%eth0', 'ff02::1'],
    ...['::ffff:10.0.0.1', '::ffff:192.168.0.1', '2001:db8::1'],
  ]

  test.each([...PRIVATE, ...LOOPBACK])('%s is not public', (address) => expect(isPublicAddress(address)).toBe(false))
  test.each(PUBLIC)('%s is public', (address) => expect(isPublicAddress(address)).toBe(true))
  test.each(LOOPBACK)('%s is loopback', (address) => expect(isLoopback(address)).toBe(true))
  test.each([...PUBLIC, ...PRIVATE])('%s is not loopback', (address) => expect(isLoopback(address)).toBe(false))
  test.each(['', 'localhost', '127.1', '0x7f.0.0.1', '127.0.0.1.', '[::1]', '1.2.3.4.5'])(
    '%j is no IP address',
    (text) => {
      expect([isLoopback(text), isPublicAddress(text), isUsableEndpoint({ host: text, port: 1 })]).toEqual([
        false,
        false,
        false,
      ])
    },
  )

  test('a set knows the spellings of an address', () => {
    const set = new AddressSet()
    set.add('10.0.0.1')
    set.add('2001:db8::a')
    set.add('no address')
    expect(['10.0.0.1', '::ffff:10.0.0.1', '2001:DB8:0:0::A'].every((address) => set.has(address))).toBe(true)
    expect(['10.0.0.2', '2001:db8::b', 'no address'].some((address) => set.has(address))).toBe(false)
  })
})
