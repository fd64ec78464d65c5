/** A light node among full ones: it follows, starts again where it was, and is told what it asks for. */
import { expect, test } from 'vitest'
import { basicFilterOf } from '../../src-main/chain/light/basic-filter.ts'
import { InventoryType } from '../../src-main/chain/network/messages/index.ts'
import { displayHash } from '../../src-main/chain/primitives/hashes.ts'
import { connectTo, type LightWorldNode, lightNode, stopLight } from '../../src-main/chain/test-support/light-world.ts'
import { FREE_SCRIPT, free, pay } from '../../src-main/chain/test-support/mempool-fixture.ts'
import { NetworkWorld, type WorldNode } from '../../src-main/chain/test-support/network-world.ts'
import { recentChain, SIMULATED_START } from '../../src-main/chain/test-support/recent-chain.ts'
import type { TestChain } from '../../src-main/chain/test-support/test-chain.ts'
import { TestKey } from '../../src-main/chain/test-support/test-keys.ts'
import { bytesEqual, concatBytes } from '../../src-main/kernel/bytes.ts'

const full = { servesFilters: true }
const wallet = new TestKey(5)

/** Every filter up to the tip of `chain` is here. */
function follows({ chain, sync }: LightWorldNode, { tip, height }: TestChain): boolean {
  return bytesEqual(chain.state.tip.hash, tip.hash) && sync.state.filters === height
}

async function sameFilters(world: NetworkWorld, light: LightWorldNode, { chain }: WorldNode): Promise<void> {
  const { tip } = chain.state
  for (let from = 0; from <= tip.height; from += 1_000) {
    const stop = await world.simulation.within(1_000, light.chain.tipAt(Math.min(tip.height, from + 999)))
    const range = { startHeight: from, stopHash: stop?.hash as Uint8Array }
    const ours = await world.simulation.within(1_000, light.chain.filters(range))
    expect(ours).toBeDefined()
    expect(ours).toEqual(await world.simulation.within(1_000, chain.filters(range)))
  }
}

test('two full nodes: filters over more than one checkpoint, both agree; a new block is followed', async () => {
  const world = new NetworkWorld({ seed: 61 })
  const chain = recentChain(2_150)
  const nodes = [await world.node(chain.blocks.slice(1), full), await world.node(chain.blocks.slice(1), full)]
  const light = await lightNode(world, world.simulation.host())
  for (const node of nodes) connectTo(light, node)
  await world.until(() => follows(light, chain))
  await world.until(() => light.sync.state.sources === 2)
  expect(light.chain.state).toMatchObject({ mode: 'light', phase: 'synced', keptFrom: undefined })
  await sameFilters(world, light, nodes[0] as WorldNode)
  await world.mine(nodes[0] as WorldNode, chain)
  await world.until(() => follows(light, chain))
  await stopLight(world, light)
  await world.stop()
})

test('one full node: followed, and said to be one source', async () => {
  const world = new NetworkWorld({ seed: 62 })
  const chain = recentChain(130)
  const node = await world.node(chain.blocks.slice(1), full)
  const light = await lightNode(world, world.simulation.host())
  connectTo(light, node)
  await world.until(() => follows(light, chain))
  await world.run(5_000)
  expect(light.sync.state).toEqual({ filters: 130, sources: 1 })
  await stopLight(world, light)
  await world.stop()
})

test.each([
  ['in the same thread', false],
  ['behind a thread', true],
])('a reorganisation of one block, and one of twenty, while following, %s', async (_, isThreaded) => {
  const world = new NetworkWorld({ seed: 63 })
  const chain = recentChain(60)
  const nodes = [await world.node(chain.blocks.slice(1), full), await world.node(chain.blocks.slice(1), full)]
  world.connect(nodes[0] as WorldNode, nodes[1] as WorldNode)
  const light = await lightNode(world, world.simulation.host(), { isThreaded })
  for (const node of nodes) connectTo(light, node)
  await world.until(() => follows(light, chain))
  const depths: number[] = []
  light.chain.watch({ tipChanged: ({ disconnected }) => depths.push(disconnected.length) })
  for (const depth of [1, 20]) {
    const other = chain.fork(chain.height - depth)
    for (let i = 0; i <= depth; i++) {
      const time = other.tip.header.time + 1
      const block = other.mine({ extraNonce: depth, payTo: wallet.p2wpkh, header: { time } })
      await world.simulation.within(1_000, (nodes[0] as WorldNode).chain.acceptBlock(block.bytes(), 'miner', true))
    }
    await world.until(() => follows(light, other) && light.sync.state.sources === 2)
    await sameFilters(world, light, nodes[1] as WorldNode)
    while (chain.height > other.height - depth - 1) chain.undo()
    for (const block of other.blocks.slice(chain.height + 1)) chain.add(block)
  }
  expect(depths.filter((depth) => depth > 0)).toEqual([1, 20])
  await stopLight(world, light)
  await world.stop()
})

test('it starts again with what it had, and asks for the rest alone', async () => {
  const world = new NetworkWorld({ seed: 64 })
  const chain = recentChain(1_200)
  const node = await world.node(chain.blocks.slice(1), full)
  const first = await lightNode(world, world.simulation.host())
  connectTo(first, node)
  await world.until(() => follows(first, chain))
  await stopLight(world, first)
  const light = await lightNode(world, world.simulation.restart(first.host))
  expect(light.chain.state.tip.height).toBe(1_200)
  expect(await world.simulation.within(1_000, light.chain.filterStanding())).toEqual({ headers: 1_200, filters: 1_200 })
  connectTo(light, node)
  await world.until(() => light.sync.state.sources === 1)
  await world.mine(node, chain)
  await world.until(() => follows(light, chain))
  await stopLight(world, light)
  await world.stop()
})

