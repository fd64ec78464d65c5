import type { PeerEntry } from '../../client/types.ts'

export const SOURCE_WORDS: Readonly<Record<PeerEntry['source'], string>> = {
  tracker: 'Tracker',
  kademlia: 'DHT',
  chord: 'Chord',
  local: 'Local network',
  pex: 'Another peer',
  incoming: 'Came to us',
  given: 'Given by hand',
}

/** What goes on between us and a peer in a word or two. */
export function relationWord({ flags }: PeerEntry): string {
  const down = flags.amInterested && !flags.peerChoking
  const up = flags.peerInterested && !flags.amChoking
  if (flags.snubbed) return 'Stalled'
  if (down && up) return 'Both ways'
  if (down) return 'Receiving'
  if (up) return 'Sending'
  if (flags.amInterested) return 'Waiting for them'
  if (flags.peerInterested) return 'They wait'
  return 'Idle'
}

/** Each flag of a peer as a sentence, for hover and assistive technology. */
export function flagSentences({ flags }: PeerEntry): readonly string[] {
  return [
    flags.amInterested ? 'They have pieces we want.' : 'They have nothing we want.',
    flags.peerChoking ? 'They do not send to us now.' : 'They let us ask for pieces.',
    flags.peerInterested ? 'They want pieces of ours.' : 'They want nothing of ours.',
    flags.amChoking ? 'We do not send to them now.' : 'We let them ask for pieces.',
    ...(flags.snubbed ? ['They have sent nothing for a minute.'] : []),
    ...(flags.optimistic ? ['They are on trial for an upload slot.'] : []),
  ]
}
