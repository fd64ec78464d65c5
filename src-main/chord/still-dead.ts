/**
 * Whether those who did not answer are dead, or we were cut off when we asked: a witness of another host answers, the
 * suspects are asked once more, all at once, and the witness is to answer again afterwards.
 *
 * Without it a host that loses its network for some seconds would drop its neighbours when it has it back, and its place
 * between them would be lost to the ring for a while.
 */
import type { AskTwice } from './ask-twice.ts'
import { areSiblings, type ChordContact } from './contact.ts'
import type { Outside } from './outside.ts'

export interface Verdict {
  /** All suspects are dead. */
  dead(): void
  /** These have answered. */
  alive(suspects: readonly ChordContact[]): void
  /** The witness did not answer: nothing is known. */
  unknown(): void
}

/** One call of `verdict`. `witness` is left out where the suspects are virtual nodes of our own host. */
export function checkStillDead(
  asking: AskTwice,
  suspects: readonly ChordContact[],
  witness: ChordContact | undefined,
  verdict: Verdict,
): void {
  const alive: ChordContact[] = []
  let open = suspects.length
  const settle = () => {
    if (alive.length > 0) verdict.alive(alive)
    else hearWitness(verdict.dead)
  }
  const hearWitness = (then: () => void) => {
    if (!witness) then()
    else asking.reach(witness, (isReached) => (isReached ? then() : verdict.unknown()))
  }
  const one = () => {
    open -= 1
    if (open === 0) settle()
  }
  hearWitness(() => {
    for (const suspect of suspects) {
      asking.pingOnce(suspect, (isAlive) => {
        if (isAlive) alive.push(suspect)
        one()
      })
    }
  })
}

export interface WitnessSearch {
  readonly self: ChordContact
  /** Our successors, nearest first. */
  readonly list: readonly ChordContact[]
  readonly outside: Pick<Outside, 'latest'>
  /** Whether the others count as gone. */
  readonly isGone: boolean
  readonly hasFailed: (contact: ChordContact) => boolean
}

/** Who can tell by its answer that we are not cut off. For virtual nodes of our own host anyone can. */
export function findWitness(
  suspects: readonly ChordContact[],
  target: ChordContact,
  { self, list, outside, isGone, hasFailed }: WitnessSearch,
): ChordContact | undefined {
  const isOfOthers = (contact: ChordContact) => !areSiblings(contact, self)
  if (isOfOthers(target) || !suspects.some(isOfOthers)) return target
  const isFit = (contact: ChordContact) => isOfOthers(contact) && !hasFailed(contact)
  // At last whoever was heard last, be it dead: its host may answer that it has no such member any more.
  const last = isGone ? undefined : outside.latest(isOfOthers)
  return list.find(isFit) ?? outside.latest(isFit) ?? last
}
