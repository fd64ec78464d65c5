import { expect, test } from 'vitest'
import { NetworkWorld } from '../test-support/network-world.ts'
import { countNodes } from './distinct-nodes.ts'
import type { Peer, PeerDirection } from './peer.ts'

function peer(direction: PeerDirection, host: string, port: number, listenPort?: number) {
  return { direction, endpoint: { host, port }, introduction: { listenPort } as Peer['introduction'] }
}

test.each([
  ['nobody', [], 0],
  ['one each way', [peer('outgoing', '10.0.0.1', 9533), peer('incoming', '10.0.0.1', 50_001, 9533)], 1],
  ['a named one each way', [peer('incoming', '10.0.0.1', 50_001, 9533), peer('manual', '10.0.0.1', 9533)], 1],
  [
    'another port of the same host',
    [peer('outgoing', '10.0.0.1', 9533), peer('incoming', '10.0.0.1', 50_001, 9534)],
    2,
  ],
  [
    'the same port of another host',
    [peer('outgoing', '10.0.0.1', 9533), peer('incoming', '10.0.0.2', 50_001, 9533)],
    2,
  ],
  ['one that does not say', [peer('outgoing', '10.0.0.1', 9533), peer('incoming', '10.0.0.1', 50_001)], 2],
  ['two that dial us from one host', [peer('incoming', '10.0.0.1', 50_001), peer('incoming', '10.0.0.1', 50_002)], 2],
])('%s', (_, peers, count) => expect(countNodes(peers)).toBe(count))

test('two nodes that dial each other are one peer to each other', async () => {
  const world = new NetworkWorld()
  const [one, other] = [await world.node(), await world.node()]
  world.connect(one, other)
  world.connect(other, one)
  const connections = () =>
    [one, other].map(({ node }) => node.rows().filter(({ state }) => state === 'connected').length)
  await world.until(() => connections().every((count) => count === 2))
  expect([one.node.peerCount, other.node.peerCount]).toEqual([1, 1])
  await world.stop()
})
