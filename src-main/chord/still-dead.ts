/**
 * Whether those who did not answer are dead, or we were cut off when we asked: a witness of another host answers, the
 * suspects are asked once more, all at once, and the witness is to answer again afterwards.
 *
 * Without it a host that loses its network for some seconds would drop its neighbours when it has it back, and its place
 * between them would be lost to the ring for a while.
 */
import type { AskTwice } from './ask-twice.ts'
import type { ChordContact } from './contact.ts'

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
