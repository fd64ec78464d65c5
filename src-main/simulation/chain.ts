/**
 * The chain on a simulated host: opened in this program, or behind a link as its thread would be. Databases are in memory
 * and survive a restart of the host; signatures are checked where they are asked for.
 */
import { posix } from 'node:path'
import type { ChainConfiguration, NodeChain } from '../chain/node/node-chain.ts'
import { type NodeChainPorts, openNodeChain } from '../chain/node/open-node-chain.ts'
import { type OpenChain, serveChain } from '../chain/thread/serve-chain.ts'
import { createSignatureVerifier } from '../host/signature-verifier.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Log } from '../kernel/log.ts'
import type { ThreadLink, Threads } from '../kernel/threads.ts'
import type { SimulatedHost } from './host.ts'
import { simulatedThread } from './thread-link.ts'

const MEBIBYTE = 1_048_576

const verifier = createSignatureVerifier()
const inlineBatches: NodeChainPorts['batches'] = {
  verifyAll: async (checks) => checks.map((check) => verifier.verify(check)),
}

export type SimulatedChainOptions = Partial<ChainConfiguration> &
  Partial<Pick<NodeChainPorts, 'chainNetwork' | 'log' | 'pause' | 'batches'>>

/** A node with its chain in `/chain/chain.db` of the host, on the local network unless said otherwise. */
export async function openSimulatedChain(host: SimulatedHost, options: SimulatedChainOptions = {}): Promise<NodeChain> {
  const { chainNetwork, log = host.log, pause, path = '/chain/chain.db', ...others } = options
  const { batches = inlineBatches, ...configuration } = others
  const { clock, random, databases, files } = host
  await files.makeDirectory(posix.dirname(path))
  return openNodeChain(
    {
      ...{ network: 'local', path, mode: 'archive', keepBlocks: 288 },
      ...{ coinCacheBytes: 16 * MEBIBYTE, mempoolBytes: 32 * MEBIBYTE, signatureThreads: 1 },
      ...configuration,
    },
    {
      ...{ clock, random, databases, files, log, verifier, batches },
      pause: pause ?? (() => new Promise((resolve) => clock.after(0, resolve))),
      ...(chainNetwork && { chainNetwork }),
    },
  )
}

/** For `HostOptions.threads`: what the chain's thread runs, in this program, messages copied as between threads. */
export function chainThreads(host: SimulatedHost): Threads {
  return {
    start: () =>
      startSimulatedThread(host.clock, (configuration, log: Log) =>
        openSimulatedChain(host, { ...configuration, log }),
      ),
  }
}

/** `terminate` tells the chain that the other side is gone: it closes by itself. To end it in mid-work kill the host. */
export function startSimulatedThread(clock: Clock, open: OpenChain): ThreadLink {
  return simulatedThread(clock, (link) => serveChain(link, open))
}
