/** Transactions and addresses between nodes: what is announced, asked for and served, and to whom. */
import { describe, expect, test } from 'vitest'
import { InventoryType } from '../../src-main/chain/network/messages/index.ts'
import { NOTHING_WANTED } from '../../src-main/chain/network/relay/fee-filters.ts'
import {
  MAX_REQUESTS_PER_PEER,
  TRANSACTION_REQUEST_TIMEOUT,
} from '../../src-main/chain/network/relay/transaction-requests.ts'
import { FREE_SCRIPT, pay, split } from '../../src-main/chain/test-support/mempool-fixture.ts'
import { NetworkWorld, type ScriptedPeer, type WorldNode } from '../../src-main/chain/test-support/network-world.ts'
import { recentChain } from '../../src-main/chain/test-support/recent-chain.ts'

const chain = recentChain(130, { payTo: FREE_SCRIPT })
const blocks = chain.blocks.slice(1)

function wtx(hash: Uint8Array) {
  return { type: InventoryType.WTX, hash }
}

function idsIn(peer: ScriptedPeer, command: 'inv' | 'getdata' | 'notfound'): Uint8Array[] {
  const items = peer.all(command).flatMap((message) => message.items)
  return items.filter(({ type }) => type === InventoryType.WTX).map(({ hash }) => hash)
}

async function submit({ chain: { acceptTransaction } }: WorldNode, transaction: { bytes(): Uint8Array }) {
  const outcome = await acceptTransaction(transaction.bytes(), undefined)
  expect(outcome.status).toBe('accepted')
}

