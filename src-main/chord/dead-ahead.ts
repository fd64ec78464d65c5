/**
 * Whom of its list a member asks when it stabilises: the first that it has not called dead, once it has made sure that those
 * ahead of that one are (see still-dead.ts). Where all have been called dead, each in turn.
 *
 * Limits: `MAX_BUSY_ROUNDS` rounds in a row in which whoever is asked is busy only; then it counts as dead though it is not silent.
 */
import type { Clock } from '../kernel/clock.ts'
import type { AskTwice } from './ask-twice.ts'
import type { ChordContact } from './contact.ts'
import type { Outside } from './outside.ts'
import { checkStillDead, findWitness } from './still-dead.ts'

export const MAX_BUSY_ROUNDS = 12

export interface DeadAheadParts {
  readonly self: ChordContact
  readonly twice: AskTwice
  readonly outside: Outside
  readonly clock: Pick<Clock, 'now'>
  readonly hasFailed: (contact: ChordContact) => boolean
}

export interface Target {
  readonly target: ChordContact
  /** Those ahead of it, all called dead. */
  readonly dropped: readonly ChordContact[]
}

/** Exactly one is called, once; perhaps at once. */
export interface DeadAheadVerdict {
  dead(): void
  /** At least one has answered. */
  alive(): void
  /** Nobody told that we are not cut off; `witness` is who did not answer, if there was anyone to ask. */
  unknown(witness: ChordContact | undefined): void
}

export class DeadAhead {
  private readonly parts: DeadAheadParts
  private turn = 0
  private busyRounds = 0
  /** The last that was busy for too long: it need not be silent to be dropped. */
  private tiresome: ChordContact | undefined

  constructor(parts: DeadAheadParts) {
    this.parts = parts
  }

  nextTarget(list: readonly ChordContact[]): Target {
    let index = list.findIndex((contact) => !this.parts.hasFailed(contact))
    if (index < 0) {
      index = this.turn % list.length
      this.turn += 1
    }
    return { target: list[index] as ChordContact, dropped: list.slice(0, index) }
  }

  /** Whoever was asked has answered or is dead. */
  wasNotBusy(): void {
    this.busyRounds = 0
  }

  /** @returns whether that was once too often */
  wasBusy(target: ChordContact): boolean {
    this.busyRounds += 1
    if (this.busyRounds < MAX_BUSY_ROUNDS) return false
    this.busyRounds = 0
    this.tiresome = target
    return true
  }

  /** Makes sure of `dropped`, and that `target` or somebody else outside our host lives. */
  check(list: readonly ChordContact[], { target, dropped }: Target, verdict: DeadAheadVerdict): void {
    const suspects = dropped.filter((contact) => contact !== this.tiresome)
    if (suspects.length === 0) {
      verdict.dead()
      return
    }
    const { self, outside, clock, hasFailed, twice } = this.parts
    const isGone = outside.isGone(clock.now())
    const witness = findWitness(suspects, target, { self, list, outside, isGone, hasFailed })
    if (!witness && !isGone) {
      verdict.unknown(undefined)
      return
    }
    const { dead, alive, unknown } = verdict
    checkStillDead(twice, suspects, witness, { dead, alive, unknown: () => unknown(witness) })
  }
}
