import type { Clock } from './clock.ts'
import type { Databases } from './database.ts'
import type { FileStore, Trash } from './files.ts'
import type { Hasher } from './hasher.ts'
import type { HttpClient } from './http.ts'
import type { Log } from './log.ts'
import type { MiningWorkers } from './mining-workers.ts'
import type { Datagrams, LocalAddresses, LocalSockets, Resolver, Streams } from './network.ts'
import type { NetworkControl } from './network-policy.ts'
import type { PowerMonitor } from './power.ts'
import type { Random } from './random.ts'
import type { Threads } from './threads.ts'
import type { VaultProcesses } from './vault-process.ts'

/**
 * Everything the engine may ask of the world. The real host and the simulated one are the only difference between the
 * app and a scenario on virtual time. A part takes the ports it names, not the whole host.
 */
export interface Host {
  readonly clock: Clock
  readonly random: Random
  readonly network: NetworkControl
  readonly streams: Streams
  readonly datagrams: Datagrams
  readonly localAddresses: LocalAddresses
  readonly localSockets: LocalSockets
  readonly resolver: Resolver
  readonly http: HttpClient
  readonly files: FileStore
  readonly trash: Trash
  readonly databases: Databases
  readonly hasher: Hasher
  readonly threads: Threads
  readonly vaultProcesses: VaultProcesses
  readonly power: PowerMonitor
  /** Threads that this machine runs at once. */
  readonly processors: number
  /** New ones: whoever asks closes them. */
  readonly miningWorkers: () => MiningWorkers
  readonly log: Log
}
