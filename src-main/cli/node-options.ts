/** The options of every command that runs a node of its own. Giving them is consent to what they say. */
import { chainMode, type NetworkName } from '#shared/contract/chain.ts'
import type { Settings } from '#shared/contract/settings.ts'
import type { Endpoint, Resolver } from '../kernel/network.ts'
import { formatEndpoint } from '../kernel/network.ts'
import { type Flags, UsageError, type ValuesOf } from './command.ts'
import { endpointOf, integerOf, wordOf } from './values.ts'

export const NODE_FLAGS = {
  listen: {
    type: 'string',
    value: 'HOST:PORT',
    summary: 'where peers, DHT nodes and the ring reach this one; port 0 is any',
  },
  dht: { type: 'string', value: 'MODE', summary: 'auto (serves others once reachable), on, off or read-only' },
  bootstrap: { type: 'string', multiple: true, value: 'HOST:PORT', summary: 'a DHT node to begin with' },
  chord: { type: 'string', value: 'on|off', summary: 'take part in the ring of Shoals, the Chord overlay' },
  'chord-join': { type: 'string', multiple: true, value: 'HOST:PORT', summary: 'a host of the ring to begin with' },
  'local-discovery': { type: 'string', value: 'on|off', summary: 'find peers of the same network by multicast' },
  chain: { type: 'string', value: 'on|off', summary: 'run a node of the chain' },
  'chain-mode': { type: 'string', value: 'MODE', summary: 'archive (keeps every block), pruned or light' },
  'chain-listen': {
    type: 'string',
    value: 'HOST:PORT',
    summary: 'where peers of the chain reach this one; port 0 is any',
  },
  'chain-peer': { type: 'string', multiple: true, value: 'HOST:PORT', summary: 'a peer of the chain to keep to' },
  'mine-threads': { type: 'string', value: 'N', summary: 'mine with so many threads; 0 is not at all' },
  'mine-address': { type: 'string', value: 'A', summary: 'where the rewards of mining go' },
  'block-interval': { type: 'string', value: 'MS', summary: 'milliseconds between blocks, on the local network' },
  offline: { type: 'boolean', summary: 'packets only to this machine and to addresses named on the line' },
} as const satisfies Flags

export const PEER_FLAG = {
  peer: {
    type: 'string',
    multiple: true,
    value: 'HOST:PORT',
    summary: 'a peer to connect to, besides those that are found',
  },
} as const satisfies Flags

const DHT_MODES = ['auto', 'on', 'off', 'read-only'] as const
const ON_OFF = ['on', 'off'] as const
const THREADS = { min: 0, max: 256 }
/** Milliseconds. */
const BLOCK_INTERVAL = { min: 1, max: 86_400_000 }

export interface NodeOptions {
  readonly listen: Endpoint | undefined
  /** Where to take peers of the chain. */
  readonly chainListen: Endpoint | undefined
  /** 0: none, whatever is kept. */
  readonly mineThreads: number | undefined
  readonly mineAddress: string | undefined
  /** Milliseconds between blocks, on the local network. */
  readonly blockInterval: number | undefined
  readonly offline: boolean
  readonly peers: readonly Endpoint[]
  /** With `offline`: the hosts that were named and may be reached. */
  readonly allowedHosts: readonly string[]
  /** What the line says over the profile's settings, for this run. */
  readonly settings: Partial<Settings>
}

type NodeFlags = ValuesOf<typeof NODE_FLAGS>

/**
 * @param chain what holds without `--chain`: `off` for commands that are about files only
 * @throws UsageError
 */
