import type { KeyValueStore } from '../kernel/key-value-store.ts'
import type { KademliaSearches } from './dht.ts'
import { NodeId } from './node-id.ts'

/** The mainline DHT as a store of items (BEP 44). @throws RangeError from `get` unless the target has 20 bytes */
export function kademliaStore(searches: KademliaSearches): KeyValueStore {
  return {
    kind: 'kademlia',
    put: (item, options, done) => searches.put(item, options, done),
    get: (target, options, done) => searches.get(NodeId.of(target), options, done),
  }
}
