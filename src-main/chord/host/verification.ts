/**
 * What would change a member's pointers is only done on the word of somebody who is there: a `notify` or `leaving` of one that
 * has not answered us of late is answered, and counts once a ping to it has been answered as that claims (alive, or absent).
 * What would change nothing is dropped without a ping.
 *
 * Limits: `MAX_VERIFICATIONS` pings under way, one for each sender; what comes beyond is dropped, as members say it again.
 */
import type { Clock, Millis } from '../../kernel/clock.ts'
import { MINUTE } from '../../kernel/clock.ts'
import { senderOf } from '../../rpc/address-groups.ts'
import type { ChordContact } from '../contact.ts'
import type { ChordMember } from '../member.ts'
import type { Answer, AskPort, Busy, Question } from '../messages.ts'
import { isBetween } from '../ring-id.ts'
import type { KnownMembers } from './known-members.ts'

export const MAX_VERIFICATIONS = 16
/** An answer of a member is enough for so long. */
export const TRUSTED_FOR: Millis = 5 * MINUTE

export interface VerificationParts {
  readonly clock: Pick<Clock, 'now'>
  readonly known: KnownMembers
  readonly isOwn: (contact: ChordContact) => boolean
  readonly askAs: (slot: number) => AskPort
}

export class Verification {
  private readonly parts: VerificationParts
  /** Senders whose members are being pinged. */
  private readonly running = new Set<string>()

  constructor(parts: VerificationParts) {
    this.parts = parts
  }

  /** Pings under way. */
  get open(): number {
    return this.running.size
  }

  /** Puts a question to `member`, of `from` where that is certain; else without, and again once it is. */
  asked(member: ChordMember, from: ChordContact, question: Question, reply: (answer: Answer | Busy) => void): void {
    if (this.isCertain(from)) {
      member.asked(from, question, reply)
      return
    }
    member.asked(undefined, question, reply)
    const isNews =
      question.kind === 'notify' ? wouldPrecede(member, from) : question.kind === 'leaving' && lists(member, from)
    if (isNews) this.verify(member, from, question)
  }

  private isCertain(from: ChordContact): boolean {
    const { clock, known, isOwn } = this.parts
    const heardAt = known.heardAt(from)
    return isOwn(from) || (heardAt !== undefined && clock.now() - heardAt < TRUSTED_FOR)
  }

  private verify(member: ChordMember, from: ChordContact, question: Question): void {
    const sender = senderOf(from.endpoint.host)
    if (this.running.size >= MAX_VERIFICATIONS || this.running.has(sender)) return
    this.running.add(sender)
    const over = () => this.running.delete(sender)
    const expected = question.kind === 'leaving' ? 'absent' : 'alive'
    this.parts.askAs(member.self.slot).ask(
      from,
      { kind: 'ping' },
      {
        answered: ({ kind }) => {
          over()
          if (kind === expected) member.asked(from, question, () => {})
        },
        missed: over,
        keptBusy: over,
      },
    )
  }
}

/** Whether it would become the predecessor at once. Who is no nearer than ours waits until that is found dead. */
function wouldPrecede(member: ChordMember, from: ChordContact): boolean {
  const { predecessor, self } = member
  return isBetween(predecessor.id, from.id, self.id) || member.hasFailed(predecessor)
}

function lists({ successors, predecessor, fingers }: ChordMember, { id }: ChordContact): boolean {
  return [predecessor, ...successors, ...fingers.distinct].some((contact) => contact.id.equals(id))
}
