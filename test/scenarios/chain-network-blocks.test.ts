/** Blocks between nodes: catching up, new blocks in each way they are announced, reorganisations. */
import { describe, expect, test } from 'vitest'
import { compactBlockOf, encodeCompactBlock } from '../../src-main/chain/network/compact-block.ts'
import { encodeBlockTransactions } from '../../src-main/chain/network/compact-block-messages.ts'
import { MAX_HIGH_BANDWIDTH_PEERS } from '../../src-main/chain/network/relay/compact-blocks.ts'
import { hash256 } from '../../src-main/chain/primitives/hashes.ts'
import { FREE_SCRIPT, pay } from '../../src-main/chain/test-support/mempool-fixture.ts'
import {
  NetworkWorld,
  nextTime,
  type ScriptedPeer,
  type WorldNode,
} from '../../src-main/chain/test-support/network-world.ts'
import { recentChain } from '../../src-main/chain/test-support/recent-chain.ts'
import { concatBytes } from '../../src-main/kernel/bytes.ts'

/** Messages of a kind that a node has received from all its present peers. */
function received({ node }: WorldNode, command: string): number {
  let messages = 0
  for (const { link } of node.connections) messages += link.received.table.get(command as never)?.messages ?? 0
  return messages
}

describe('catching up', () => {
  test('from several nodes at once', async () => {
    const world = new NetworkWorld({ seed: 11 })
    const chain = recentChain(600)
    const blocks = chain.blocks.slice(1)
    const olds = [await world.node(blocks), await world.node(blocks), await world.node(blocks)]
    const fresh = await world.node()
    for (const old of olds) world.connect(fresh, old)
    await world.until(() => world.haveTip([fresh], chain.tip.hash))
    const shares = [...fresh.node.connections].map(({ link }) => link.received.table.get('block')?.messages ?? 0)
    expect(shares.reduce((sum, share) => sum + share, 0)).toBe(600)
    expect(Math.min(...shares)).toBeGreaterThan(60)
    await world.stop()
  })

  test('tells how far it is', async () => {
    const world = new NetworkWorld({ seed: 12, latency: [200, 200] })
    const chain = recentChain(400)
    const old = await world.node(chain.blocks.slice(1))
    const fresh = await world.node()
    expect(fresh.node.progress).toBeUndefined()
    world.connect(fresh, old)
    await world.until(() => fresh.chain.state.tip.height > 100)
    const progress = fresh.node.progress
    expect(progress).toMatchObject({ total: 400 })
    expect(progress?.done).toBeGreaterThan(100)
    expect(progress?.rate).toBeGreaterThan(1)
    expect(progress?.remaining).toBeGreaterThan(0)
    expect(fresh.node.rows()[0]?.activity).toMatch(/^fetching \d+ blocks?$/)
    await world.until(() => world.haveTip([fresh], chain.tip.hash))
    expect(fresh.node.progress).toBeUndefined()
    await world.stop()
  })

  test('of a pruned node only the newest blocks are asked', async () => {
    const world = new NetworkWorld({ seed: 13 })
    const chain = recentChain(500)
    const blocks = chain.blocks.slice(1)
    const pruned = await world.node(blocks, { mode: 'pruned', keptFrom: 200 })
    const fresh = await world.node()
    world.connect(fresh, pruned)
    await world.run(20_000)
    expect(fresh.chain.state.bestHeader.height).toBe(500)
    expect(fresh.chain.state.tip.height).toBe(0)
    const archive = await world.node(blocks)
    world.connect(fresh, archive)
    await world.until(() => world.haveTip([fresh], chain.tip.hash))
    expect(fresh.node.rows().map(({ id }) => id)).toContain(`${pruned.host.address}:29533`)
    await world.stop()
  })
})