export function nodeOptions(
  flags: NodeFlags & Partial<ValuesOf<typeof PEER_FLAG>>,
  { network, chain }: { readonly network: NetworkName | undefined; readonly chain: 'off' | 'as-set' },
): NodeOptions {
  const peers = (flags.peer ?? []).map((text) => endpointOf(text, '--peer', 1))
  const bootstrap = flags.bootstrap.map((text) => endpointOf(text, '--bootstrap', 1))
  const chordNodes = flags['chord-join'].map((text) => endpointOf(text, '--chord-join', 1))
  const chainPeers = flags['chain-peer'].map((text) => endpointOf(text, '--chain-peer', 1))
  const offline = flags.offline === true
  const { dht, chord, 'local-discovery': local, 'chain-listen': chainListen, 'chain-mode': mode } = flags
  const runsChain = chainSwitch(flags, chain)
  return {
    listen: flags.listen === undefined ? undefined : endpointOf(flags.listen, '--listen'),
    chainListen: chainListen === undefined ? undefined : endpointOf(chainListen, '--chain-listen'),
    ...mining(flags, network),
    offline,
    peers,
    allowedHosts: [...peers, ...bootstrap, ...chordNodes, ...chainPeers].map(({ host }) => host),
    settings: {
      ...(offline ? {} : { networkConsent: 'granted' }),
      ...(dht !== undefined && { dht: wordOf(dht, '--dht', DHT_MODES) }),
      ...(bootstrap.length > 0 && { bootstrapNodes: bootstrap.map(formatEndpoint) }),
      ...(chord !== undefined && { chord: wordOf(chord, '--chord', ON_OFF) }),
      ...(chordNodes.length > 0 && { chordNodes: chordNodes.map(formatEndpoint) }),
      ...(local !== undefined && { localDiscovery: wordOf(local, '--local-discovery', ON_OFF) === 'on' }),
      ...(network !== undefined && { network }),
      ...(runsChain !== undefined && { chain: runsChain }),
      ...(mode !== undefined && { chainMode: wordOf(mode, '--chain-mode', chainMode.options) }),
      ...(chainPeers.length > 0 && { chainPeers: chainPeers.map(formatEndpoint) }),
      ...(flags['mine-address'] !== undefined && { minerAddress: flags['mine-address'] }),
    },
  }
}

/** Flags that mean nothing to a node without a chain. */
const CHAIN_FLAGS = [
  'chain-mode',
  'chain-listen',
  'chain-peer',
  'mine-threads',
  'mine-address',
  'block-interval',
] as const

/** Undefined: as the settings have it. @throws UsageError where the chain is off and something else is said of it */
function chainSwitch(flags: NodeFlags, otherwise: 'off' | 'as-set'): boolean | undefined {
  const given = flags.chain === undefined ? undefined : wordOf(flags.chain, '--chain', ON_OFF)
  const chosen = given ?? (otherwise === 'off' ? 'off' : undefined)
  const named = CHAIN_FLAGS.find((name) => flags[name] !== undefined && flags[name].length > 0)
  if (chosen === 'off' && named !== undefined)
    throw new UsageError(`--${named} is of the chain; give --chain on as well.`)
  return chosen === undefined ? undefined : chosen === 'on'
}

function mining(flags: NodeFlags, network: NetworkName | undefined) {
  const { 'mine-threads': threads, 'mine-address': address, 'block-interval': interval } = flags
  if (address === '') throw new UsageError('--mine-address is empty; name an address of the network.')
  if (interval !== undefined && network !== undefined && network !== 'local')
    throw new UsageError('--block-interval is for --network local; elsewhere the difficulty sets the pace.')
  return {
    mineThreads: threads === undefined ? undefined : integerOf(threads, '--mine-threads', THREADS),
    mineAddress: address,
    blockInterval: interval === undefined ? undefined : integerOf(interval, '--block-interval', BLOCK_INTERVAL),
  }
}

/** Peers as the contract takes them: by IP address. @throws what the resolver throws: `ENOTFOUND`, `OFFLINE` */
export async function peerAddresses(resolver: Resolver, peers: readonly Endpoint[]): Promise<string[]> {
  const found: string[] = []
  for (const { host, port } of peers) {
    const [address] = await resolver.resolve(host)
    if (address !== undefined) found.push(formatEndpoint({ host: address, port }))
  }
  return found
}