test('blocks that pay or are spent by a script are found by their filters, fetched and given in order', async () => {
  const world = new NetworkWorld({ seed: 65 })
  const chain = recentChain(150)
  chain.mine({ payTo: wallet.p2wpkh, header: { time: SIMULATED_START } })
  for (let i = 1; i <= 3; i++) chain.mine({ header: { time: SIMULATED_START + i } })
  const paid = chain.mine({ payTo: wallet.p2wpkh, header: { time: SIMULATED_START + 4 } })
  const node = await world.node(chain.blocks.slice(1), full)
  const light = await lightNode(world, world.simulation.host())
  connectTo(light, node)
  await world.until(() => follows(light, chain))
  const scan = { scripts: [wallet.p2wpkh], outpoints: [], known: [], limit: 1_000 }
  const { blocks, scanned } = await world.simulation.within(60_000, light.chain.scanForWallet(scan))
  expect(blocks.map(({ position }) => [position.height, position.hash])).toEqual([
    [151, chain.blockAt(151).hash],
    [155, paid.hash],
  ])
  expect(scanned.height).toBe(155)
  const page = await world.simulation.within(1_000, light.chain.blockDetails(155))
  expect(page).toMatchObject({ contents: 'kept', transactions: 1, confirmations: 1 })
  expect(await world.simulation.within(1_000, light.chain.blockDetails(154))).toMatchObject({
    contents: 'headers-only',
  })
  await stopLight(world, light)
  await world.stop()
})

test('a transaction of this machine reaches the full node, and is offered no more once it is in a block', async () => {
  const world = new NetworkWorld({ seed: 66 })
  const chain = recentChain(120, { payTo: FREE_SCRIPT })
  const node = await world.node(chain.blocks.slice(1), full)
  const light = await lightNode(world, world.simulation.host())
  connectTo(light, node)
  await world.until(() => follows(light, chain))
  const transaction = pay([{ ...chain.reward(1), output: free(chain.reward(1).output.value) }], 10_000)
  const outcome = await world.simulation.within(1_000, light.chain.acceptTransaction(transaction.bytes(), undefined))
  expect(outcome.status).toBe('accepted')
  await world.until(() => node.chain.state.mempool.transactions === 1)
  expect(light.chain.state.mempool.transactions).toBe(1)
  await world.mine(node, chain, [transaction])
  await world.until(() => follows(light, chain))
  await world.until(() => light.chain.state.tip.height === chain.height && light.chain.state.mempool.transactions === 0)
  const filter = await world.simulation.within(
    1_000,
    light.chain.filters({ startHeight: 121, stopHash: chain.tip.hash }),
  )
  expect(filter?.[0]?.filter).toEqual(basicFilterOf(chain.tip, [FREE_SCRIPT]).bytes)
  await stopLight(world, light)
  await world.stop()
})

test('a wanted block is asked of another peer where one has not got it, sends something else, or is silent', async () => {
  const world = new NetworkWorld({ seed: 67 })
  const chain = recentChain(40)
  const wanted = chain.blockAt(30)
  const node = await world.node(chain.blocks.slice(1), full)
  const light = await lightNode(world, world.simulation.host())
  const peers = [await world.listeningPeer(), await world.listeningPeer(), await world.listeningPeer()]
  const asked: number[] = []
  const [header, ...rest] = [wanted.header.bytes(), chain.tip.bytes().subarray(80)]
  const replies: readonly ((peer: (typeof peers)[0]) => void)[] = [
    (peer) => peer.send({ command: 'notfound', items: [{ type: InventoryType.WITNESS_BLOCK, hash: wanted.hash }] }),
    (peer) => peer.send({ command: 'block', payload: concatBytes([header as Uint8Array, ...rest]) }),
    () => {},
  ]
  for (const [i, peer] of peers.entries()) {
    peer.serve(chain, { blocks: false })
    const { answer } = peer
    peer.answer = (message) => {
      answer(message)
      if (message.command !== 'getdata') return
      asked.push(i)
      replies[i]?.(peer)
    }
    connectTo(light, peer)
    await world.until(() => light.chain.state.tip.height === 40 && peer.all('getheaders').length > 0)
  }
  await world.run(5_000)
  const listing = light.chain.transactionsOfBlock(displayHash(wanted.hash), { offset: 0, limit: 10 })
  await world.until(() => asked.length === 3)
  connectTo(light, node)
  const ids = (await world.simulation.within(120_000, listing)).map(({ id }) => id)
  expect(ids).toEqual(wanted.transactions.map(({ txid }) => displayHash(txid)))
  expect([...asked].sort()).toEqual([0, 1, 2])
  const liar = peers[1] as (typeof peers)[0]
  const ends = light.host.log.entries.filter(({ event }) => event.endsWith('connection ended'))
  expect(ends.map(({ facts }) => [facts?.peer, facts?.reason])).toEqual([
    [`${liar.name} #2`, 'it misbehaved: bad-txnmrklroot'],
  ])
  await stopLight(world, light)
  await world.stop()
})
