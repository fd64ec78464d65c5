import { z } from 'zod'
import { chainMode, networkName } from './chain.ts'
import { nothing, service, value } from './service.ts'

export const settingsSchema = z.object({
  /** Where new torrents are put unless the add dialog says otherwise. */
  downloadDirectory: z.string().min(1).max(4_096),
  /** Nothing leaves this machine until a person has said `granted`. */
  networkConsent: z.enum(['unasked', 'granted', 'refused']),
  welcomeDone: z.boolean(),
  /** TCP port for peers; 0 takes any free one. */
  listenPort: z.int().min(0).max(65_535),
  maxConnections: z.int().min(2).max(2_000),
  maxConnectionsPerTorrent: z.int().min(2).max(500),
  /** Peers unchoked at once for each torrent, the optimistic one included. */
  uploadSlots: z.int().min(2).max(100),
  /**
   * The mainline DHT. `auto`: takes part, and serves others once it has been reachable for 15 minutes (BEP 43). `on`: serves
   * at once. `read-only`: asks only.
   */
  dht: z.enum(['auto', 'on', 'off', 'read-only']),
  /** `host:port` of nodes to begin with, besides those of the last run. */
  bootstrapNodes: z.array(z.string().min(3, 'HOST:PORT, several with commas').max(300)).max(50),
  /** Nodes in a bucket and in an answer: 8 in the mainline, 20 in the literature. */
  dhtBucketSize: z.union([z.literal(8), z.literal(20)], 'it is 8 or 20'),
  /** Requests under way at once in a lookup: 4 here, 3 in the literature. */
  dhtParallelism: z.int().min(1).max(10),
  /** The Chord overlay: the ring of Shoals, over the same socket. */
  chord: z.enum(['on', 'off']),
  /** Places of ours on its ring: more take a larger share of its keys. */
  chordVirtualNodes: z.int().min(1, 'it is 1 to 16').max(16, 'it is 1 to 16'),
  /** `host:port` of hosts of the ring to begin with, besides those of the last run. */
  chordNodes: z.array(z.string().min(3, 'HOST:PORT, several with commas').max(300)).max(50),
  /** Finds peers of the same network by multicast (BEP 14). */
  localDiscovery: z.boolean(),
  /** Peers tell each other of further peers (BEP 11). */
  peerExchange: z.boolean(),
  /** Which chain; each has its own files. Takes effect at the next start. */
  network: networkName,
  /** Runs a node of the chain. */
  chain: z.boolean(),
  chainMode,
  /** Newest blocks that a pruned node keeps. */
  chainKeepBlocks: z.int().min(288).max(10_000_000),
  /** TCP port for peers of the chain; 0 takes any free one. */
  chainListenPort: z.int().min(0).max(65_535),
  /** `host:port` of chain peers to keep to. */
  chainPeers: z.array(z.string().min(3, 'HOST:PORT, several with commas').max(300)).max(50),
  minerThreads: z.int().min(1).max(256),
  /** Per cent of each thread's time. */
  minerShare: z.int().min(1).max(100),
  /** Where rewards go; empty for none chosen. */
  minerAddress: z.string().max(200),
  minerPausesOnBattery: z.boolean(),
  minerPausesWhileActive: z.boolean(),
  /** Minutes without use after which the wallet's keys are forgotten. */
  walletLockAfter: z.int().min(1).max(1_440),
  theme: z.enum(['system', 'light', 'dark']),
  density: z.enum(['compact', 'comfortable']),
})
export type Settings = z.infer<typeof settingsSchema>

export const settings = service({
  name: 'settings',
  calls: {
    get: { args: nothing, result: settingsSchema },
    set: { args: settingsSchema.partial(), result: settingsSchema },
  },
  feeds: { values: value(settingsSchema) },
})
