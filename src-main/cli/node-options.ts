/** The options of every command that runs a node of its own. Giving them is consent to what they say. */
import type { Endpoint, Resolver } from '../kernel/network.ts'
import { formatEndpoint } from '../kernel/network.ts'
import type { Flags, ValuesOf } from './command.ts'
import { endpointOf } from './values.ts'

export const NODE_FLAGS = {
  listen: { type: 'string', value: 'HOST:PORT', summary: 'where peers can connect; port 0 is any' },
  offline: { type: 'boolean', summary: 'packets only to this machine and to addresses named on the line' },
} as const satisfies Flags

export const PEER_FLAG = {
  peer: {
    type: 'string',
    multiple: true,
    value: 'HOST:PORT',
    summary: 'a peer to connect to, besides those of trackers',
  },
} as const satisfies Flags

export interface NodeOptions {
  readonly listen: Endpoint | undefined
  readonly offline: boolean
  readonly peers: readonly Endpoint[]
  /** With `offline`: the hosts that were named and may be reached. */
  readonly allowedHosts: readonly string[]
}

/** @throws UsageError */
export function nodeOptions(flags: ValuesOf<typeof NODE_FLAGS> & Partial<ValuesOf<typeof PEER_FLAG>>): NodeOptions {
  const peers = (flags.peer ?? []).map((text) => endpointOf(text, '--peer', 1))
  return {
    listen: flags.listen === undefined ? undefined : endpointOf(flags.listen, '--listen'),
    offline: flags.offline === true,
    peers,
    allowedHosts: peers.map(({ host }) => host),
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
