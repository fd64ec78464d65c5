/** The DHT as the service `overlays` searches it. */
import type { SearchStep } from '#shared/contract/overlays.ts'
import type { Contact } from '../../kademlia/contact.ts'
import type { GetPeersReply, KademliaSearches, LookupObserver } from '../../kademlia/dht.ts'
import { targetOf } from '../../kademlia/item-target.ts'
import type { Candidate } from '../../kademlia/lookup-result.ts'
import { NodeId } from '../../kademlia/node-id.ts'
import type { Clock, Millis } from '../../kernel/clock.ts'
import type { RunningRequest } from '../../kernel/key-value-store.ts'
import { formatEndpoint } from '../../kernel/network.ts'
import { costOfCandidates, costOfLookup, costOfWrite } from './search-cost.ts'
import type { SearchableOverlay, SearchMethod, SearchWatcher } from './searchable.ts'

export function searchableKademlia(dht: KademliaSearches, clock: Clock): SearchableOverlay {
  return {
    overlay: 'kademlia',
    methods: ['find_node', 'get_peers', 'get', 'sample_infohashes'],
    get ready() {
      return dht.ready
    },
    watch: (changed) => dht.watch(changed),
    lookUp(target, _recursive, done) {
      const took = stopwatch(clock)
      return dht.findNode(NodeId.of(target), { done: (result) => done(costOfLookup(result, took())) })
    },
    announce(target, port, done) {
      const took = stopwatch(clock)
      const ended: Parameters<KademliaSearches['announce']>[2]['done'] = ({ lookup, stored }) =>
        done(costOfLookup(lookup, took()), stored)
      return dht.announce(NodeId.of(target), { port, seed: false }, { done: ended })
    },
    peers(target, report, done) {
      const took = stopwatch(clock)
      // Told as they come, those that we keep for others included.
      const found = ({ peers }: GetPeersReply) => report(peers.map(formatEndpoint))
      return dht.getPeers(NodeId.of(target), {}, { found, done: (result) => done(costOfLookup(result, took())) })
    },
    put(item, cas, done) {
      let offered: readonly Contact[] = []
      const nearest = (contacts: readonly Contact[]) => {
        offered = contacts
      }
      return dht.put(item, { ...(cas === undefined ? {} : { cas }), nearest }, ({ stored, refused, cost }) =>
        done({ cost: costOfWrite(targetOf(item), offered, cost), stored, refused }),
      )
    },
    get(target, salt, done) {
      const id = NodeId.of(target)
      const asked = new Set<Readonly<Candidate>>()
      const stepped = (candidate: Readonly<Candidate>) => void asked.add(candidate)
      return dht.get(id, { salt, stepped }, ({ item, holders, cost }) =>
        done({ cost: costOfCandidates(id, [...asked], cost), item, holders }),
      )
    },
    search: (method, target, salt, watcher) => search(dht, clock, method, NodeId.of(target), salt, watcher),
  }
}

function search(
  dht: KademliaSearches,
  clock: Clock,
  method: SearchMethod,
  target: NodeId,
  salt: Uint8Array | undefined,
  watcher: SearchWatcher,
): RunningRequest {
  const took = stopwatch(clock)
  const stepped = (candidate: Readonly<Candidate>) =>
    watcher.stepped(candidate, (startedAt) => searchStep(candidate, startedAt))
  const observer = <P>(found: (payload: P) => readonly string[]): LookupObserver<P> => ({
    stepped,
    found: (payload) => watcher.found(found(payload)),
    done: (result) => watcher.done(costOfLookup(result, took())),
  })
  switch (method) {
    case 'find_node':
      return dht.findNode(
        target,
        observer<undefined>(() => []),
      )
    case 'get_peers':
      return dht.getPeers(
        target,
        {},
        observer(({ peers }) => peers.map(formatEndpoint)),
      )
    case 'sample_infohashes':
      return dht.sample(
        target,
        observer(({ samples }) => samples.map(String)),
      )
    case 'get': {
      const asked = new Set<Readonly<Candidate>>()
      const each = (candidate: Readonly<Candidate>) => {
        asked.add(candidate)
        stepped(candidate)
      }
      return dht.get(target, { ...(salt && { salt }), stepped: each }, ({ item, cost }) => {
        if (item) watcher.foundValue(item.value)
        watcher.done(costOfCandidates(target, [...asked], cost))
      })
    }
  }
}

/** The milliseconds since now. */
function stopwatch(clock: Clock): () => Millis {
  const begun = clock.now()
  return () => clock.now() - begun
}

function searchStep(candidate: Readonly<Candidate>, startedAt: Millis): SearchStep {
  const { id, contact, state, hop, from, askedAt, repliedAt } = candidate
  return {
    nodeId: id.toString(),
    address: formatEndpoint(contact.endpoint),
    state: state === 'fresh' ? 'asked' : state,
    hop,
    ...(from === undefined ? {} : { from: from.id.toString() }),
    askedAt: Math.max(0, (askedAt ?? startedAt) - startedAt),
    ...(repliedAt === undefined ? {} : { repliedAt: Math.max(0, repliedAt - startedAt) }),
  }
}
