/**
 * Where a DHT node that knows nobody begins. Names are looked up anew at each attempt, because routers move and a
 * machine may have had no resolver the last time. What a name gives is bounded and untrusted, as everything that is asked.
 */
import { canonicalIp, isUnicastIp } from '../../codec/ip-address.ts'
import { codeOf } from '../../kernel/errors.ts'
import type { Log } from '../../kernel/log.ts'
import type { Endpoint, Resolver } from '../../kernel/network.ts'

/** Public routers of the mainline, each run by another party; a person may edit the list. */
export const DEFAULT_BOOTSTRAP_NODES: readonly string[] = [
  'dht.libtorrent.org:25401',
  'dht.transmissionbt.com:6881',
  'router.bittorrent.com:6881',
  'router.utorrent.com:6881',
  'dht.aelitis.com:6881',
]

/** Addresses that count of one name. */
export const MAX_ADDRESSES_OF_NAME = 8

/** A host name or IP literal, and a port from 1. Undefined where the text is not `HOST:PORT`, an IPv6 host in brackets. */
export function parseHostPort(text: string): Endpoint | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]{1,253})):(\d{1,5})$/i.exec(text.trim())
  const port = Number(match?.[3])
  if (!match || port < 1 || port > 65_535) return undefined
  const host = match[1] ?? (match[2] as string)
  if (match[1] !== undefined && canonicalIp(host) === undefined) return undefined
  return { host: canonicalIp(host) ?? host, port }
}

/** Turns host names of DHT nodes into endpoints, each name asked once at a time. */
export class NodeNames {
  private readonly resolver: Resolver
  private readonly log: Log
  private readonly asking = new Map<string, Promise<readonly string[]>>()

  constructor(resolver: Resolver, log: Log) {
    this.resolver = resolver
    this.log = log
  }

  /** Reports what each node's name gives, as it comes; a name that gives nothing is said in the log alone. */
  resolve(nodes: readonly Endpoint[], found: (endpoints: readonly Endpoint[]) => void): void {
    for (const { host, port } of nodes) {
      if (canonicalIp(host) !== undefined) queueMicrotask(() => found(usable([host], port)))
      else
        void this.addressesOf(host).then((addresses) => {
          if (addresses.length > 0) found(usable(addresses, port))
        })
    }
  }

  private addressesOf(host: string): Promise<readonly string[]> {
    const underWay = this.asking.get(host)
    if (underWay) return underWay
    const answer = this.resolver
      .resolve(host)
      .catch((error: unknown) => {
        // Not allowed to ask is no news at each attempt.
        const level = codeOf(error) === 'OFFLINE' ? 'debug' : 'info'
        this.log.write(level, 'name of a DHT node not found', { host, code: codeOf(error) })
        return []
      })
      .finally(() => this.asking.delete(host))
    this.asking.set(host, answer)
    return answer
  }
}

function usable(addresses: readonly string[], port: number): Endpoint[] {
  return addresses
    .slice(0, MAX_ADDRESSES_OF_NAME)
    .filter((host) => isUnicastIp(host))
    .map((host) => ({ host, port }))
}
