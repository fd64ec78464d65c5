/** Whom a node connects to, whom it takes, and whom it serves what. */
import { describe, expect, test } from 'vitest'
import { networks } from '../../src-main/chain/consensus/networks.ts'
import { MAX_OUTGOING } from '../../src-main/chain/network/connections/connections.ts'
import { MAX_MANUAL_PEERS } from '../../src-main/chain/network/connections/manual-peers.ts'
import { InventoryType, Services } from '../../src-main/chain/network/messages/index.ts'
import { rendezvousKey } from '../../src-main/chain/network/rendezvous.ts'
import { decodeBlock } from '../../src-main/chain/primitives/block.ts'
import { FREE_SCRIPT } from '../../src-main/chain/test-support/mempool-fixture.ts'
import { NetworkWorld, type WorldNode } from '../../src-main/chain/test-support/network-world.ts'
import { recentChain } from '../../src-main/chain/test-support/recent-chain.ts'
import { spendCoins, TestKey } from '../../src-main/chain/test-support/test-keys.ts'
import type { PeerSource } from '../../src-main/kernel/peer-source.ts'

const { port } = networks.local
const chain = recentChain(20)
const blocks = chain.blocks.slice(1)

function outgoingOf({ node }: WorldNode): string[] {
  return node
    .rows()
    .filter(({ direction, state }) => direction === 'outgoing' && state === 'connected')
    .map(({ id }) => id)
}

function gossip(hosts: readonly string[]) {
  return hosts.map((host) => ({ host, port, time: 1_893_455_000, services: Services.NETWORK | Services.WITNESS }))
}

describe('outgoing connections', () => {
  test(`are ${MAX_OUTGOING}, to no address twice; all are found by gossip from one that was named`, async () => {
    const world = new NetworkWorld({ seed: 71 })
    const nodes: WorldNode[] = []
    for (let i = 0; i < 14; i++) nodes.push(await world.node(blocks))
    const [first, ...others] = nodes as [WorldNode, ...WorldNode[]]
    for (const other of others) world.connect(other, first)
    await world.run(600_000)
    for (const node of nodes) {
      const outgoing = outgoingOf(node)
      expect(outgoing.length).toBeLessThanOrEqual(MAX_OUTGOING)
      expect(new Set(outgoing).size).toBe(outgoing.length)
      expect(outgoing).not.toContain(`${node.host.address}:${port}`)
    }
    expect(outgoingOf(first)).toHaveLength(MAX_OUTGOING)
    expect(nodes.filter((node) => outgoingOf(node).length >= 4).length).toBeGreaterThan(10)
    await world.stop()
  })

  test('are no two in one network of the internet', async () => {
    const world = new NetworkWorld({ seed: 72 })
    const node = await world.node(blocks)
    const hosts: string[] = []
    for (let i = 0; i < 12; i++) {
      const host = world.simulation.host(`public-${i}`, { address: `${80 + Math.floor(i / 3)}.1.1.${i + 1}` })
      await world.listeningPeer({ host })
      hosts.push(host.address)
    }
    node.addresses.add(gossip(hosts), { origin: 'manual' })
    await world.run(120_000)
    expect(outgoingOf(node)).toHaveLength(4)
    expect(new Set(outgoingOf(node).map((id) => id.split('.')[0])).size).toBe(4)
    await world.stop()
  })

  test('go to anchors first, and are found through other directories by the rendezvous key', async () => {
    const world = new NetworkWorld({ seed: 73 })
    const [anchor, found] = [await world.node(blocks), await world.node(blocks)]
    const keys: Uint8Array[] = []
    let stopped = 0
    const source: PeerSource = {
      kind: 'kademlia',
      follow: (subject, tell) => {
        keys.push(subject.infoHash)
        expect(subject.port()).toBe(port)
        // A seed is not told of other seeds (BEP 33).
        expect(subject.totals().left).toBeGreaterThan(0)
        tell([{ host: found.host.address, port }])
        return { completed() {}, refresh() {}, status: () => [], stop: async () => void stopped++ }
      },
    }
    const node = await world.node([], {
      anchors: [{ host: anchor.host.address, port }],
      sources: [source],
      limits: { outgoing: 2 },
    })
    await world.until(() => outgoingOf(node).length === 2)
    expect(keys).toEqual([rendezvousKey(networks.local)])
    expect(node.node.rows().find(({ id }) => id.startsWith(`${found.host.address}:`))?.origin).toBe('kademlia')
    expect(node.node.anchors).toContainEqual({ host: anchor.host.address, port })
    await world.stop()
    expect(stopped).toBe(1)
  })

  test('to nodes that offer no blocks are let go; feelers move addresses that answer', async () => {
    const world = new NetworkWorld({ seed: 74 })
    const light = await world.listeningPeer({ services: 0n })
    const good = [await world.node(blocks), await world.node(blocks), await world.node(blocks)]
    const node = await world.node(blocks, { limits: { outgoing: 1 } })
    const hosts = [light.host.address, ...good.map(({ host }) => host.address)]
    node.addresses.add(gossip(hosts), { origin: 'manual' })
    await world.run(1_800_000)
    expect(outgoingOf(node)).toHaveLength(1)
    expect(outgoingOf(node)).not.toContain(light.name)
    expect(node.addresses.triedCount).toBe(4)
    await world.stop()
  })
})

