/** What goes on between us and a peer, a letter each: the letters that other programs use as well. */
import type { PeerRow } from '../client/types.ts'

type Flags = PeerRow['flags']

export interface FlagLook {
  readonly letter: string
  readonly meaning: string
  readonly holds: (flags: Flags) => boolean
}

export const FLAGS: readonly FlagLook[] = [
  { letter: 'D', meaning: 'we receive', holds: (f) => f.amInterested && !f.peerChoking },
  { letter: 'd', meaning: 'we want, they hold back', holds: (f) => f.amInterested && f.peerChoking },
  { letter: 'U', meaning: 'we send', holds: (f) => f.peerInterested && !f.amChoking },
  { letter: 'u', meaning: 'they want, we hold back', holds: (f) => f.peerInterested && f.amChoking },
  { letter: 'K', meaning: 'they would send, we want nothing', holds: (f) => !f.amInterested && !f.peerChoking },
  { letter: '?', meaning: 'we would send, they want nothing', holds: (f) => !f.peerInterested && !f.amChoking },
  { letter: 'O', meaning: 'on trial for an upload slot', holds: (f) => f.optimistic },
  { letter: 'S', meaning: 'stalled for a minute', holds: (f) => f.snubbed },
]

const holding = ({ flags }: Pick<PeerRow, 'flags'>): readonly FlagLook[] => FLAGS.filter((flag) => flag.holds(flags))

/** `D U O` */
export const flagLetters = (peer: Pick<PeerRow, 'flags'>): string =>
  holding(peer)
    .map((flag) => flag.letter)
    .join(' ')

/** `D: we receive`, a line each. */
export const flagMeanings = (peer: Pick<PeerRow, 'flags'>): readonly string[] =>
  holding(peer).map((flag) => `${flag.letter}: ${flag.meaning}`)
