/** Peers that say anything at all, in any order: nothing of it may be an error of ours, or grow without bound. */
import { expect, test } from 'vitest'
import type { PeerMessage } from '../../src-main/chain/network/connection-types.ts'
import { FREE_SCRIPT, pay } from '../../src-main/chain/test-support/mempool-fixture.ts'
import { NetworkWorld, type ScriptedPeer } from '../../src-main/chain/test-support/network-world.ts'
import { recentChain } from '../../src-main/chain/test-support/recent-chain.ts'
import { pick } from '../../src-main/kernel/random.ts'
import { SeededRandom } from '../../src-main/simulation/random.ts'

const ROUNDS = process.env.SHOAL_LONG === '1' ? 200 : 8
const MESSAGES = 400
const chain = recentChain(120, { payTo: FREE_SCRIPT })
const other = chain.fork(100)
other.mineMany(25, { extraNonce: 4 })
const transactions = [1, 2, 3, 4].map((height) => pay([chain.reward(height)], height * 5_000).bytes())
const hashes = [...chain.blocks, ...other.blocks.slice(101)].map(({ hash }) => hash)

/** A message that its codec takes, whose contents are real things, nearly real things, or nothing. */
function messageBy(random: SeededRandom): PeerMessage {
  const hash = () => (random.below(4) === 0 ? random.bytes(32) : pick(random, hashes))
  const block = () => pick(random, random.below(2) === 0 ? chain.blocks : other.blocks)
  const damaged = (bytes: Uint8Array) => {
    if (random.below(3) > 0) return bytes
    const copy = bytes.slice()
    copy[random.below(copy.length)] = random.below(256)
    return copy
  }
  const payload = () => damaged(random.below(2) === 0 ? block().bytes() : pick(random, transactions))
  const list = <T>(make: () => T, limit: number) => Array.from({ length: random.below(limit) }, make)
  const items = () =>
    list(() => ({ type: pick(random, [1, 2, 3, 4, 5, 0x4000_0001, 0x4000_0002, 99]), hash: hash() }), 40)
  const range = () => ({ filterType: random.below(8) === 0 ? 1 : 0, startHeight: random.below(130), stopHash: hash() })
  const locator = () => ({ version: 1, locator: list(hash, 10), stop: hash() })
  const headers = () => Buffer.concat(list(() => damaged(block().header.bytes()), 5))
  const address = () => ({
    host: `10.1.${random.below(256)}.${random.below(256)}`,
    port: 1 + random.below(60_000),
    services: 9n,
    time: 1_893_456_000,
  })
  const bulk = pick(random, ['block', 'tx', 'cmpctblock', 'blocktxn'] as const)
  return pick<() => PeerMessage>(random, [
    () => ({ command: 'inv', items: items() }),
    () => ({ command: 'getdata', items: items() }),
    () => ({ command: 'notfound', items: items() }),
    () => ({ command: 'getheaders', ...locator() }),
    () => ({ command: 'getblocks', ...locator() }),
    () => ({ command: 'headers', headers: headers() }),
    () => ({ command: bulk, payload: payload() }),
    () => ({ command: 'getblocktxn', payload: Buffer.concat([hash(), Uint8Array.of(1, random.below(3))]) }),
    () => ({ command: 'sendcmpct', announce: random.below(2) === 0, version: 2n }),
    () => ({ command: 'sendheaders' }),
    () => ({ command: 'mempool' }),
    () => ({ command: 'getaddr' }),
    () => ({ command: 'addrv2', addresses: list(address, 20) }),
    () => ({ command: 'feefilter', feeRate: BigInt(random.below(5)) * 1_000n - 1n }),
    () => ({ command: 'getcfilters', ...range() }),
    () => ({ command: 'getcfheaders', ...range() }),
    () => ({ command: 'getcfcheckpt', filterType: 0, stopHash: hash() }),
    () => ({ command: 'cfilter', filterType: 0, blockHash: hash(), filter: random.bytes(20) }),
    () => ({ command: 'reject', refused: 'tx', reasonCode: 1, reason: 'no', data: hash() }),
  ])()
}

test.each(Array.from({ length: ROUNDS }, (_, i) => i))('round %i', async (round) => {
  const world = new NetworkWorld({ seed: 900 + round })
  const random = SeededRandom.of(500 + round)
  const node = await world.node(chain.blocks.slice(1, 1 + random.below(120)), { servesFilters: true })
  let peers: ScriptedPeer[] = []
  for (let i = 0; i < MESSAGES; i++) {
    peers = peers.filter((peer) => peer.closed === undefined)
    if (peers.length < 4) peers.push(await world.peerOf(node))
    pick(random, peers).send(messageBy(random))
    if (random.below(10) === 0) await world.run(random.below(3_000))
  }
  await world.run(200_000)
  expect(node.host.log.entries.filter(({ level }) => level === 'error')).toEqual([])
  // Somebody honest is still served.
  const honest = await world.node()
  world.connect(honest, node)
  await world.until(() => world.haveTip([honest], node.chain.state.tip.hash), 300_000)
  await world.stop()
})