describe('peers that a person named', () => {
  test('are connected to again when they come back, and forgotten on wish', async () => {
    const world = new NetworkWorld({ seed: 75 })
    const peer = await world.listeningPeer()
    const node = await world.node()
    node.node.connect(peer.endpoint)
    await world.until(() => peer.isReady)
    for (let i = 0; i < 3; i++) {
      world.simulation.resetConnections(peer.host)
      await world.until(() => !peer.isReady)
      await world.until(() => peer.isReady)
    }
    node.node.forget(peer.endpoint)
    await world.until(() => !peer.isReady)
    node.addresses.forget(peer.endpoint)
    await world.run(600_000)
    expect(node.node.rows()).toEqual([])
    await world.stop()
  })

  test(`are at most ${MAX_MANUAL_PEERS}; ourselves is none`, async () => {
    const world = new NetworkWorld({ seed: 76 })
    const node = await world.node()
    expect(node.node.connect({ host: node.host.address, port })).toBe(true)
    await world.run(5_000)
    expect(node.node.rows()).toEqual([])
    for (let i = 1; i <= MAX_MANUAL_PEERS; i++) expect(node.node.connect({ host: `10.99.0.${i}`, port })).toBe(true)
    expect(node.node.connect({ host: '10.99.1.1', port })).toBe(false)
    await world.stop()
  })
})

test('incoming connections are bounded: a new one takes the place of another, never of one that we opened', async () => {
  const world = new NetworkWorld({ seed: 77 })
  const chosen = await world.listeningPeer()
  const room = 30
  const node = await world.node([], { limits: { outgoing: 1, all: 1 + MAX_MANUAL_PEERS + 1 + room } })
  node.node.connect(chosen.endpoint)
  await world.until(() => chosen.isReady)
  for (let i = 0; i < 60; i++) {
    await world.peerOf(node)
    expect(node.node.rows().filter(({ direction }) => direction === 'incoming').length).toBeLessThanOrEqual(room)
  }
  expect(node.node.rows().filter(({ direction }) => direction === 'incoming')).toHaveLength(room)
  expect(chosen.isReady).toBe(true)
  await world.stop()
})

test('rows tell who a peer is', async () => {
  const world = new NetworkWorld({ seed: 78 })
  const node = await world.node(blocks)
  const other = await world.node(blocks)
  world.connect(node, other)
  await world.run(5_000)
  expect(node.node.rows().find(({ direction }) => direction === 'manual')).toMatchObject({
    id: `${other.host.address}:${port}`,
    state: 'connected',
    userAgent: '/Test:1/',
    services: ['NETWORK', 'WITNESS', 'NETWORK_LIMITED'],
    height: 20,
    origin: 'manual',
    activity: '',
  })
  node.node.disconnect(`${other.host.address}:${port}`)
  expect(node.node.rows().filter(({ direction }) => direction === 'manual')).toEqual([])
  await world.stop()
})

