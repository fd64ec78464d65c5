import { describe, expect, test } from 'vitest'
import { silentLog } from '../../kernel/log.ts'
import type { Endpoint } from '../../kernel/network.ts'
import { DEFAULT_BOOTSTRAP_NODES, MAX_ADDRESSES_OF_NAME, NodeNames, parseHostPort } from './bootstrap-nodes.ts'

describe('HOST:PORT', () => {
  test.each([
    ['192.0.2.7:6881', { host: '192.0.2.7', port: 6881 }],
    [' router.example:1 ', { host: 'router.example', port: 1 }],
    ['[2001:DB8::7]:65535', { host: '2001:db8::7', port: 65_535 }],
    ['[::ffff:192.0.2.7]:5', { host: '192.0.2.7', port: 5 }],
  ])('%s is read', (text, expected) => expect(parseHostPort(text)).toEqual(expected))

  test.each(['192.0.2.7', '192.0.2.7:0', 'a:65536', '2001:db8::7:1', '[zz]:1', '[:1', 'a b:1', ':1', '', 'x:1:2'])(
    '%j is none',
    (text) => expect(parseHostPort(text)).toBeUndefined(),
  )

  test('those we begin with are all such', () => {
    expect(DEFAULT_BOOTSTRAP_NODES.length).toBeGreaterThanOrEqual(4)
    expect(DEFAULT_BOOTSTRAP_NODES.map(parseHostPort)).not.toContain(undefined)
  })
})

describe('names', () => {
  const names: Record<string, string[]> = {
    many: Array.from({ length: 50 }, (_, i) => `10.0.0.${i + 1}`),
    odd: ['0.0.0.0', '224.0.0.1', '2001:db8::1'],
  }
  const asked: string[] = []
  const resolver = {
    resolve: async (host: string) => {
      asked.push(host)
      const found = names[host]
      if (!found) throw Object.assign(new Error(host), { code: 'ENOTFOUND' })
      return found
    },
  }
  const all = async (nodes: Endpoint[]) => {
    const found: Endpoint[] = []
    asked.length = 0
    const asker = new NodeNames(resolver, silentLog)
    asker.resolve(nodes, (endpoints) => found.push(...endpoints))
    asker.resolve(nodes, (endpoints) => found.push(...endpoints))
    for (let turn = 0; turn < 10; turn++) await Promise.resolve()
    return found
  }

  test('a literal is not looked up; a name gives a bounded number, and is asked once at a time', async () => {
    expect(await all([{ host: '10.9.9.9', port: 7 }])).toEqual([
      { host: '10.9.9.9', port: 7 },
      { host: '10.9.9.9', port: 7 },
    ])
    expect(asked).toEqual([])
    expect(await all([{ host: 'many', port: 7 }])).toHaveLength(2 * MAX_ADDRESSES_OF_NAME)
    expect(asked).toEqual(['many'])
  })

  test('addresses of nobody are left out, and a name that is not found gives nothing', async () => {
    expect(await all([{ host: 'odd', port: 7 }])).toEqual([
      { host: '2001:db8::1', port: 7 },
      { host: '2001:db8::1', port: 7 },
    ])
    expect(await all([{ host: 'nowhere', port: 7 }])).toEqual([])
  })
})