describe('a transaction', () => {
  test('reaches all nodes, each of which is sent it once', async () => {
    const world = new NetworkWorld({ seed: 51 })
    const nodes = [
      await world.node(blocks),
      await world.node(blocks),
      await world.node(blocks),
      await world.node(blocks),
    ]
    for (const [i, node] of nodes.entries()) for (const other of nodes.slice(0, i)) world.connect(node, other)
    await world.run(5_000)
    const transaction = pay([chain.reward(1)], 10_000)
    await submit(nodes[0] as WorldNode, transaction)
    await world.until(() => nodes.every(({ chain: { mempool } }) => mempool.size === 1))
    await world.run(60_000)
    for (const { node } of nodes.slice(1)) {
      const counts = [...node.connections].map(({ link }) => link.received.table.get('tx')?.messages ?? 0)
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1)
    }
    await world.stop()
  })

  test('is announced once, and once more where it is to be announced again', async () => {
    const world = new NetworkWorld({ seed: 59 })
    const node = await world.node(blocks)
    const peer = await world.peerOf(node)
    await world.run(1_000)
    const transaction = pay([chain.reward(1)], 10_000)
    await submit(node, transaction)
    await world.run(60_000)
    expect(idsIn(peer, 'inv')).toEqual([transaction.wtxid])
    node.node.announceAgain({ txid: transaction.txid, wtxid: transaction.wtxid, feeRate: 1_000_000 })
    await world.run(60_000)
    expect(idsIn(peer, 'inv')).toEqual([transaction.wtxid, transaction.wtxid])
    await world.stop()
  })

  test('is asked of one peer at a time, and of the next when that one does not answer', async () => {
    const world = new NetworkWorld({ seed: 52 })
    const node = await world.node(blocks)
    const transaction = pay([chain.reward(1)], 10_000)
    const peers = [await world.peerOf(node), await world.peerOf(node)]
    for (const peer of peers) peer.send({ command: 'inv', items: [wtx(transaction.wtxid)] })
    await world.run(10_000)
    const asked = () => peers.map((peer) => idsIn(peer, 'getdata').length)
    expect(asked().toSorted()).toEqual([0, 1])
    const [first, second] = asked()[0] === 1 ? peers : peers.toReversed()
    await world.run(TRANSACTION_REQUEST_TIMEOUT)
    expect(asked()).toEqual([1, 1])
    second?.send({ command: 'tx', payload: transaction.bytes() })
    await world.until(() => node.chain.mempool.size === 1)
    expect(first?.closed).toBeUndefined()
    await world.stop()
  })

  test('that a peer has not got after all is asked of the next at once', async () => {
    const world = new NetworkWorld({ seed: 53 })
    const node = await world.node(blocks)
    const transaction = pay([chain.reward(1)], 10_000)
    const peers = [await world.peerOf(node), await world.peerOf(node)]
    for (const peer of peers) {
      peer.answer = (message) => {
        if (message.command === 'getdata') peer.send({ command: 'notfound', items: message.items })
      }
      peer.send({ command: 'inv', items: [wtx(transaction.wtxid)] })
    }
    await world.run(10_000)
    expect(peers.map((peer) => idsIn(peer, 'getdata').length)).toEqual([1, 1])
    await world.stop()
  })

  test(`more than ${MAX_REQUESTS_PER_PEER} at once are not asked of one peer`, async () => {
    const world = new NetworkWorld({ seed: 54 })
    const node = await world.node(blocks)
    const peer = await world.peerOf(node)
    const items = Array.from({ length: 1_000 }, (_, i) =>
      wtx(
        new Uint8Array(32)
          .fill(1)
          .with(0, i & 0xff)
          .with(1, i >> 8),
      ),
    )
    peer.send({ command: 'inv', items })
    await world.run(10_000)
    expect(idsIn(peer, 'getdata')).toHaveLength(MAX_REQUESTS_PER_PEER)
    await world.stop()
  })

  test('whose parent is unknown: the parent is asked of who sent it', async () => {
    const world = new NetworkWorld({ seed: 55 })
    const node = await world.node(blocks)
    const parent = split([chain.reward(1)], 2, 10_000)
    const child = pay([{ outpoint: { txid: parent.txid, index: 0 }, output: parent.outputs[0] as never }], 10_000)
    const peer = await world.peerOf(node)
    peer.answer = (message) => {
      if (message.command !== 'getdata') return
      for (const { hash, type } of message.items) {
        if (type === InventoryType.WTX) peer.send({ command: 'tx', payload: child.bytes() })
        if (type === InventoryType.WITNESS_TX && Buffer.compare(hash, parent.txid) === 0)
          peer.send({ command: 'tx', payload: parent.bytes() })
      }
    }
    peer.send({ command: 'inv', items: [wtx(child.wtxid)] })
    await world.until(() => node.chain.mempool.size === 2)
    await world.stop()
  })

  test('is served only to who has been told of it', async () => {
    const world = new NetworkWorld({ seed: 56 })
    const node = await world.node(blocks)
    const peer = await world.peerOf(node)
    await world.run(1_000)
    const transaction = pay([chain.reward(1)], 10_000)
    await submit(node, transaction)
    peer.send({ command: 'getdata', items: [wtx(transaction.wtxid)] })
    await world.until(() => idsIn(peer, 'notfound').length === 1)
    expect(idsIn(peer, 'inv')).toEqual([])
    await world.until(() => idsIn(peer, 'inv').length === 1)
    peer.send({ command: 'getdata', items: [wtx(transaction.wtxid)] })
    await world.until(() => peer.all('tx').length === 1)
    expect(peer.all('tx')[0]?.payload).toEqual(transaction.bytes())
    await world.stop()
  })

  test('is not announced to who asks for a higher fee, or for none at all', async () => {
    const world = new NetworkWorld({ seed: 57 })
    const node = await world.node(blocks)
    const dear = await world.peerOf(node)
    dear.send({ command: 'feefilter', feeRate: 10_000_000n })
    const deaf = await world.peerOf(node, { relay: false })
    const cheap = await world.peerOf(node)
    await world.run(1_000)
    await submit(node, pay([chain.reward(1)], 10_000))
    await world.until(() => idsIn(cheap, 'inv').length === 1)
    await world.run(60_000)
    expect(idsIn(dear, 'inv')).toEqual([])
    expect(idsIn(deaf, 'inv')).toEqual([])
    await world.stop()
  })

  test('all of the mempool is named to who asks for it', async () => {
    const world = new NetworkWorld({ seed: 58 })
    const node = await world.node(blocks)
    for (const height of [1, 2, 3]) await submit(node, pay([chain.reward(height)], 10_000))
    const peer = await world.peerOf(node)
    peer.send({ command: 'mempool' })
    peer.send({ command: 'mempool' })
    await world.until(() => idsIn(peer, 'inv').length > 0)
    await world.run(5_000)
    expect(idsIn(peer, 'inv')).toHaveLength(3)
    await world.stop()
  })

  test('the mempool is asked for once, of a peer that we chose and that answers', async () => {
    const world = new NetworkWorld({ seed: 50 })
    const node = await world.node(blocks)
    const other = await world.listeningPeer()
    const kin = [
      await world.listeningPeer({ userAgent: '/Shoal:1.0.0/' }),
      await world.listeningPeer({ userAgent: '/Shoal:1.0.0/' }),
    ]
    const stranger = await world.peerOf(node, { userAgent: '/Shoal:1.0.0/' })
    for (const peer of [other, ...kin]) node.node.connect(peer.endpoint)
    await world.run(20_000)
    expect(other.all('mempool').length + stranger.all('mempool').length).toBe(0)
    expect(kin.map((peer) => peer.all('mempool').length).toSorted()).toEqual([0, 1])
    await world.stop()
  })

  test('is neither asked for nor wanted while catching up', async () => {
    const world = new NetworkWorld({ seed: 59 })
    const node = await world.node()
    const peer = await world.peerOf(node)
    peer.send({ command: 'inv', items: [wtx(new Uint8Array(32).fill(7))] })
    await world.run(10_000)
    expect(peer.all('feefilter')).toMatchObject([{ feeRate: NOTHING_WANTED }])
    expect(idsIn(peer, 'getdata')).toEqual([])
    await world.mine(node, chain.fork(0))
    await world.run(5_000)
    expect(peer.all('feefilter')).toMatchObject([{ feeRate: NOTHING_WANTED }, { feeRate: 1_000n }])
    await world.stop()
  })
})