describe('serving', () => {
  const witness = { type: InventoryType.WITNESS_BLOCK }

  test('a pruned node lets go of who asks for a block that is too deep', async () => {
    const world = new NetworkWorld({ seed: 79 })
    const long = recentChain(400)
    const node = await world.node(long.blocks.slice(1), { mode: 'pruned', keptFrom: 100 })
    const peer = await world.peerOf(node)
    peer.send({ command: 'getdata', items: [{ ...witness, hash: long.blockAt(110).hash }] })
    await world.until(() => peer.all('block').length === 1)
    peer.send({ command: 'getdata', items: [{ ...witness, hash: long.blockAt(109).hash }] })
    await world.until(() => peer.closed !== undefined)
    expect(peer.all('block')).toHaveLength(1)
    await world.stop()
  })

  test('who asks for a block without witnesses gets it without', async () => {
    const world = new NetworkWorld({ seed: 80 })
    const key = new TestKey(1)
    const own = recentChain(110, { payTo: key.p2wpkh })
    const spend = spendCoins([own.reward(1, key)], [{ value: 1_000n, scriptPubKey: FREE_SCRIPT }])
    const block = own.mine({ transactions: [spend], header: { time: own.tip.header.time + 1 } })
    const node = await world.node(own.blocks.slice(1))
    const peer = await world.peerOf(node)
    peer.send({
      command: 'getdata',
      items: [
        { ...witness, hash: block.hash },
        { type: InventoryType.BLOCK, hash: block.hash },
      ],
    })
    await world.until(() => peer.all('block').length === 2)
    const [whole, bare] = peer.all('block').map(({ payload }) => payload)
    expect(whole).toEqual(block.bytes())
    expect(bare).toHaveLength(block.strippedSize)
    expect(decodeBlock(bare as Uint8Array).transactions.map(({ txid }) => txid)).toEqual(
      block.transactions.map(({ txid }) => txid),
    )
    await world.stop()
  })

  test('old blocks of side branches are nobody’s business, young ones are served', async () => {
    const world = new NetworkWorld({ seed: 81 })
    const old = recentChain(0)
    old.mineMany(5, { extraNonce: 1 })
    const own = recentChain(20)
    const young = own.fork(18)
    young.mine({ extraNonce: 2, header: { time: own.tip.header.time } })
    const node = await world.node(old.blocks.slice(1))
    for (const block of [...own.blocks.slice(1, 19), young.tip])
      await node.chain.chainstate.acceptBlock(block, 'test', true)
    await node.chain.chainstate.flush()
    for (const block of own.blocks.slice(19)) await node.chain.chainstate.acceptBlock(block, 'test', true)
    expect(world.haveTip([node], own.tip.hash)).toBe(true)
    const peer = await world.peerOf(node)
    const items = [old.tip.hash, young.tip.hash].map((hash) => ({ ...witness, hash }))
    peer.send({ command: 'getdata', items })
    await world.until(() => peer.all('notfound').length === 1)
    expect(peer.all('notfound')[0]?.items.map(({ hash }) => hash)).toEqual([old.tip.hash])
    expect(peer.all('block')[0]?.payload).toEqual(young.tip.bytes())
    await world.stop()
  })

  test('block filters: up to their numbers, and only where they are offered', async () => {
    const world = new NetworkWorld({ seed: 82 })
    const long = recentChain(1_100)
    const node = await world.node(long.blocks.slice(1), { servesFilters: true })
    const peer = await world.peerOf(node)
    const stopHash = long.blockAt(1_050).hash
    peer.send({ command: 'getcfilters', filterType: 0, startHeight: 51, stopHash })
    peer.send({ command: 'getcfheaders', filterType: 0, startHeight: 1, stopHash })
    peer.send({ command: 'getcfcheckpt', filterType: 0, stopHash })
    await world.until(() => peer.all('cfcheckpt').length === 1)
    expect(peer.all('cfilter')).toHaveLength(1_000)
    expect(peer.all('cfheaders')[0]?.hashes).toHaveLength(1_050)
    expect(peer.all('cfcheckpt')[0]?.headers).toHaveLength(1)
    peer.send({ command: 'getcfilters', filterType: 0, startHeight: 50, stopHash })
    await world.until(() => peer.closed !== undefined)
    const bare = await world.node(long.blocks.slice(1))
    const other = await world.peerOf(bare)
    other.send({ command: 'getcfcheckpt', filterType: 0, stopHash })
    await world.until(() => other.closed !== undefined)
    expect(bare.host.log.entries.at(-1)?.facts.reason).toBe('it asks for block filters that are not offered')
    await world.stop()
  })
})
