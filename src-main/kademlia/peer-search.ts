/** Looking for peers (BEP 5), announcing, counting them (BEP 33), and collecting info-hashes (BEP 51). */
import { mayName, reachOf } from '../codec/ip-reach.ts'
import type { RunningRequest } from '../kernel/key-value-store.ts'
import type { Endpoint } from '../kernel/network.ts'
import { type Response, ID_BYTES as SAMPLE_BYTES } from '../rpc/krpc-message.ts'
import { BloomFilter } from './bloom-filter.ts'
import { Contact } from './contact.ts'
import type {
  AnnounceOptions,
  AnnounceReport,
  GetPeersOptions,
  GetPeersReply,
  KademliaSearches,
  LookupObserver,
  ScrapeReport,
} from './dht.ts'
import type { SearchParts } from './item-search.ts'
import type { LookupResult } from './lookup-result.ts'
import { NodeId } from './node-id.ts'
import type { InfoHashSample } from './peer-store.ts'
import { isUsable } from './reach.ts'
import { storersOf } from './storers.ts'
import { writeAt } from './write-at.ts'

/** Peers taken of one answer. */
export const MAX_PEERS_TAKEN = 100
const SECOND = 1_000

export function searchPeers(
  { clock, contacts, peers, runner }: SearchParts,
  infoHash: NodeId,
  { noSeeds }: GetPeersOptions,
  observer: LookupObserver<GetPeersReply>,
): RunningRequest {
  const withOwn = (result: LookupResult<GetPeersReply>) => {
    const own = peers.peers(infoHash, { limit: MAX_PEERS_TAKEN, noSeeds: noSeeds ?? false }, clock.now())
    if (own.length > 0) {
      observer.found?.({ peers: own, token: undefined }, new Contact(contacts.self, contacts.rpc.local))
    }
    observer.done(result)
  }
  const args = { infoHash: infoHash.bytes, ...contacts.want, ...(noSeeds ? { noseed: true } : {}) }
  return runner.run({ target: infoHash, method: 'get_peers', args, payload: peersIn }, { ...observer, done: withOwn })
}

export function announcePeer(
  parts: SearchParts,
  infoHash: NodeId,
  { port, seed }: AnnounceOptions,
  observer: Parameters<KademliaSearches['announce']>[2],
): RunningRequest {
  let running = searchPeers(parts, infoHash, seed ? { noSeeds: true } : {}, {
    ...(observer.stepped ? { stepped: observer.stepped } : {}),
    ...(observer.found ? { found: observer.found } : {}),
    done: (lookup) => {
      const storers = storersOf(lookup, parts.contacts.table.k, parts.size)
      const args = (token: Uint8Array) => ({
        infoHash: infoHash.bytes,
        // Programs that do not know `implied_port` want a port in any case.
        port: port === 'implied' ? parts.contacts.rpc.local.port : port,
        impliedPort: port === 'implied',
        token,
        ...(seed ? { seed } : {}),
      })
      running = writeAt(parts, storers, { method: 'announce_peer', args }, ({ stored }) => {
        observer.done({ stored, lookup } satisfies AnnounceReport)
      })
    },
  })
  return { cancel: () => running.cancel() }
}

export function scrapePeers(
  { contacts, runner }: SearchParts,
  infoHash: NodeId,
  done: (report: ScrapeReport) => void,
): RunningRequest {
  const [seeds, peers] = [new BloomFilter(), new BloomFilter()]
  const plan = {
    target: infoHash,
    method: 'get_peers',
    args: { infoHash: infoHash.bytes, scrape: true, ...contacts.want },
    payload: ({ seedFilter, peerFilter }: Response) => {
      if (seedFilter) seeds.join(new BloomFilter(seedFilter))
      if (peerFilter) peers.join(new BloomFilter(peerFilter))
      return undefined
    },
  } as const
  return runner.run(plan, {
    done: () => done({ seeds: Math.round(seeds.estimate()), peers: Math.round(peers.estimate()) }),
  })
}

export function sampleInfoHashes(
  { contacts, runner }: SearchParts,
  target: NodeId,
  observer: LookupObserver<InfoHashSample>,
): RunningRequest {
  const args = { target: target.bytes, ...contacts.want }
  return runner.run({ target, method: 'sample_infohashes', args, payload: sampleIn }, observer)
}

function peersIn({ values, token }: Response, from: Contact): GetPeersReply | undefined {
  if (values === undefined && token === undefined) return undefined
  const least = reachOf(from.endpoint.host)
  const isWorthIt = (peer: Endpoint) =>
    isUsable(peer, peer.host.includes(':') ? 6 : 4) && mayName(least, reachOf(peer.host))
  return { peers: (values ?? []).slice(0, MAX_PEERS_TAKEN).filter(isWorthIt), token }
}

function sampleIn({ samples, num, interval }: Response): InfoHashSample | undefined {
  if (samples === undefined) return undefined
  const ids = samples.filter((bytes) => bytes.length === SAMPLE_BYTES).map((bytes) => NodeId.of(bytes))
  return { samples: ids, total: num ?? ids.length, freshIn: (interval ?? 0) * SECOND }
}
