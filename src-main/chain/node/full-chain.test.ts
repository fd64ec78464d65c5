import { expect, test } from 'vitest'
import { createSignatureVerifier } from '../../host/signature-verifier.ts'
import { SECOND } from '../../kernel/clock.ts'
import { Simulation } from '../../simulation/simulation.ts'
import type { ChainTip } from '../chain.ts'
import { networks } from '../consensus/networks.ts'
import { decodeBlock } from '../primitives/block.ts'
import { displayHash } from '../primitives/hashes.ts'
import { EXTRANONCE_BYTES, merkleRootOf } from '../template/block-template.ts'
import { solve } from '../test-support/block-builder.ts'
import { TestChain } from '../test-support/test-chain.ts'
import { spendCoins, TestKey } from '../test-support/test-keys.ts'
import type { FullChain } from './full-chain.ts'
import { openFullChain } from './open-full-chain.ts'

const network = networks.local
const key = new TestKey(1)
const verifier = createSignatureVerifier()

type Host = ReturnType<Simulation['host']>

async function openOn(sim: Simulation, host: Host): Promise<FullChain> {
  await sim.within(SECOND, host.files.makeDirectory('/chain'))
  return sim.within(
    SECOND,
    openFullChain(
      {
        ...{ network: 'local', path: '/chain/chain.db', mode: 'archive', keepBlocks: 288 },
        ...{ coinCacheBytes: 1_000_000, mempoolBytes: 10_000_000, signatureThreads: 1 },
      },
      {
        ...host,
        verifier,
        batches: { verifyAll: async (checks) => checks.map((check) => verifier.verify(check)) },
        pause: async () => {},
      },
    ),
  )
}

async function world() {
  const sim = new Simulation({ seed: 1 })
  const host = sim.host('node')
  return { sim, host, chain: await openOn(sim, host) }
}

/** Chain of 101 blocks whose first reward `key` can spend. */
function maturedChain(): TestChain {
  const made = new TestChain(network)
  made.mine({ payTo: key.p2wpkh })
  made.mineMany(network.coinbaseMaturity)
  return made
}

async function feed(sim: Simulation, chain: FullChain, made: TestChain, from = 1): Promise<void> {
  for (const block of made.blocks.slice(from)) await sim.within(SECOND, chain.acceptBlock(block.bytes(), 'peer', true))
}

const heightOf = ({ height, hash }: ChainTip) => [height, displayHash(hash)]

test('blocks connect, a transaction enters the mempool, and a template of it becomes the next block', async () => {
  const { sim, chain } = await world()
  const made = maturedChain()
  await feed(sim, chain, made)
  expect(heightOf(chain.state.tip)).toEqual([made.height, displayHash(made.tip.hash)])
  const spend = spendCoins([made.reward(1, key)], [{ value: 4_999_990_000n, scriptPubKey: key.p2wpkh }])
  const outcome = await sim.within(SECOND, chain.acceptTransaction(spend.bytes(), 'peer'))
  expect(outcome).toMatchObject({ status: 'accepted', fee: 10_000n })
  expect(chain.state.mempool.transactions).toBe(1)

  const template = await sim.within(SECOND, chain.template({ payTo: key.p2wpkh }))
  const extranonce = new Uint8Array(EXTRANONCE_BYTES)
  const { version, previous, bits } = template
  const time = made.tip.header.time + 60
  const header = solve({ version, previous, bits, time, nonce: 0, merkleRoot: merkleRootOf(template, extranonce) })
  const mined = await sim.within(SECOND, chain.submitSolution({ id: template.id, header: header.bytes(), extranonce }))
  expect(mined.status).toBe('connected')
  expect(chain.state.mempool.transactions).toBe(0)
  const bytes = await sim.within(SECOND, chain.block(header.hash))
  expect(bytes && decodeBlock(bytes).transactions[1]?.txid).toEqual(spend.txid)
  expect(await sim.within(SECOND, chain.standingOf([header.hash, made.blockAt(1).hash]))).toEqual([
    'immature',
    'matured',
  ])
  await sim.within(SECOND, chain.close())
})

test('tip and mempool are there again after a restart; a rebuild ends on the same tip', async () => {
  const { sim, host, chain } = await world()
  const made = maturedChain()
  await feed(sim, chain, made)
  const spend = spendCoins([made.reward(1, key)], [{ value: 4_999_990_000n, scriptPubKey: key.p2wpkh }])
  await sim.within(SECOND, chain.acceptTransaction(spend.bytes(), undefined))
  await sim.within(SECOND, chain.close())
  const again = await openOn(sim, host)
  expect([again.state.tip.height, again.state.mempool.transactions]).toEqual([made.height, 1])
  const { coins } = await sim.within(SECOND, again.upkeep())
  await sim.within(SECOND, again.rebuild())
  expect(again.state).toMatchObject({ tip: { height: made.height }, mempool: { transactions: 1 } })
  expect(await sim.within(SECOND, again.upkeep())).toMatchObject({ coins, progress: undefined })
  await sim.within(SECOND, again.close())
})

test('a reorganisation is told once, and what it took away comes back to the mempool', async () => {
  const { sim, chain } = await world()
  const made = maturedChain()
  await feed(sim, chain, made)
  const fork = made.fork()
  const spend = spendCoins([made.reward(1, key)], [{ value: 4_999_990_000n, scriptPubKey: key.p2wpkh }])
  await sim.within(SECOND, chain.acceptBlock(made.mine({ transactions: [spend] }).bytes(), 'peer', true))
  const changes: string[] = []
  chain.watch({
    tipChanged: ({ disconnected, connected }) => changes.push(`-${disconnected.length} +${connected.length}`),
  })
  fork.mineMany(2, { extraNonce: 9 })
  await feed(sim, chain, fork, made.height)
  expect(changes).toEqual(['-1 +2'])
  expect(chain.state).toMatchObject({ tip: { height: fork.height }, mempool: { transactions: 1 } })
  await sim.within(SECOND, chain.close())
})

test('filters, their hashes and headers are given for blocks that were only just connected', async () => {
  const { sim, chain } = await world()
  const made = maturedChain()
  await feed(sim, chain, made)
  const range = { startHeight: 1, stopHash: made.tip.hash }
  const filters = await sim.within(SECOND, chain.filters(range))
  const hashes = await sim.within(SECOND, chain.filterHashes(range))
  expect([filters?.length, hashes?.hashes.length]).toEqual([made.height, made.height])
  expect(await sim.within(SECOND, chain.filters({ startHeight: 200, stopHash: made.tip.hash }))).toBeUndefined()
  await sim.within(SECOND, chain.close())
})
