/** What a wallet finds through nodes that keep everything, the newest blocks, or filters alone, over a simulated network. */
import { describe, expect, test } from 'vitest'
import { networks } from '../../src-main/chain/consensus/networks.ts'
import type { LightNodeChain } from '../../src-main/chain/light/light-calls.ts'
import { WANTED_BLOCK_LIMIT } from '../../src-main/chain/light/wanted-blocks.ts'
import { AddressManager } from '../../src-main/chain/network/addrman/address-manager.ts'
import { Services } from '../../src-main/chain/network/messages/index.ts'
import { PeerToPeerNode } from '../../src-main/chain/network/peer-to-peer-node.ts'
import type { NodeChain } from '../../src-main/chain/node/node-chain.ts'
import { Block } from '../../src-main/chain/primitives/block.ts'
import { connectTo, lightNode, stopLight } from '../../src-main/chain/test-support/light-world.ts'
import { NetworkWorld, type ScriptedPeer, type WorldNode } from '../../src-main/chain/test-support/network-world.ts'
import { recentChain, SIMULATED_START } from '../../src-main/chain/test-support/recent-chain.ts'
import type { TestChain } from '../../src-main/chain/test-support/test-chain.ts'
import { spendCoins, TestKey } from '../../src-main/chain/test-support/test-keys.ts'
import { RandomWalletChain } from '../../src-main/chain/test-support/wallet-chains.ts'
import { WalletView } from '../../src-main/chain/test-support/wallet-view.ts'
import { bytesEqual } from '../../src-main/kernel/bytes.ts'
import { codeOf } from '../../src-main/kernel/errors.ts'
import { openSimulatedChain } from '../../src-main/simulation/chain.ts'
import type { SimulatedHost } from '../../src-main/simulation/host.ts'

const network = networks.local
const [ours, theirs] = [new TestKey(5), new TestKey(6)]
const scripts = [ours.p2wpkh]
const KEPT = 288

interface PrunedNode {
  readonly host: SimulatedHost
  readonly chain: NodeChain
  readonly node: PeerToPeerNode
}

/** A pruned node on a database, as the app has it. */
async function prunedNode(world: NetworkWorld): Promise<PrunedNode> {
  const host = world.simulation.host()
  const { clock, random, streams, log } = host
  const opening = openSimulatedChain(host, { mode: 'pruned', keepBlocks: KEPT })
  const chain = await world.simulation.within(10_000, opening)
  const node = new PeerToPeerNode({
    ...{ network, chain, clock, random, streams, log },
    addresses: new AddressManager({ clock, random }),
    userAgent: '/Pruned:1/',
    servesFilters: false,
  })
  await world.simulation.within(1_000, node.start())
  return { host, chain, node }
}

function connect({ node }: PrunedNode, { host }: Pick<WorldNode, 'host'> | ScriptedPeer): void {
  node.connect({ host: host.address, port: network.port })
}

async function stop(world: NetworkWorld, { node, chain }: PrunedNode): Promise<void> {
  await world.simulation.within(10_000, node.stop())
  await world.simulation.within(10_000, chain.close())
}

/** 420 blocks: rewards to us at 3 and 200, the first spent at 110 in part to us, the second's half to others at 320. */
function payingChain(): TestChain {
  const chain = recentChain(2)
  chain.undo()
  chain.undo()
  const reward = (at: number) => ({ ...chain.reward(at, ours), key: ours })
  for (let height = 1; height <= 420; height++) {
    const to = (...keys: TestKey[]) => keys.map(({ p2wpkh }) => ({ value: 2_000_000_000n, scriptPubKey: p2wpkh }))
    const transactions =
      height === 110
        ? [spendCoins([reward(3)], to(ours, theirs))]
        : height === 320
          ? [spendCoins([reward(200)], to(theirs))]
          : []
    const payTo = height === 3 || height === 200 ? { payTo: ours.p2wpkh } : {}
    chain.mine({ transactions, ...payTo, header: { time: SIMULATED_START - 421 + height } })
  }
  return chain
}

