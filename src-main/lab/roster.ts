import type { Endpoint } from '../kernel/network.ts'
import type { PeerSource } from '../kernel/peer-source.ts'
import { type Random, shuffled } from '../kernel/random.ts'

/** Peers that a newcomer is told of: with those that come later and are told of it, about twice as many connections. */
export const PEERS_TOLD = 15

/**
 * What a tracker knows, without the network: whoever follows is told of some that came before, at random, and is told to
 * those that come later. Nobody asks twice.
 */
export class Roster {
  private readonly random: Random
  private readonly present: Endpoint[] = []

  constructor(random: Random) {
    this.random = random
  }

  /** The source of the peer that takes connections at `own`. */
  sourceFor(own: Endpoint): PeerSource {
    return source(() => {
      const told = shuffled(this.random, this.present).slice(0, PEERS_TOLD)
      this.present.push(own)
      return told
    })
  }
}

/** Knows one endpoint and tells nobody of who asks. */
export function onlySource(endpoint: Endpoint): PeerSource {
  return source(() => [endpoint])
}

function source(ask: () => readonly Endpoint[]): PeerSource {
  return {
    kind: 'tracker',
    follow: (_subject, found) => {
      found(ask())
      return { completed() {}, refresh() {}, status: () => [], stop: async () => {} }
    },
  }
}
