/**
 * Hands over what a member owns before it leaves: the next host is given what it lacks, items first, then peers, and only what it
 * has confirmed counts. One that does not answer is passed over for the next, `HEIRS` in all, `LONGEST_HAND_OVER` at most.
 * Whom we have called dead comes last, and where all of them are, the nearest alone is tried: who ends the program waits for this.
 */
import { type Clock, type Millis, SECOND } from '../../kernel/clock.ts'
import type { RunningRequest } from '../../kernel/key-value-store.ts'
import type { ChordContact } from '../contact.ts'
import type { HostPort } from '../host-messages.ts'
import { givePeers } from './give-peers.ts'
import type { ItemShelf } from './item-shelf.ts'
import type { PeerShelf } from './peer-shelf.ts'
import { type Place, rangeOf, replicaHosts } from './places.ts'
import { RangeSync } from './range-sync.ts'

export const LONGEST_HAND_OVER: Millis = 10 * SECOND
const MAX_HAND_OVER_QUESTIONS = 4_096
export const HEIRS = 3

export interface HandOverParts {
  readonly items: ItemShelf
  readonly peers: PeerShelf
  readonly port: HostPort
  readonly clock: Clock
  members(): readonly Place[]
  /** Whether it was called dead lately; nobody was when left out. */
  readonly isDead?: (contact: ChordContact) => boolean
}

/** `done` is told whether somebody has all of it; once, never from within. */
export function handOver(parts: HandOverParts, place: Place, done: (isWhole: boolean) => void): void {
  const { clock } = parts
  const range = rangeOf(place)
  const heirs = heirsOf(place, parts)
  let isOver = false
  let running: RunningRequest | undefined
  const end = (isWhole: boolean) => {
    if (isOver) return
    isOver = true
    running?.cancel()
    limit.cancel()
    done(isWhole)
  }
  const limit = clock.after(LONGEST_HAND_OVER, () => end(false))
  const next = () => {
    const heir = heirs.shift()
    if (!heir) {
      clock.after(0, () => end(false))
      return
    }
    const plan = { range, with: heir.endpoint, givesOnly: true, maxQuestions: MAX_HAND_OVER_QUESTIONS }
    const sync = new RangeSync(parts, plan, (outcome) => {
      if (outcome !== 'equal') next()
      else running = givePeers(parts, { range, to: heir.endpoint }, () => end(true))
    })
    running = sync
    sync.start()
  }
  next()
}

function heirsOf(place: Place, { members, isDead = () => false }: HandOverParts): ChordContact[] {
  const hosts = replicaHosts(place, members(), HEIRS)
  const dead = hosts.filter(isDead)
  const living = hosts.filter((contact) => !isDead(contact))
  return living.length > 0 ? [...living, ...dead] : dead.slice(0, 1)
}
