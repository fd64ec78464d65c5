import { availableParallelism } from 'node:os'
import type { Trash } from '../kernel/files.ts'
import type { Host } from '../kernel/host.ts'
import type { NetworkPolicy } from '../kernel/network-policy.ts'
import { noPowerMonitor, type PowerMonitor } from '../kernel/power.ts'
import type { VaultProcesses } from '../kernel/vault-process.ts'
import { createClock } from './clock.ts'
import { createDatabases } from './database.ts'
import { createDatagrams } from './datagrams.ts'
import { createFileStore } from './files.ts'
import { createHasher } from './hasher.ts'
import { createHttpClient } from './http-client.ts'
import { createLocalAddresses } from './local-addresses.ts'
import { createLocalSockets } from './local-sockets.ts'
import { createLog, type LogOptions } from './log.ts'
import { miningKernelsIn } from './mining-kernel-files.ts'
import { createMiningWorkers } from './mining-workers.ts'
import { NetworkGate } from './network-gate.ts'
import { createRandom } from './random.ts'
import { createResolver } from './resolver.ts'
import { createStreams } from './streams.ts'
import { createThreads, type ThreadScripts } from './threads.ts'
import { createTrash } from './trash.ts'
import { createVaultProcesses } from './vault-processes.ts'

const DEFAULT_HASH_THREADS = 2

/** The script of each worker thread, and of the process that holds a wallet's keys. */
export interface HostScripts extends ThreadScripts {
  readonly hash: string | URL
  readonly mining: string | URL
  readonly vault: string | URL
}

export interface RealHostOptions {
  /** Under Node the sources (`source-scripts.ts`), or what the build made of them. */
  readonly scripts: HostScripts
  /** Where `scripts/mining-kernels.mjs` has put the mining kernels. */
  readonly miningKernels: string
  /** Default 2. Threads are started when they are first needed. */
  readonly hashThreads?: number
  readonly log: LogOptions
  /** What may leave this machine at first; `host.network.set` changes it. */
  readonly networkPolicy: NetworkPolicy
  /** Default: none, for programs without a window. */
  readonly power?: PowerMonitor
  /** Default: the desktop's trash without a window. */
  readonly trash?: Trash
  /** Default: child processes of Node. */
  readonly vaultProcesses?: VaultProcesses
}

export interface RealHost extends Host {
  /** Ends the worker threads and the log. Sockets, files, timers and databases belong to whoever opened them. */
  close(): Promise<void>
}

/** The real implementations of every port, with the network gate in front of those that reach the network. */
export function createHost(options: RealHostOptions): RealHost {
  const network = new NetworkGate(options.networkPolicy)
  const resolver = network.resolver(createResolver())
  const hasher = createHasher({
    workerPath: options.scripts.hash,
    threads: options.hashThreads ?? DEFAULT_HASH_THREADS,
  })
  return {
    clock: createClock(),
    random: createRandom(),
    network,
    streams: network.streams(createStreams()),
    datagrams: network.datagrams(createDatagrams()),
    localAddresses: createLocalAddresses(),
    localSockets: createLocalSockets(),
    resolver,
    http: createHttpClient({ resolver }),
    files: createFileStore(),
    trash: options.trash ?? createTrash(),
    databases: createDatabases(),
    hasher,
    threads: createThreads(options.scripts),
    vaultProcesses: options.vaultProcesses ?? createVaultProcesses(options.scripts.vault),
    power: options.power ?? noPowerMonitor,
    processors: availableParallelism(),
    miningWorkers: () =>
      createMiningWorkers({ workerPath: options.scripts.mining, kernels: miningKernelsIn(options.miningKernels) }),
    log: createLog(options.log),
    close: async () => {
      await hasher.close()
      options.log.sink.close()
    },
  }
}
