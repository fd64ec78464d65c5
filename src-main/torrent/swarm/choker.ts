/**
 * Decides whom we upload to.
 *
 * While we download, the regular slots go to the interested peers that gave us most in the last rounds; when we seed, to
 * those that take fastest among the present holders, each for one turn, then to whoever has waited longest. One more slot
 * is optimistic: it moves every third round; a new peer, or one that gives us something, has three times the chance of
 * another. So what we give follows what we get, and a peer that gives nothing lives on optimistic slots alone.
 * Between rounds only free slots are given away. Pure: facts in, decisions out.
 * Spec: BEP 3; Cohen (2003).
 */
import { type Millis, SECOND } from '../../kernel/clock.ts'
import type { Random } from '../../kernel/random.ts'

export const ROUND: Millis = 10 * SECOND
/** Rounds for which an optimistic slot is held. */
export const OPTIMISTIC_ROUNDS = 3
/** A peer connected for less than this is new. */
export const NEW_PEER: Millis = 45 * SECOND
/** Chance of a new peer, or one that gives, against one that has had its time and gives nothing. */
export const FAVOURED = 3
/** A seed's slot is for so long; then others that wait come first. Short, so that nobody owns a seed by being early. */
export const SEED_TURN: Millis = 30 * SECOND
export const DEFAULT_SLOTS = 4

/** What the choker looks at. One object for each peer, the same in every round. */
export interface ChokerPeer {
  readonly peerInterested: boolean
  /** It owes us blocks and sends none. */
  readonly snubbed: boolean
  /** Bytes per second of payload over the last rounds: from it, to it. */
  readonly downRate: number
  readonly upRate: number
  readonly amChoking: boolean
  /** When the choke state last changed; when it connected. */
  readonly chokeChangedAt: Millis
  readonly connectedAt: Millis
}

export class Choker<P extends ChokerPeer> {
  /** The peer in the optimistic slot. */
  optimistic: P | undefined
  /** Regular slots; 0 uploads to nobody, not even by luck. */
  slots: number
  private readonly random: Random
  private rounds = 0

  constructor(random: Random, slots = DEFAULT_SLOTS) {
    this.random = random
    this.slots = slots
  }

  /** Once every `ROUND`. @returns the peers to be unchoked from now on; all others are choked */
  round(peers: Iterable<P>, seeding: boolean, now: Millis): Set<P> {
    if (this.slots === 0) return new Set()
    const wanting = [...peers].filter((peer) => peer.peerInterested)
    const chosen = new Set(this.regular(wanting, seeding, now))
    const rotate = this.rounds++ % OPTIMISTIC_ROUNDS === 0
    const held = this.optimistic
    if (rotate || !held || chosen.has(held) || !wanting.includes(held)) {
      const rest = wanting.filter((peer) => !chosen.has(peer))
      const others = rest.filter((peer) => peer !== held)
      this.optimistic = this.draw(others.length > 0 ? others : rest, now)
    }
    if (this.optimistic) chosen.add(this.optimistic)
    return chosen
  }

  /** Between rounds: peers that free slots are given to at once, those that give us most first. */
  fill(peers: Iterable<P>): P[] {
    let free = this.slots > 0 ? this.slots + 1 : 0
    const waiting: P[] = []
    for (const peer of peers) {
      if (!peer.peerInterested) continue
      if (!peer.amChoking) free--
      else if (!peer.snubbed) waiting.push(peer)
    }
    if (free <= 0) return []
    return waiting.sort((a, b) => b.downRate - a.downRate).slice(0, free)
  }

  gone(peer: P): void {
    if (this.optimistic === peer) this.optimistic = undefined
  }

  private regular(wanting: readonly P[], seeding: boolean, now: Millis): P[] {
    const ranked = wanting
      .filter((peer) => seeding || !peer.snubbed)
      .map((peer) => ({ peer, rank: seeding ? seedRank(peer, now) : leechRank(peer), tie: this.random.below(0x10000) }))
    ranked.sort((a, b) => b.rank[0] - a.rank[0] || b.rank[1] - a.rank[1] || b.tie - a.tie)
    return ranked.slice(0, this.slots).map(({ peer }) => peer)
  }

  private draw(candidates: readonly P[], now: Millis): P | undefined {
    const weights = candidates.map((peer) => (now - peer.connectedAt < NEW_PEER || peer.downRate > 0 ? FAVOURED : 1))
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    if (total === 0) return undefined
    let at = this.random.below(total)
    return candidates.find((_, i) => {
      at -= weights[i] as number
      return at < 0
    })
  }
}

type Rank = readonly [first: number, second: number]

function leechRank(peer: ChokerPeer): Rank {
  return [peer.downRate, peer.amChoking ? 0 : 1]
}

/** Holders within their turn by rate; then who waits, longest first; then holders whose turn is over. */
function seedRank(peer: ChokerPeer, now: Millis): Rank {
  const since = now - peer.chokeChangedAt
  if (peer.amChoking) return [1, since]
  return since < SEED_TURN ? [2, peer.upRate] : [0, peer.upRate]
}