async function scanAll(world: NetworkWorld, chain: Pick<NodeChain, 'scanForWallet'>, height: number) {
  const view = new WalletView(scripts)
  while (view.tip.height < height) {
    const scan = { scripts, outpoints: view.outpoints, known: view.known, limit: 150 }
    view.take(await world.simulation.within(10 * 60_000, chain.scanForWallet(scan)))
  }
  return view.history()
}

async function hasPruned(world: NetworkWorld, { chain }: PrunedNode, height: number): Promise<void> {
  await world.until(() => chain.state.tip.height === height && chain.state.keptFrom === height + 1 - KEPT, 10 * 60_000)
}

describe('a wallet', () => {
  test('is told the same of an archive, a pruned and a light node; the pruned one fetches what it has not kept, and keeps none of it', async () => {
    const world = new NetworkWorld({ seed: 71 })
    const made = payingChain()
    const archive = await world.node(made.blocks.slice(1), { servesFilters: true })
    const limited = await world.node(made.blocks.slice(1), { mode: 'pruned', keptFrom: 421 - KEPT })
    const asked: Uint8Array[] = []
    const { block } = limited.chain
    limited.chain.block = (hash) => {
      asked.push(hash)
      return block(hash)
    }
    const pruned = await prunedNode(world)
    connect(pruned, archive)
    await hasPruned(world, pruned, 420)
    connect(pruned, limited)
    await world.until(() => pruned.node.peerCount === 2)
    const light = await lightNode(world, world.simulation.host())
    connectTo(light, archive)
    await world.until(() => light.sync.state.filters === 420)
    const host = world.simulation.host()
    const full = await world.simulation.within(1_000, openSimulatedChain(host))
    for (const one of made.blocks.slice(1))
      await world.simulation.within(1_000, full.acceptBlock(one.bytes(), 'test', true))

    const expected = new RandomWalletChain(made, new Map()).history(scripts)
    expect(expected.map(({ height }) => height)).toEqual([3, 110, 200, 320])
    expect(await scanAll(world, full, 420)).toEqual(expected)
    expect(await scanAll(world, light.chain, 420)).toEqual(expected)
    expect(await scanAll(world, pruned.chain, 420)).toEqual(expected)
    expect(await world.simulation.within(1_000, pruned.chain.block(made.blockAt(110).hash))).toBeUndefined()
    expect(asked.filter((hash) => made.blocks.findIndex((one) => bytesEqual(one.hash, hash)) < 421 - KEPT)).toEqual([])
    expect(await world.simulation.within(1_000, pruned.chain.wantedBlocks())).toEqual([])
    await world.simulation.within(1_000, full.close())
    await stopLight(world, light)
    await stop(world, pruned)
    await world.stop()
  })

  test('on a pruned node is told that a block is not to be had where all peers have only the newest, and goes on when one has it', async () => {
    const world = new NetworkWorld({ seed: 72 })
    const made = payingChain()
    const archive = await world.node(made.blocks.slice(1))
    const pruned = await prunedNode(world)
    connect(pruned, archive)
    await hasPruned(world, pruned, 420)
    await world.simulation.within(10_000, archive.node.stop())
    await world.until(() => pruned.node.peerCount === 0)
    const limited = await world.node(made.blocks.slice(1), { mode: 'pruned', keptFrom: 421 - KEPT })
    connect(pruned, limited)
    await world.until(() => pruned.node.peerCount === 1)
    const scan = (below: number) => {
      const known = [{ hash: made.blockAt(below).hash, height: below }]
      return pruned.chain.scanForWallet({ scripts, outpoints: [], known, limit: 420 })
    }
    const failing = scan(2).catch(codeOf)
    expect(await world.simulation.within(WANTED_BLOCK_LIMIT + 10_000, failing)).toBe('BLOCK_NOT_TO_BE_HAD')
    // From where all is kept it is not needed.
    const kept = await world.simulation.within(1_000, scan(199))
    expect(kept.blocks.map(({ position }) => position.height)).toEqual([200, 320])
    connect(pruned, await world.node(made.blocks.slice(1)))
    await world.until(() => pruned.node.peerCount === 2)
    const found = await world.simulation.within(60_000, scan(0))
    expect(found.blocks.map(({ position }) => position.height)).toEqual([3, 110, 200, 320])
    await stop(world, pruned)
    await world.stop()
  })

  test('is not deceived by a peer that changes a block that is fetched again: it is shut out, and another is asked', async () => {
    const world = new NetworkWorld({ seed: 73 })
    const made = payingChain()
    const archive = await world.node(made.blocks.slice(1))
    const pruned = await prunedNode(world)
    connect(pruned, archive)
    await hasPruned(world, pruned, 420)
    await world.simulation.within(10_000, archive.node.stop())
    const liar = await world.listeningPeer({ services: Services.NETWORK | Services.WITNESS, startHeight: 420 })
    liar.answer = (message) => {
      if (message.command === 'getheaders') liar.send({ command: 'headers', headers: made.tip.header.bytes() })
      if (message.command !== 'getdata') return
      for (const { hash } of message.items) {
        const block = made.blocks.find((one) => bytesEqual(one.hash, hash))
        // Its last transaction is gone: the merkle root is another one.
        if (block)
          liar.send({ command: 'block', payload: new Block(block.header, block.transactions.slice(1)).bytes() })
      }
    }
    connect(pruned, liar)
    await world.until(() => liar.isReady)
    const scanning = pruned.chain.scanForWallet({ scripts, outpoints: [], known: [], limit: 420 })
    await world.until(() => liar.closed !== undefined)
    connect(pruned, await world.node(made.blocks.slice(1)))
    const found = await world.simulation.within(WANTED_BLOCK_LIMIT, scanning)
    expect(found.blocks.map(({ position }) => position.height)).toEqual([3, 110, 200, 320])
    await stop(world, pruned)
    await world.stop()
  })
})

