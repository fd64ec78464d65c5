/** The Chord overlay as a `PeerSource`. */
import type { ChordSearches, ChordSearchResult } from '../../chord/overlay.ts'
import { RingId } from '../../chord/ring-id.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { PeerSource } from '../../kernel/peer-source.ts'
import type { Random } from '../../kernel/random.ts'
import { overlaySource, type SearchedOverlay } from './overlay-source.ts'

export const SOURCE_NAME = 'Chord'

export interface ChordSourceOptions {
  /** Asked anew each time; undefined while Chord is off. */
  readonly chord: () => ChordSearches | undefined
  readonly clock: Clock
  readonly random: Random
}

export function chordSource({ chord, clock, random }: ChordSourceOptions): PeerSource {
  const overlay = () => {
    const running = chord()
    return running && searched(running)
  }
  return overlaySource({ kind: 'chord', name: SOURCE_NAME, asked: 'host', overlay, clock, random })
}

function searched(chord: ChordSearches): SearchedOverlay {
  return {
    get ready() {
      return chord.ready
    },
    watch: (changed) => chord.watch(changed),
    search({ infoHash, port, seed }, found, end) {
      const target = RingId.of(infoHash)
      const done = ({ owners, cost }: ChordSearchResult, stored?: number) => {
        const { requests, hops, took } = cost
        end({ answered: owners.length > 0, requests, hops, took, stored })
      }
      return port === 0
        ? chord.peers(target, { noSeeds: seed, found }, (result) => done(result))
        : chord.announce(target, { port, seed, found }, (result) => done(result, result.stored))
    },
  }
}
