/** Opens a light node's chain on its file: chain.db, mended where it is damaged, and changed to mode `light` where it was another. */
import type { Clock } from '../../kernel/clock.ts'
import type { Databases } from '../../kernel/database.ts'
import type { FileStore } from '../../kernel/files.ts'
import type { Log } from '../../kernel/log.ts'
import type { SignatureVerifier } from '../../kernel/signature-verifier.ts'
import type { ChainNetwork } from '../consensus/network.ts'
import { networks } from '../consensus/networks.ts'
import type { ChainConfiguration } from '../node/node-chain.ts'
import { openChainStore } from '../store/open-chain-store.ts'
import { LightChain } from './light-chain.ts'

export interface LightChainPorts {
  readonly clock: Clock
  readonly databases: Databases
  readonly files: FileStore
  readonly log: Log
  readonly verifier: Pick<SignatureVerifier, 'kind'>
  /** Resolves when whoever else waits on this thread had a turn. */
  readonly pause: () => Promise<void>
  /** Instead of the network that the configuration names: for tests. */
  readonly chainNetwork?: ChainNetwork
}

/** @throws ChainStoreError, StorageError, ChainstateError */
export async function openLightChain(
  configuration: Pick<ChainConfiguration, 'network' | 'path' | 'keepBlocks'>,
  ports: LightChainPorts,
): Promise<LightChain> {
  const { path, keepBlocks } = configuration
  const { clock, log, pause, verifier } = ports
  const network = ports.chainNetwork ?? networks[configuration.network]
  const { store, damage, endedCleanly } = await openChainStore(ports, {
    ...{ path, network, mode: 'light' },
    keep: { blocks: keepBlocks },
    indexes: { transactions: false, filters: false },
  })
  log.write('info', 'chain.db opened', { mode: 'light', endedCleanly })
  if (damage) log.write('error', 'chain.db was damaged', { ...damage })
  const notice = damage
    ? `The chain's database was damaged; ${damage.headers} headers could be kept, and the rest is downloaded again. The damaged file is kept as ${damage.movedTo}.`
    : ''
  try {
    return new LightChain({ network, store, clock, log, pause, notice, signaturesKind: verifier.kind })
  } catch (error) {
    store.close()
    throw error
  }
}
