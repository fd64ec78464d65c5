/**
 * A profile whose node of the network `test` already has 105 blocks, as if it had been mined on for a day: with mature
 * rewards, which would take hours to mine. The last one is mined now, with its real work, for a node takes a chain whose
 * tip is old for one that it has still to hear the rest of. `WORDS` are of the wallet that the others were paid to.
 */
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../../../scripts/build-if-stale.mjs'
import { networks } from '../../../src-main/chain/consensus/networks.ts'
import type { NodeChain } from '../../../src-main/chain/node/node-chain.ts'
import { openNodeChain } from '../../../src-main/chain/node/open-node-chain.ts'
import { Block, decodeBlock } from '../../../src-main/chain/primitives/block.ts'
import { BlockHeader } from '../../../src-main/chain/primitives/header.ts'
import { bitsFromTarget } from '../../../src-main/chain/primitives/target.ts'
import { buildBlock } from '../../../src-main/chain/test-support/block-builder.ts'
import { createClock } from '../../../src-main/host/clock.ts'
import { createDatabases } from '../../../src-main/host/database.ts'
import { createFileStore } from '../../../src-main/host/files.ts'
import { createLog } from '../../../src-main/host/log.ts'
import { kernelFiles, miningKernelsIn } from '../../../src-main/host/mining-kernel-files.ts'
import { createRandom } from '../../../src-main/host/random.ts'
import { createSignatureVerifier } from '../../../src-main/host/signature-verifier.ts'
import { nextTurn } from '../../../src-main/host/turn.ts'
import { fromHex } from '../../../src-main/kernel/bytes.ts'
import { chooseKernel } from '../../../src-main/miner/kernel/choose-kernel.ts'
import { HeaderSearch } from '../../../src-main/miner/kernel/header-search.ts'
import { NONCE_COUNT } from '../../../src-main/miner/kernel/scan-kernel.ts'

const network = networks.test

export const WORDS = `${'abandon '.repeat(11)}about`
export const BLOCKS = 105
/** Nonces at once. */
const BATCH = 1_048_576
const KERNELS = join(root, 'out/kernels')
const FILE = new URL('../../vectors/chain/blocks/shoal-test_1-104.hex', import.meta.url)
const MEBIBYTE = 1_048_576

export async function writeTestNetworkChain(profile: string): Promise<void> {
  const folder = join(profile, 'chain', 'test')
  await mkdir(folder, { recursive: true })
  const verifier = createSignatureVerifier()
  const chain = await openNodeChain(
    {
      ...{ network: 'test', path: join(folder, 'chain.db'), mode: 'archive', keepBlocks: 288 },
      ...{ coinCacheBytes: MEBIBYTE, mempoolBytes: MEBIBYTE, signatureThreads: 1 },
    },
    {
      ...{ clock: createClock(), random: createRandom(), databases: createDatabases(), files: createFileStore() },
      log: createLog({ level: 'error', format: 'text', sink: { write: () => {}, close: () => {} } }),
      verifier,
      // Rewards alone are in these blocks: there is nothing to verify.
      batches: { verifyAll: async (checks) => checks.map(() => false) },
      pause: nextTurn,
    },
  )
  let last: Block | undefined
  try {
    for (const line of (await readFile(FILE, 'utf8')).trim().split('\n')) {
      last = decodeBlock(fromHex(line) as Uint8Array)
      await connect(chain, last)
    }
    if (last) await connect(chain, mined(last.header))
  } finally {
    await chain.close()
  }
}

async function connect(chain: NodeChain, block: Block): Promise<void> {
  const outcome = await chain.acceptBlock(block.bytes(), 'vectors', true)
  if (outcome.status !== 'connected') throw new Error(`a block of the test network is ${JSON.stringify(outcome)}`)
}

/** An empty block after `parent`, of this minute. */
function mined(parent: BlockHeader): Block {
  const bits = bitsFromTarget(network.proofOfWork.limit)
  const time = Math.floor(createClock().wallTime() / 1_000)
  // Made for a target that every second hash meets; then the work is done.
  const easy = buildBlock({
    network,
    height: BLOCKS,
    parent,
    header: { time, bits: bitsFromTarget(networks.local.proofOfWork.limit) },
  })
  const { version, previous, merkleRoot } = easy.header
  const fields = { version, previous, merkleRoot, time, bits }
  const { kernel } = chooseKernel(kernelFiles(miningKernelsIn(KERNELS)), createRandom())
  const search = new HeaderSearch(kernel, new BlockHeader({ ...fields, nonce: 0 }).bytes(), network.proofOfWork.limit)
  for (let first = 0; first < NONCE_COUNT; first += BATCH) {
    const [nonce] = search.search(first, BATCH).found
    if (nonce !== undefined) return new Block(new BlockHeader({ ...fields, nonce }), easy.transactions)
  }
  throw new Error('no nonce of this header meets the target')
}
