/**
 * A profile whose node of the network `test` already has 104 blocks, as if it had been mined on for a day: with mature
 * rewards, which would take hours to mine. `WORDS` are of the wallet that they were paid to.
 */
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openNodeChain } from '../../../src-main/chain/node/open-node-chain.ts'
import { createClock } from '../../../src-main/host/clock.ts'
import { createDatabases } from '../../../src-main/host/database.ts'
import { createFileStore } from '../../../src-main/host/files.ts'
import { createLog } from '../../../src-main/host/log.ts'
import { createRandom } from '../../../src-main/host/random.ts'
import { createSignatureVerifier } from '../../../src-main/host/signature-verifier.ts'
import { nextTurn } from '../../../src-main/host/turn.ts'
import { fromHex } from '../../../src-main/kernel/bytes.ts'

export const WORDS = `${'abandon '.repeat(11)}about`
export const BLOCKS = 104
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
  try {
    for (const line of (await readFile(FILE, 'utf8')).trim().split('\n')) {
      const outcome = await chain.acceptBlock(fromHex(line) as Uint8Array, 'vectors', true)
      if (outcome.status !== 'connected') throw new Error(`a block of the test network is ${JSON.stringify(outcome)}`)
    }
  } finally {
    await chain.close()
  }
}
