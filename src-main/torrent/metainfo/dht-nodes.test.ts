import { expect, test } from 'vitest'
import { type BencodeInput, encodeBencode } from '../../codec/bencode.ts'
import { BencodeEntries } from '../../codec/bencode-entries.ts'
import { dhtNodesOf, MAX_DHT_NODES } from './dht-nodes.ts'

const read = (nodes: BencodeInput) => dhtNodesOf(new BencodeEntries(encodeBencode({ nodes }), ['nodes']))

test('addresses and names are read, each once', () => {
  const nodes = [
    ['192.0.2.7', 6_881],
    ['Router.Example.ORG', 1],
    ['2001:DB8:0::1', 65_535],
    ['192.0.2.7', 6_881],
  ]
  expect(read(nodes)).toEqual([
    { host: '192.0.2.7', port: 6_881 },
    { host: 'router.example.org', port: 1 },
    { host: '2001:db8::1', port: 65_535 },
  ])
})

test.each<[string, BencodeInput]>([
  ['text', 'nodes'],
  ['a number', 7],
  ['an element that is no list', ['127.0.0.1']],
  ['no port', [['192.0.2.7']]],
  ['port 0', [['192.0.2.7', 0]]],
  ['a port too large', [['192.0.2.7', 65_536]]],
  ['a port as text', [['192.0.2.7', '6881']]],
  ['a negative port', [['192.0.2.7', -1]]],
  ['a host as number', [[7, 6_881]]],
  ['an empty host', [['', 6_881]]],
  ['a path', [['a/b', 6_881]]],
  ['multicast', [['239.1.2.3', 6_881]]],
  ['nowhere', [['0.0.0.0', 6_881]]],
  ['a host of 400 characters', [['a'.repeat(400), 6_881]]],
  ['a host that is not UTF-8', [[new Uint8Array([0xff]), 6_881]]],
])('%s gives no node', (_name, nodes) => {
  expect(read(nodes)).toEqual([])
})

test('no more than the limit', () => {
  expect(read(Array.from({ length: 400 }, (_, n) => ['192.0.2.1', n + 1]))).toHaveLength(MAX_DHT_NODES)
})
