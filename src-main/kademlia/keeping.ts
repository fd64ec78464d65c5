/** The mainline DHT as a place to keep items of our own in. */
import type { KeepingStore } from '../items/kept-items.ts'
import type { Contact } from './contact.ts'
import type { KademliaSearches } from './dht.ts'
import { NodeId } from './node-id.ts'

export function kademliaKeeping(dht: Pick<KademliaSearches, 'ready' | 'findNode' | 'put'>): KeepingStore {
  const names = (contacts: readonly Contact[]) => contacts.map(({ id }) => id.key)
  return {
    get ready() {
      return dht.ready
    },
    holders: (target, done) => dht.findNode(NodeId.of(target), { done: ({ closest }) => done(names(closest)) }),
    put(item, done) {
      const offered: string[] = []
      const nearest = (contacts: readonly Contact[]) => void offered.push(...names(contacts))
      return dht.put(item, { nearest }, (report) => done(report, offered))
    },
  }
}
