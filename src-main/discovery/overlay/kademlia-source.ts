/** The mainline DHT as a `PeerSource`. */
import type { GetPeersReply, KademliaSearches } from '../../kademlia/dht.ts'
import type { LookupResult } from '../../kademlia/lookup-result.ts'
import { NodeId } from '../../kademlia/node-id.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { PeerSource } from '../../kernel/peer-source.ts'
import type { Random } from '../../kernel/random.ts'
import { overlaySource, type SearchedOverlay } from './overlay-source.ts'

export const SOURCE_NAME = 'DHT'

export interface KademliaSourceOptions {
  /** Asked anew each time; undefined while the DHT is off. */
  readonly dht: () => KademliaSearches | undefined
  readonly clock: Clock
  readonly random: Random
}

export function kademliaSource({ dht, clock, random }: KademliaSourceOptions): PeerSource {
  const overlay = () => {
    const running = dht()
    return running && searched(running, clock)
  }
  return overlaySource({ kind: 'kademlia', name: SOURCE_NAME, asked: 'node', overlay, clock, random })
}

function searched(dht: KademliaSearches, clock: Clock): SearchedOverlay {
  return {
    get ready() {
      return dht.ready
    },
    watch: (changed) => dht.watch(changed),
    search({ infoHash, port, seed }, report, end) {
      const begun = clock.now()
      const target = NodeId.of(infoHash)
      const found = ({ peers }: GetPeersReply) => report(peers)
      const done = ({ requests, hops, replies }: LookupResult<GetPeersReply>, stored?: number) =>
        end({ answered: replies > 0, requests, hops, took: clock.now() - begun, stored })
      return port === 0
        ? dht.getPeers(target, { noSeeds: seed }, { found, done })
        : dht.announce(target, { port, seed }, { found, done: ({ lookup, stored }) => done(lookup, stored) })
    },
  }
}
