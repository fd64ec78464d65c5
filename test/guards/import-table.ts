/**
 * Who may import whom, as data (docs/architecture.md, "Folders"). A folder may always import itself.
 * A folder that is not named here may not exist.
 */
const protocols = ['kernel', 'codec', 'storage', 'rpc', 'types'] as const

export const importTable: Readonly<Record<string, readonly string[]>> = {
  'src-main/kernel': [],
  'src-main/types': [],
  'src-main/codec': ['kernel', 'types'],
  'src-main/storage': ['kernel'],
  'src-main/rpc': ['kernel', 'codec', 'types'],
  // Items of BEP 44 and what stores of them have in common, for both overlays.
  'src-main/items': ['kernel', 'codec', 'rpc'],
  'src-main/kademlia': ['kernel', 'codec', 'rpc', 'items', 'types'],
  'src-main/chord': ['kernel', 'codec', 'rpc', 'items', 'types'],
  'src-main/tracker': protocols,
  'src-main/torrent': protocols,
  'src-main/chain': ['kernel', 'codec', 'storage'],
  'src-main/miner': ['kernel', 'codec', 'chain'],
  // Services over messages and local sockets: of the engine, and of the process that holds the wallet's keys.
  'src-main/serving': ['kernel', '#shared'],
  'src-main/wallet': ['kernel', 'codec', 'storage', 'chain', 'serving', '#shared'],
  // Adapts the protocols to `PeerSource`.
  'src-main/discovery': [...protocols, 'kademlia', 'chord', 'tracker', 'torrent'],
  'src-main/engine': [
    ...protocols,
    'items',
    'kademlia',
    'chord',
    'tracker',
    'torrent',
    'chain',
    'miner',
    'wallet',
    'discovery',
    'serving',
    // Its catalogue and its thread's messages, the experiments run elsewhere; small demonstrations, loaded when they are opened.
    'lab',
    '#shared',
  ],
  // Its mining threads run the kernels of the miner.
  'src-main/host': ['kernel', 'types', 'miner'],
  // Its databases are the real adapter over `:memory:`; its message network carries the messages of the RPC layer.
  'src-main/simulation': ['kernel', 'types', 'host', 'rpc', 'miner', 'chain', 'wallet'],
  'src-main/lab': [
    ...protocols,
    'items',
    'kademlia',
    'chord',
    'tracker',
    'torrent',
    'discovery',
    'chain',
    'simulation',
  ],
  // Entries of worker threads: real ports for what runs there.
  'src-main/workers': ['kernel', 'host', 'lab', 'chain', 'wallet', 'serving'],
  'src-main/desktop': ['kernel', 'engine', 'host', 'workers', 'serving', '#shared'],
  'src-main/cli': [
    'kernel',
    'engine',
    'host',
    'workers',
    'serving',
    'lab',
    'torrent',
    'tracker',
    'codec',
    'types',
    '#shared',
  ],
  'src-preload': ['#shared'],
  'src-renderer': ['#shared'],
  'src-shared': [],
}

/** Modules that reach the outside world: only `host` may import them (and scripts and tests). */
export const outsideModules = [
  'node:net',
  'node:dgram',
  'node:dns',
  'node:fs',
  'node:fs/promises',
  'node:http',
  'node:https',
  'node:worker_threads',
  'node:child_process',
  'node:timers',
  'node:timers/promises',
  'node:os',
  'better-sqlite3',
  'trash',
]

/** Ambient clocks, timers and randomness, by the text that would use them. */
export const outsideCalls = [
  /\bDate\.now\b/,
  /\bnew Date\(\s*\)/,
  /\bperformance\.now\b/,
  /\bMath\.random\b/,
  /\b(set|clear)(Timeout|Interval|Immediate)\b/,
  /\bprocess\.hrtime\b/,
  /\brandom(Bytes|UUID|Int|FillSync|Fill)\b/,
  /\bgetRandomValues\b/,
]

/** Folders whose business is the outside world. */
export const outsideFolders = ['src-main/host', 'src-main/desktop', 'src-preload', 'src-renderer']

/** Single uses elsewhere, each with its reason. */
export const outsideExceptions: Readonly<Record<string, string>> = {
  'src-main/simulation/virtual-clock.ts': 'setImmediate, and only to let Node run all microtasks between two events',
}

export const MAX_FILE_LINES = 500
/** Above this a file needs a reason below. */
export const USUAL_FILE_LINES = 300
export const MAX_FUNCTION_LINES = 70
