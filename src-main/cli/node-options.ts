/** The options of every command that runs a node of its own. Giving them is consent to what they say. */
import type { Settings } from '#shared/contract/settings.ts'
import type { Endpoint, Resolver } from '../kernel/network.ts'
import { formatEndpoint } from '../kernel/network.ts'
import type { Flags, ValuesOf } from './command.ts'
import { endpointOf, wordOf } from './values.ts'

export const NODE_FLAGS = {
  listen: { type: 'string', value: 'HOST:PORT', summary: 'where peers and DHT nodes reach this one; port 0 is any' },
  dht: { type: 'string', value: 'MODE', summary: 'auto (serves others once reachable), on, off or read-only' },
  bootstrap: { type: 'string', multiple: true, value: 'HOST:PORT', summary: 'a DHT node to begin with' },
  'local-discovery': { type: 'string', value: 'on|off', summary: 'find peers of the same network by multicast' },
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

export interface NodeOptions {
  readonly listen: Endpoint | undefined
  readonly offline: boolean
  readonly peers: readonly Endpoint[]
  /** With `offline`: the hosts that were named and may be reached. */
  readonly allowedHosts: readonly string[]
  /** What the line says over the profile's settings, for this run. */
  readonly settings: Partial<Settings>
}

/** @throws UsageError */
export function nodeOptions(flags: ValuesOf<typeof NODE_FLAGS> & Partial<ValuesOf<typeof PEER_FLAG>>): NodeOptions {
  const peers = (flags.peer ?? []).map((text) => endpointOf(text, '--peer', 1))
  const bootstrap = flags.bootstrap.map((text) => endpointOf(text, '--bootstrap', 1))
  const offline = flags.offline === true
  const { dht, 'local-discovery': local } = flags
  return {
    listen: flags.listen === undefined ? undefined : endpointOf(flags.listen, '--listen'),
    offline,
    peers,
    allowedHosts: [...peers, ...bootstrap].map(({ host }) => host),
    settings: {
      ...(offline ? {} : { networkConsent: 'granted' }),
      ...(dht !== undefined && { dht: wordOf(dht, '--dht', DHT_MODES) }),
      ...(bootstrap.length > 0 && { bootstrapNodes: bootstrap.map(formatEndpoint) }),
      ...(local !== undefined && { localDiscovery: wordOf(local, '--local-discovery', ['on', 'off']) === 'on' }),
    },
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