test('a reorganisation of one block on a light node: what was found there goes, what is in the other comes', async () => {
  const world = new NetworkWorld({ seed: 74 })
  const chain = recentChain(20)
  const fork = chain.fork(19)
  chain.undo()
  chain.mine({ payTo: ours.p2wpkh, header: { time: SIMULATED_START - 1 } })
  const node = await world.node(chain.blocks.slice(1), { servesFilters: true })
  const light = await lightNode(world, world.simulation.host(), { isThreaded: true })
  connectTo(light, node)
  await world.until(() => light.sync.state.filters === 20)
  const view = new WalletView(scripts)
  const look = async (of: LightNodeChain) => {
    const scan = { scripts, outpoints: view.outpoints, known: view.known, limit: 1_000 }
    const result = await world.simulation.within(60_000, of.scanForWallet(scan))
    view.take(result)
    return result
  }
  await look(light.chain)
  expect(view.history()).toMatchObject([{ height: 20, place: 0 }])
  for (const [i, payTo] of [theirs.p2wpkh, ours.p2wpkh].entries()) {
    const block = fork.mine({ payTo, extraNonce: 9, header: { time: SIMULATED_START + i } })
    await world.simulation.within(1_000, node.chain.acceptBlock(block.bytes(), 'miner', true))
  }
  await world.until(() => bytesEqual(light.chain.state.tip.hash, fork.tip.hash) && light.sync.state.filters === 21)
  expect(await look(light.chain)).toMatchObject({ fork: { height: 0 }, scanned: { height: 21 } })
  expect(view.history()).toMatchObject([{ height: 21, place: 0 }])
  await stopLight(world, light)
  await world.stop()
})

test('a light node says the fee that its peers take at least', async () => {
  const world = new NetworkWorld({ seed: 75 })
  const light = await lightNode(world, world.simulation.host(), { isThreaded: true })
  const peer = await world.listeningPeer({ services: Services.NETWORK | Services.WITNESS })
  connectTo(light, peer)
  await world.until(() => peer.isReady)
  const ask = () => world.simulation.within(1_000, light.chain.estimateFees([1]))
  expect(await ask()).toEqual([{ target: 1, feeRate: 1_000, basis: 'minimum' }])
  peer.send({ command: 'feefilter', feeRate: 7_000n })
  await world.run(1_000)
  expect(await ask()).toEqual([{ target: 1, feeRate: 7_000, basis: 'minimum' }])
  await stopLight(world, light)
  await world.stop()
})
