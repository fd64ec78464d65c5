import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { networks } from '../chain/consensus/networks.ts'
import type { ChainConfiguration, NodeChain } from '../chain/node/node-chain.ts'
import { displayHash } from '../chain/primitives/hashes.ts'
import { TestChain } from '../chain/test-support/test-chain.ts'
import { spendCoins, TestKey } from '../chain/test-support/test-keys.ts'
import { openRemoteChain } from '../chain/thread/remote-chain.ts'
import { sourceScripts } from '../host/source-scripts.ts'
import { temporaryFolder } from '../host/test-folder.ts'
import { createThreads } from '../host/threads.ts'
import { codeOf } from '../kernel/errors.ts'
import { silentLog } from '../kernel/log.ts'
import type { ThreadLink } from '../kernel/threads.ts'

const key = new TestKey(1)
const threads = createThreads(sourceScripts)
let folder: Awaited<ReturnType<typeof temporaryFolder>>
const links: ThreadLink[] = []

beforeEach(async () => {
  folder = await temporaryFolder()
})

afterEach(async () => {
  await Promise.all(links.splice(0).map((link) => link.terminate()))
  await folder.remove()
})

async function openThread(): Promise<{
  readonly link: ThreadLink
  readonly chain: NodeChain
  readonly died: string[]
}> {
  const configuration: ChainConfiguration = {
    ...{ network: 'local', path: join(folder.path, 'chain.db'), mode: 'archive', keepBlocks: 288 },
    ...{ coinCacheBytes: 1_000_000, mempoolBytes: 10_000_000, signatureThreads: 2 },
  }
  const died: string[] = []
  const link = threads.start('chain')
  links.push(link)
  const chain = await openRemoteChain({ link, configuration, log: silentLog, died: (reason) => died.push(reason) })
  return { link, chain, died }
}

/** 101 blocks whose first reward `key` can spend, and one that spends it. */
function madeChain(): TestChain {
  const made = new TestChain(networks.local)
  made.mine({ payTo: key.p2wpkh })
  made.mineMany(networks.local.coinbaseMaturity)
  const output = { value: 4_999_990_000n, scriptPubKey: key.p2wpkh }
  made.mine({ transactions: [spendCoins([made.reward(1, key)], [output])] })
  return made
}

test('the thread of the chain takes blocks in, shows pages and ends in order', async () => {
  const made = madeChain()
  const { chain, died } = await openThread()
  const outcomes = await Promise.all(
    made.blocks.slice(1).map((block) => chain.acceptBlock(block.bytes(), 'peer', true)),
  )
  expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['connected']))
  expect(displayHash(chain.state.tip.hash)).toBe(displayHash(made.tip.hash))
  expect(await chain.blockDetails(made.height)).toMatchObject({ id: displayHash(made.tip.hash), fees: 10_000n })
  const spend = made.tip.transactions[1]
  expect(await chain.transactionDetails(displayHash(spend?.txid ?? new Uint8Array(32)))).toMatchObject({
    ...{ height: made.height, fee: 10_000n, confirmations: 1 },
  })
  expect(await chain.upkeep()).toMatchObject({ coins: made.coins.size, noSpace: false, notice: '' })
  await chain.close()
  expect(died).toEqual([])
  const again = await openThread()
  expect(again.chain.state.tip.height).toBe(made.height)
  await again.chain.close()
})

test('a thread that is ended in mid-work leaves a chain that opens again and goes on', async () => {
  const made = madeChain()
  for (const share of [0.1, 0.5, 0.9]) {
    const { link, chain, died } = await openThread()
    const from = chain.state.tip.height
    const blocks = made.blocks.slice(from + 1)
    const stopAfter = Math.floor(blocks.length * share)
    const taken = blocks.map((block) => chain.acceptBlock(block.bytes(), 'peer', true))
    const settled = Promise.allSettled(taken)
    const flushed = chain.filterHashes({ startHeight: from, stopHash: made.tip.hash }).catch(codeOf)
    await taken[stopAfter]
    await link.terminate()
    const outcomes = await settled
    expect(outcomes.slice(0, stopAfter + 1).every(({ status }) => status === 'fulfilled')).toBe(true)
    expect(codeOf(await chain.locator().catch((error: unknown) => error))).toBe('THREAD_DIED')
    await flushed
    expect(died).toHaveLength(1)
  }
  const { chain } = await openThread()
  expect((await chain.upkeep()).notice).toBe('')
  for (const block of made.blocks.slice(1)) await chain.acceptBlock(block.bytes(), 'peer', true)
  expect(displayHash(chain.state.tip.hash)).toBe(displayHash(made.tip.hash))
  await chain.block(made.tip.hash)
  await chain.close()
  const last = await openThread()
  expect(await last.chain.upkeep()).toMatchObject({ coins: made.coins.size })
  await last.chain.close()
})