describe('a new block', () => {
  test('goes through all nodes, and comes as a compact block from those that were first', async () => {
    const world = new NetworkWorld({ seed: 14 })
    const chain = recentChain(110, { payTo: FREE_SCRIPT })
    const blocks = chain.blocks.slice(1)
    const nodes = [await world.node(blocks), await world.node(blocks), await world.node(blocks)]
    const [first, second, third] = nodes as [WorldNode, WorldNode, WorldNode]
    world.connect(second, first)
    world.connect(third, second)
    await world.until(() => nodes.every(({ node }) => node.peerCount > 0))
    await world.run(2_000)
    const transaction = pay([chain.reward(1)], 10_000)
    await first.chain.acceptTransaction(transaction.bytes(), undefined)
    await world.until(() => nodes.every(({ chain: { mempool } }) => mempool.size === 1))
    for (let i = 0; i < 3; i++) {
      const block = await world.mine(first, chain, i === 2 ? [transaction] : [])
      await world.until(() => world.haveTip(nodes, block.hash))
    }
    expect(received(third, 'cmpctblock')).toBeGreaterThan(0)
    // All of the last one was in the mempools.
    expect(received(third, 'blocktxn')).toBe(0)
    expect(third.chain.mempool.size).toBe(0)
    expect(received(third, 'block')).toBeLessThan(3)
    await world.stop()
  })

  test('whose transactions are not in the mempool is completed by asking for them', async () => {
    const world = new NetworkWorld({ seed: 15 })
    const chain = recentChain(110, { payTo: FREE_SCRIPT })
    const blocks = chain.blocks.slice(1)
    const nodes = [await world.node(blocks), await world.node(blocks)]
    const [first, second] = nodes as [WorldNode, WorldNode]
    world.connect(second, first)
    await world.run(2_000)
    const transactions = [1, 2, 3].map((height) => pay([chain.reward(height)], 10_000))
    for (let i = 0; i < 2; i++) await world.mine(first, chain)
    await world.until(() => world.haveTip(nodes, chain.tip.hash))
    await world.mine(first, chain, transactions)
    await world.until(() => world.haveTip(nodes, chain.tip.hash))
    expect(received(second, 'blocktxn')).toBe(1)
    await world.stop()
  })

  test(`is asked for unasked of ${MAX_HIGH_BANDWIDTH_PEERS} peers, those that were first lately`, async () => {
    const world = new NetworkWorld({ seed: 19 })
    const chain = recentChain(20)
    const node = await world.node(chain.blocks.slice(1))
    const peers: ScriptedPeer[] = []
    for (let i = 0; i < 6; i++) {
      const peer = await world.peerOf(node)
      peer.send({ command: 'sendcmpct', announce: false, version: 2n })
      peers.push(peer)
    }
    for (const peer of [...peers, ...peers]) {
      peer.serve(chain)
      const block = chain.mine({ header: { time: nextTime(node, chain) } })
      peer.send({ command: 'headers', headers: block.header.bytes() })
      await world.until(() =>
        peer
          .all('getdata')
          .some(({ items }) => items.some(({ hash }) => hash.every((byte, at) => byte === block.hash[at]))),
      )
      peer.send({ command: 'block', payload: block.bytes() })
      await world.until(() => world.haveTip([node], block.hash))
      await world.run(1_000)
      const wanted = peers.filter((each) => each.all('sendcmpct').at(-1)?.announce === true)
      expect(wanted.length).toBeLessThanOrEqual(MAX_HIGH_BANDWIDTH_PEERS)
      expect(wanted).toContain(peer)
    }
    await world.stop()
  })

  test('whose missing transactions do not come is asked for whole, of another too', async () => {
    const world = new NetworkWorld({ seed: 20 })
    const chain = recentChain(110, { payTo: FREE_SCRIPT })
    const node = await world.node(chain.blocks.slice(1))
    const peers = [await world.peerOf(node), await world.peerOf(node)] as const
    const transactions = [1, 2, 3].map((height) => pay([chain.reward(height)], 10_000))
    const block = chain.mine({ transactions, header: { time: nextTime(node, chain) } })
    const payload = encodeCompactBlock(compactBlockOf(block, 7n))
    for (const peer of peers) peer.send({ command: 'cmpctblock', payload })
    await world.until(() => peers.every((peer) => peer.all('getblocktxn').length === 1))
    // An answer that does not fit: the whole block is asked for.
    const wrong = encodeBlockTransactions({ blockHash: block.hash, transactions: transactions.slice(0, 1) })
    peers[0].send({ command: 'blocktxn', payload: wrong })
    peers[1].send({ command: 'blocktxn', payload: wrong })
    await world.until(() => peers.some((peer) => peer.all('getdata').length > 0))
    const asked = peers.find((peer) => peer.all('getdata').length > 0)
    expect(peers.flatMap((peer) => peer.all('getdata')).flatMap(({ items }) => items)).toHaveLength(1)
    asked?.send({ command: 'block', payload: block.bytes() })
    await world.until(() => world.haveTip([node], block.hash))
    for (const peer of peers) expect(peer.closed).toBeUndefined()
    await world.stop()
  })

  test('that comes unasked on a branch of the same length: what is missing of the branch is asked for', async () => {
    const world = new NetworkWorld({ seed: 21 })
    const chain = recentChain(20)
    const other = chain.fork(18)
    for (const { header } of chain.blocks.slice(19)) other.mine({ extraNonce: 1, header: { time: header.time } })
    const node = await world.node(chain.blocks.slice(1))
    const peer = await world.peerOf(node)
    peer.serve(other)
    // No more work than ours: it is left where it is.
    peer.send({ command: 'headers', headers: concatBytes(other.blocks.slice(19).map(({ header }) => header.bytes())) })
    await world.run(10_000)
    expect(peer.all('getdata')).toEqual([])
    const block = other.mine({ header: { time: nextTime(node, other) } })
    peer.send({ command: 'cmpctblock', payload: encodeCompactBlock(compactBlockOf(block, 7n)) })
    await world.until(() => world.haveTip([node], block.hash))
    await world.stop()
  })

  test('a longer branch takes the place of another at all nodes', async () => {
    const world = new NetworkWorld({ seed: 16 })
    const chain = recentChain(50)
    const other = chain.fork(40)
    const blocks = chain.blocks.slice(1)
    const nodes = [await world.node(blocks), await world.node(blocks), await world.node(other.blocks.slice(1))]
    const [first, second, third] = nodes as [WorldNode, WorldNode, WorldNode]
    for (let i = 0; i < 20; i++) await world.mine(third, other)
    world.connect(second, first)
    await world.run(2_000)
    world.connect(third, second)
    await world.until(() => world.haveTip(nodes, other.tip.hash))
    await world.stop()
  })

  test('many at once are announced by the tip alone', async () => {
    const world = new NetworkWorld({ seed: 17 })
    const chain = recentChain(20)
    const node = await world.node(chain.blocks.slice(1))
    const peer = await world.peerOf(node)
    const other = chain.fork(18)
    const headers = Array.from({ length: 12 }, () =>
      other.mine({ extraNonce: 5, header: { time: nextTime(node, other) } }),
    )
    await node.chain.acceptHeaders(Buffer.concat(headers.map(({ header }) => header.bytes())), 'test')
    for (const block of headers.reverse()) await node.chain.acceptBlock(block.bytes(), 'test', true)
    await world.run(1_000)
    const items = peer.all('inv').flatMap((message) => message.items)
    expect(items.map(({ hash }) => hash)).toEqual([other.tip.hash])
    expect(peer.all('headers').filter((message) => message.headers.length > 0)).toEqual([])
    await world.stop()
  })
})

test('getblocks is answered with 500 hashes, and the tip when the last of them was fetched', async () => {
  const world = new NetworkWorld({ seed: 18 })
  const chain = recentChain(700)
  const node = await world.node(chain.blocks.slice(1))
  const peer = await world.peerOf(node)
  const stop = new Uint8Array(32)
  peer.send({ command: 'getblocks', version: 70_015, locator: [chain.blockAt(0).hash], stop })
  await world.until(() => peer.all('inv').length === 1)
  const items = peer.all('inv')[0]?.items ?? []
  expect(items.map(({ hash }) => hash)).toEqual(chain.blocks.slice(1, 501).map(({ hash }) => hash))
  peer.send({ command: 'getdata', items: items.slice(-3) })
  await world.until(() => peer.all('inv').length === 2)
  expect(peer.all('block').map(({ payload }) => hash256(payload.subarray(0, 80)))).toEqual(
    [498, 499, 500].map((height) => chain.blockAt(height).hash),
  )
  expect(peer.all('inv')[1]?.items.map(({ hash }) => hash)).toEqual([chain.tip.hash])
  await world.stop()
})
