import { expect, test } from 'vitest'
import { isUsable, usableOf } from './reach.ts'

const at = (host: string, port = 1) => ({ endpoint: { host, port } })

test('what cannot be one host of our family, with a port, is not usable', () => {
  expect(isUsable({ host: '9.9.9.9', port: 1 }, 4)).toBe(true)
  expect(isUsable({ host: '2a00::1', port: 65_535 }, 6)).toBe(true)
  const bad = [
    { host: '9.9.9.9', port: 0 },
    { host: '9.9.9.9', port: 65_536 },
    { host: '2a00::1', port: 1 },
    { host: '0.0.0.0', port: 1 },
    { host: '224.0.0.1', port: 1 },
    { host: '255.255.255.255', port: 1 },
    { host: 'example.org', port: 1 },
  ]
  for (const endpoint of bad) expect(isUsable(endpoint, 4), endpoint.host).toBe(false)
})

test('nobody names what reaches less far than himself', () => {
  const told = [at('127.0.0.1'), at('10.0.0.9'), at('8.8.8.8'), at('0.1.2.3'), at('8.8.4.4', 0)]
  const hosts = (teller: string) => usableOf(told, { host: teller, port: 1 }, 4).map(({ endpoint }) => endpoint.host)
  expect(hosts('9.9.9.9')).toEqual(['8.8.8.8'])
  expect(hosts('10.0.0.1')).toEqual(['10.0.0.9', '8.8.8.8'])
  expect(hosts('127.0.0.2')).toEqual(['127.0.0.1', '10.0.0.9', '8.8.8.8'])
})