describe('addresses', () => {
  const addressOf = (i: number, time: number) => ({
    time,
    services: 9n,
    host: `10.${200 + (i >> 16)}.${(i >> 8) & 0xff}.${i & 0xff}`,
    port: 29_533,
  })

  test('getaddr is answered once for each who connected to us, with the same for all', async () => {
    const world = new NetworkWorld({ seed: 60 })
    const node = await world.node()
    const time = Math.floor(node.host.clock.wallTime() / 1_000)
    const known = Array.from({ length: 900 }, (_, i) => addressOf(i * 77, time))
    node.addresses.add(known, { origin: 'manual' })
    const peers = [await world.peerOf(node), await world.peerOf(node)]
    const answers = peers.map(
      (peer) => () =>
        peer
          .all('addrv2')
          .concat(peer.all('addr') as never)
          .filter(({ addresses }) => addresses.length > 1),
    )
    for (const peer of peers) for (let i = 0; i < 3; i++) peer.send({ command: 'getaddr' })
    await world.run(5_000)
    const [first, second] = answers.map((answer) => answer())
    expect(first).toHaveLength(1)
    expect(first?.[0]?.addresses.length).toBeLessThanOrEqual(Math.ceil(0.23 * node.addresses.size))
    expect(first?.[0]?.addresses.length).toBeGreaterThan(100)
    expect(second?.[0]?.addresses).toEqual(first?.[0]?.addresses)
    await world.stop()
  })

  test('news go to one or two others; what was not asked for is taken at a trickle', async () => {
    const world = new NetworkWorld({ seed: 61 })
    const node = await world.node()
    const teller = await world.peerOf(node)
    const others = await Promise.all([1, 2, 3, 4, 5].map(() => Promise.resolve(world.simulation.host())))
    const peers: ScriptedPeer[] = []
    for (const host of others) peers.push(await world.peerOf(node, { host }))
    const time = Math.floor(node.host.clock.wallTime() / 1_000)
    teller.send({ command: 'addrv2', addresses: [addressOf(1, time)] })
    await world.run(300_000)
    const told = peers.filter((peer) =>
      peer
        .all('addrv2')
        .concat(peer.all('addr') as never)
        .some(({ addresses }) => addresses.some(({ host }) => host === addressOf(1, 0).host)),
    )
    expect(told.length).toBeGreaterThanOrEqual(1)
    expect(told.length).toBeLessThanOrEqual(2)
    const before = node.addresses.size
    teller.send({ command: 'addrv2', addresses: Array.from({ length: 1_000 }, (_, i) => addressOf(1_000 + i, time)) })
    await world.run(2_000)
    expect(node.addresses.size - before).toBeLessThan(40)
    expect(node.addresses.size - before).toBeGreaterThan(20)
    await world.stop()
  })
})
