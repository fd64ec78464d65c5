/** Opens a full chain on its file: chain.db, mended where it is damaged, and the mempool beside it. */
import { dirname, join } from 'node:path'
import type { Clock } from '../../kernel/clock.ts'
import type { Databases } from '../../kernel/database.ts'
import type { FileStore } from '../../kernel/files.ts'
import type { Log } from '../../kernel/log.ts'
import type { Random } from '../../kernel/random.ts'
import type { SignatureBatches, SignatureVerifier } from '../../kernel/signature-verifier.ts'
import { WholeFile } from '../../storage/whole-file.ts'
import type { ChainNetwork } from '../consensus/network.ts'
import { networks } from '../consensus/networks.ts'
import { SignatureCache } from '../script/signature-checks.ts'
import { type ChainDamage, openChainStore } from '../store/open-chain-store.ts'
import { FullChain } from './full-chain.ts'
import type { ChainConfiguration } from './node-chain.ts'

/** What a mempool of the largest size takes. */
const MAX_MEMPOOL_FILE_BYTES = 400_000_000

export interface FullChainPorts {
  readonly clock: Clock
  readonly random: Random
  readonly databases: Databases
  readonly files: FileStore
  readonly log: Log
  readonly verifier: SignatureVerifier
  readonly batches: Pick<SignatureBatches, 'verifyAll'>
  /** Resolves when whoever else waits on this thread had a turn. */
  readonly pause: () => Promise<void>
  /** Instead of the network that the configuration names: for tests. */
  readonly chainNetwork?: ChainNetwork
}

/** @throws ChainStoreError, StorageError, ChainstateError */
export async function openFullChain(configuration: ChainConfiguration, ports: FullChainPorts): Promise<FullChain> {
  const { path, mode, keepBlocks, coinCacheBytes, mempoolBytes } = configuration
  const { clock, random, files, log, verifier, batches, pause } = ports
  const network = ports.chainNetwork ?? networks[configuration.network]
  const { store, damage, endedCleanly } = await openChainStore(ports, {
    ...{ path, mode, network },
    keep: { blocks: keepBlocks },
    indexes: { transactions: true, filters: true },
  })
  log.write('info', 'chain.db opened', { height: store.state.tipHeight, mode: store.mode, endedCleanly })
  if (damage) log.write('error', 'chain.db was damaged', { ...damage })
  try {
    return await FullChain.open({
      ...{ network, store, clock, random, log, coinCacheBytes, mempoolBytes, pause },
      signatures: { verifier, batches, cache: new SignatureCache() },
      signaturesKind: verifier.kind,
      mempoolFile: new WholeFile({
        files,
        log,
        path: join(dirname(path), 'mempool.dat'),
        maxBytes: MAX_MEMPOOL_FILE_BYTES,
      }),
      notice: damage ? noticeOf(damage) : '',
    })
  } catch (error) {
    store.close()
    throw error
  }
}

function noticeOf({ headers, blocks, movedTo }: ChainDamage): string {
  return `The chain's database was damaged; ${headers} headers and ${blocks} blocks could be kept, and the rest is worked out or downloaded again. The damaged file is kept as ${movedTo}.`
}
