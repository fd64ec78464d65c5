/**
 * The nodes of this machine, one for each local address and family (BEP 32 and 45), as one DHT. A search runs once in each
 * family, on the joined node that knows most nodes; what they find is joined. Without a joined node it ends at once with
 * nothing: `ready` says whether there is one, `watch` when that changes. Where a node is removed in the middle of a search,
 * the search ends with what the other family gives.
 */
import type { GetReport, Item, PutReport, RunningRequest } from '../kernel/key-value-store.ts'
import { NodeGroup } from '../rpc/node-group.ts'
import type {
  AnnounceOptions,
  AnnounceReport,
  GetPeersOptions,
  GetPeersReply,
  KademliaNodePort,
  KademliaSearches,
  LookupObserver,
  PutOptions,
  ScrapeReport,
} from './dht.ts'
import type { GetOptions } from './item-search.ts'
import { targetOf } from './item-target.ts'
import type { LookupResult } from './lookup-result.ts'
import { mergeGets, mergeLookups, mergePuts } from './merged-searches.ts'
import type { NodeId } from './node-id.ts'
import type { InfoHashSample } from './peer-store.ts'

export class Kademlia extends NodeGroup<KademliaNodePort> implements KademliaSearches {
  get ready(): boolean {
    return this.nodes.some(({ phase }) => phase === 'joined')
  }

  findNode(target: NodeId, observer: LookupObserver<undefined>): RunningRequest {
    return this.lookUp(target, observer, (node, each) => node.findNode(target, each))
  }

  getPeers(infoHash: NodeId, options: GetPeersOptions, observer: LookupObserver<GetPeersReply>): RunningRequest {
    return this.lookUp(infoHash, observer, (node, each) => node.getPeers(infoHash, options, each))
  }

  announce(
    infoHash: NodeId,
    options: AnnounceOptions,
    observer: Parameters<KademliaSearches['announce']>[2],
  ): RunningRequest {
    return this.onEach<AnnounceReport>(
      (node, done) => node.announce(infoHash, options, { ...observer, done }),
      (reports) => {
        const [first, ...others] = reports.map(({ lookup }) => lookup)
        const lookup = first ? mergeLookups(infoHash, [first, ...others]) : nothingFound<GetPeersReply>(infoHash)
        observer.done({ stored: reports.reduce((sum, { stored }) => sum + stored, 0), lookup })
      },
    )
  }

  scrape(infoHash: NodeId, done: (report: ScrapeReport) => void): RunningRequest {
    return this.onEach<ScrapeReport>(
      (node, each) => node.scrape(infoHash, each),
      (reports) =>
        done({
          seeds: reports.reduce((sum, { seeds }) => sum + seeds, 0),
          peers: reports.reduce((sum, { peers }) => sum + peers, 0),
        }),
    )
  }

  sample(target: NodeId, observer: LookupObserver<InfoHashSample>): RunningRequest {
    return this.lookUp(target, observer, (node, each) => node.sample(target, each))
  }

  put(item: Item, options: PutOptions, done: (report: PutReport) => void): RunningRequest {
    return this.onEach<PutReport>(
      (node, each) => node.put(item, options, each),
      ([first, ...others]) => {
        const nothing = { target: targetOf(item).bytes, stored: 0, refused: new Map(), cost: NO_COST }
        done(first ? mergePuts([first, ...others]) : nothing)
      },
    )
  }

  get(target: NodeId, options: GetOptions, done: (report: GetReport) => void): RunningRequest {
    return this.onEach<GetReport>(
      (node, each) => node.get(target, options, each),
      ([first, ...others]) => {
        const nothing = { target: target.bytes, item: undefined, holders: 0, cost: NO_COST }
        done(first ? mergeGets([first, ...others]) : nothing)
      },
    )
  }

  private lookUp<P>(
    target: NodeId,
    observer: LookupObserver<P>,
    start: (node: KademliaNodePort, observer: LookupObserver<P>) => RunningRequest,
  ): RunningRequest {
    return this.onEach<LookupResult<P>>(
      (node, done) => start(node, { ...observer, done }),
      ([first, ...others]) => observer.done(first ? mergeLookups(target, [first, ...others]) : nothingFound(target)),
    )
  }

  /** The joined node of each family that knows most others. */
  protected best(): KademliaNodePort[] {
    const best = new Map<4 | 6, { readonly node: KademliaNodePort; readonly nodes: number }>()
    for (const node of this.nodes) {
      if (node.phase !== 'joined') continue
      const { family, nodes } = node.facts
      if (nodes > (best.get(family)?.nodes ?? -1)) best.set(family, { node, nodes })
    }
    return Array.from(best.values(), ({ node }) => node)
  }
}

const NO_COST = { hops: 0, requests: 0, timeouts: 0, took: 0 } as const

function nothingFound<P>(target: NodeId): LookupResult<P> {
  const none = { closest: [], path: [], payloads: [], asked: [] }
  return { target, ...none, hops: 0, requests: 0, replies: 0, stalls: 0, timeouts: 0 }
}
