/** A node that catches up while others flood it and keep blocks back: it gets there, and keeps no more than its limits. */
import { expect, test } from 'vitest'
import { BLOCK_VERSION } from '../../src-main/chain/consensus/header-rules.ts'
import { MAX_LOW_WORK_HEADERS } from '../../src-main/chain/headers/header-intake.ts'
import { MAX_ORPHAN_LATENCY } from '../../src-main/chain/mempool/orphanage.ts'
import { InventoryType, MAX_INVENTORY } from '../../src-main/chain/network/messages/index.ts'
import {
  MAX_ANNOUNCEMENTS_PER_PEER,
  MAX_REQUESTS_PER_PEER,
  TRANSACTION_REQUEST_TIMEOUT,
} from '../../src-main/chain/network/relay/transaction-requests.ts'
import { MAX_UNTAKEN_BYTES } from '../../src-main/chain/network/serving/answers.ts'
import type { BlockHeader } from '../../src-main/chain/primitives/header.ts'
import { bitsFromTarget } from '../../src-main/chain/primitives/target.ts'
import { solve } from '../../src-main/chain/test-support/block-builder.ts'
import { free, spend } from '../../src-main/chain/test-support/mempool-fixture.ts'
import { ScriptedPeer } from '../../src-main/chain/test-support/network-world.ts'
import { concatBytes } from '../../src-main/kernel/bytes.ts'
import { MINUTE, SECOND } from '../../src-main/kernel/clock.ts'
import type { Random } from '../../src-main/kernel/random.ts'
import { type ChainNode, ChainWorld, QUICK_NETWORK, startingChain, tipsOf } from './chain-world.ts'

const HASH_BYTES = 32
/** Short of the chain that the node has: never its best. */
const FLOOD_BRANCH = 150
const HEADERS = MAX_LOW_WORK_HEADERS + 5_000
const BLOCKS = 420
const BLOCKS_AT_FIRST = 320
const ORPHANS_OF_EACH = 1_500
const FLOODERS = 3

/** A branch from genesis on, as headers alone. */
function cheapBranch(random: Random): BlockHeader[] {
  const headers: BlockHeader[] = []
  const bits = bitsFromTarget(QUICK_NETWORK.proofOfWork.limit)
  let parent = QUICK_NETWORK.genesis.header
  for (let i = 0; i < FLOOD_BRANCH; i++) {
    const fields = {
      version: BLOCK_VERSION,
      merkleRoot: random.bytes(HASH_BYTES),
      time: parent.time + 1,
      bits,
      nonce: 0,
    }
    parent = solve({ ...fields, previous: parent.hash })
    headers.push(parent)
  }
  return headers
}

function orphan(random: Random) {
  const output = free(100_000)
  return spend([{ outpoint: { txid: random.bytes(HASH_BYTES), index: 0 }, output }], [free(50_000)])
}

async function caller(world: ChainWorld, node: ChainNode): Promise<ScriptedPeer> {
  const peer = new ScriptedPeer(world.simulation.host(), { startHeight: BLOCKS })
  peer.connect(node)
  await world.until(() => peer.isReady)
  return peer
}

/** How many of these headers a node keeps. */
async function headersKept(world: ChainWorld, { chain }: ChainNode, headers: readonly BlockHeader[]): Promise<number> {
  const knowledge = await world.within(chain.knowledgeOf(headers.map(({ hash }) => hash)))
  return knowledge.filter((known) => known !== 'unknown').length
}

function buffered({ node }: ChainNode): number {
  return Math.max(...[...node.connections].map(({ link }) => link.bufferedBytes))
}

test('headers of little work, blocks kept back, orphans and announcements without end', async () => {
  const world = new ChainWorld({ seed: 101, latency: [50, 400], interval: 30 * SECOND })
  const { random } = world.simulation
  const start = startingChain(BLOCKS)
  const blocks = start.blocks.slice(1)
  const honest = await world.node({ blocks, hashRate: 1 })
  const node = await world.node({ blocks: blocks.slice(0, BLOCKS_AT_FIRST) })
  const peers: ScriptedPeer[] = []

  // Stalling: they tell the headers and keep the blocks back.
  for (let i = 0; i < FLOODERS; i++) {
    const staller = await caller(world, node)
    staller.serve(start, { blocks: false })
    staller.send({
      command: 'headers',
      headers: concatBytes(blocks.slice(BLOCKS_AT_FIRST).map(({ header }) => header.bytes())),
    })
    peers.push(staller)
  }
  // Headers: at once, while the node looks for its blocks.
  const flooder = await caller(world, node)
  peers.push(flooder)
  const flood: BlockHeader[] = []
  while (flood.length < HEADERS) {
    const branch = cheapBranch(random)
    flood.push(...branch)
    flooder.send({ command: 'headers', headers: concatBytes(branch.map((header) => header.bytes())) })
  }
  await world.run(10 * SECOND)
  world.connect(node, honest)
  await world.until(() => tipsOf(world.nodes).length === 1)
  await world.run(MINUTE)
  const kept = await headersKept(world, node, flood)
  expect(kept).toBeGreaterThan(MAX_LOW_WORK_HEADERS - FLOOD_BRANCH)
  expect(kept).toBeLessThanOrEqual(MAX_LOW_WORK_HEADERS)
  expect(flooder.closed).toBeUndefined()

  // Orphans, and announcements of what is never there.
  const orphans: ReturnType<typeof orphan>[] = []
  const announcers: ScriptedPeer[] = []
  for (let i = 0; i < FLOODERS; i++) {
    const sender = await caller(world, node)
    for (let n = 0; n < ORPHANS_OF_EACH; n++) {
      const transaction = orphan(random)
      orphans.push(transaction)
      sender.send({ command: 'tx', payload: transaction.bytes() })
    }
    const announcer = await caller(world, node)
    for (let n = 0; n < 2; n++) {
      const items = Array.from({ length: MAX_INVENTORY }, () => ({
        type: InventoryType.WTX,
        hash: random.bytes(HASH_BYTES),
      }))
      announcer.send({ command: 'inv', items })
    }
    announcers.push(announcer)
    peers.push(sender, announcer)
  }
  const began = world.simulation.elapsed
  world.startMining()
  const asked = (peer: ScriptedPeer) => peer.all('getdata').reduce((sum, { items }) => sum + items.length, 0)
  for (let minute = 1; minute <= 10; minute++) {
    await world.run(MINUTE)
    const turns = Math.floor((world.simulation.elapsed - began) / TRANSACTION_REQUEST_TIMEOUT) + 1
    for (const announcer of announcers) expect(asked(announcer)).toBeLessThanOrEqual(turns * MAX_REQUESTS_PER_PEER)
    const known = await world.within(node.chain.knownTransactions(orphans.map(({ wtxid }) => wtxid)))
    expect(known.filter(Boolean).length).toBeLessThanOrEqual(MAX_ORPHAN_LATENCY)
    expect(buffered(node)).toBeLessThanOrEqual(MAX_UNTAKEN_BYTES)
    expect(node.chain.state.mempool.transactions).toBe(0)
  }
  world.stopMining()
  await world.run(MINUTE)
  expect(tipsOf(world.nodes)).toHaveLength(1)
  expect(node.chain.state.tip.height).toBeGreaterThan(BLOCKS)
  // What was announced and not remembered is never asked for.
  await world.run(70 * MINUTE)
  for (const announcer of announcers) expect(asked(announcer)).toBeLessThanOrEqual(MAX_ANNOUNCEMENTS_PER_PEER)
  for (const peer of peers) await world.within(peer.stop())
  await world.stop()
})
