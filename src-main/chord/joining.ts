/**
 * Finds the place of a new member and joins there. Others may join at the same place at once, and then whoever comes second
 * looks again: `JOIN_ATTEMPTS` times at most, with a pause between.
 */
import { type Clock, type Millis, SECOND } from '../kernel/clock.ts'
import type { Random } from '../kernel/random.ts'
import type { ChordContact } from './contact.ts'
import { ChordLookup } from './lookup.ts'
import { runLookup } from './lookup-runner.ts'
import type { ChordMember } from './member.ts'
import type { AskPort } from './messages.ts'

export const JOIN_ATTEMPTS = 8
export const JOIN_PAUSE: Millis = SECOND

/** Between whom a joiner will stand. */
export interface Place {
  readonly predecessor: ChordContact
  /** Who owns the place until then; the joiner itself, where its place is listed as its own already. */
  readonly owner: ChordContact
}

export interface JoiningParts {
  readonly port: AskPort
  readonly clock: Clock
  readonly random: Random
  readonly admits?: (contact: ChordContact) => boolean
  /** What is to be done before each try to take a place, such as copying its keys; `goOn` says whether to try. Once. */
  readonly prepare?: (place: Place, goOn: (isWanted: boolean) => void) => void
}

/** Joins by way of `contacts`, any members of the ring. `done` is called once, with whether it is a member now. */
export function joinRing(
  member: ChordMember,
  contacts: readonly ChordContact[],
  parts: JoiningParts,
  done: (joined: boolean) => void,
): void {
  const { port, clock, random, admits, prepare } = parts
  const again = (attempt: number) => {
    if (attempt >= JOIN_ATTEMPTS || member.phase !== 'outside') done(false)
    else clock.after(JOIN_PAUSE / 2 + random.below(JOIN_PAUSE), () => look(attempt))
  }
  const take = (attempt: number, predecessor: ChordContact) => {
    if (member.phase !== 'outside') {
      done(false)
      return
    }
    member.join(predecessor, (outcome) => {
      if (outcome === 'joined') done(true)
      else again(attempt + 1)
    })
  }
  const look = (attempt: number) => {
    const lookup = new ChordLookup({ target: member.self.id, ...(admits && { admits }) }, { contacts })
    runLookup(lookup, port, ({ predecessor, owner }) => {
      if (predecessor === undefined || owner === undefined) again(attempt + 1)
      else if (prepare)
        prepare({ predecessor, owner }, (isWanted) => (isWanted ? take(attempt, predecessor) : done(false)))
      else take(attempt, predecessor)
    })
  }
  look(0)
}
