/** The ring as a place to keep items of our own in. It copies them by itself; what has lost all its holders is put again. */
import type { KeepingStore } from '../items/kept-items.ts'
import type { ChordContact } from './contact.ts'
import type { ChordSearches } from './overlay.ts'
import { RingId } from './ring-id.ts'

export function chordKeeping(chord: Pick<ChordSearches, 'ready' | 'lookUp' | 'put'>): KeepingStore {
  const names = (contacts: readonly ChordContact[]) => contacts.map(({ id }) => id.key)
  return {
    get ready() {
      return chord.ready
    },
    // The owner alone: those behind it are its own business.
    holders: (target, done) => chord.lookUp(RingId.of(target), {}, ({ owners }) => done(names(owners.slice(0, 1)))),
    put: (item, done) => chord.put(item, {}, (report) => done(report, names(report.owners))),
  }
}
