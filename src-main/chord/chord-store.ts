import type { KeyValueStore } from '../kernel/key-value-store.ts'
import type { ChordSearches } from './overlay.ts'
import { RingId } from './ring-id.ts'

/** The ring as a store of items (BEP 44). @throws RangeError from `get` unless the target has 20 bytes */
export function chordStore(searches: Pick<ChordSearches, 'put' | 'get'>): KeyValueStore {
  return {
    kind: 'chord',
    put: (item, options, done) => searches.put(item, options, done),
    get: (target, options, done) => searches.get(RingId.of(target), options, done),
  }
}
