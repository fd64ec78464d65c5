/**
 * What others ask of this host, taken apart: questions for one of its virtual nodes, and those for the host. Nobody is believed
 * to be of our ring whose address reaches less far than ours, or is of the other family.
 */
import { mayName, reachOf } from '../../codec/ip-reach.ts'
import type { Endpoint } from '../../kernel/network.ts'
import { areSiblings, type ChordContact } from '../contact.ts'
import type { HostAnswer, HostQuestion } from '../host-messages.ts'
import type { Answer, Busy, Question } from '../messages.ts'
import type { Forwarding } from './forwarding.ts'
import type { HostStore } from './host-store.ts'
import type { KnownMembers } from './known-members.ts'
import type { Signals } from './signals.ts'
import type { Verification } from './verification.ts'
import type { VirtualNodes } from './virtual-nodes.ts'

/** In an answer to `hello`. */
export const MAX_MEMBERS_TOLD = 32
/** Of those our own. */
export const MAX_OWN_TOLD = 16

export interface QuestionsParts {
  readonly nodes: VirtualNodes
  readonly known: KnownMembers
  readonly verification: Verification
  readonly signals: Signals
  readonly forwarding: Forwarding
  readonly store: () => HostStore
  readonly admits: (contact: ChordContact) => boolean
}

export class Questions {
  private readonly parts: QuestionsParts

  constructor(parts: QuestionsParts) {
    this.parts = parts
  }

  asked(
    slot: number,
    from: ChordContact | undefined,
    question: Question,
    reply: (answer: Answer | Busy) => void,
  ): void {
    const { nodes, verification, admits } = this.parts
    const member = nodes.at(slot)?.member
    if (!member) reply({ kind: 'absent' })
    else if (from && admits(from)) verification.asked(member, from, question, reply)
    else member.asked(undefined, question, reply)
  }

  askedHost(from: Endpoint, question: HostQuestion, reply: (answer: HostAnswer) => void): void {
    const { signals, forwarding, store } = this.parts
    switch (question.kind) {
      case 'hello':
        reply({ kind: 'hello', members: this.membersFor(from) })
        break
      case 'ping':
        reply({ kind: 'done' })
        break
      case 'reach':
        signals.reach(from, question.port, reply)
        break
      case 'signal':
        signals.signal(from, question.to, reply)
        break
      case 'forward':
        forwarding.asked(from, question.target, question.steps, reply)
        break
      default:
        store().asked(from, question, reply)
    }
  }

  /** Our own first, then their neighbours and fingers, then whoever has answered of late. */
  private membersFor(from: Endpoint): ChordContact[] {
    const { nodes, known } = this.parts
    const reach = reachOf(from.host)
    const { members } = nodes
    // Not those about to leave, on which others are not to count.
    const own = nodes.active.slice(0, MAX_OWN_TOLD).map(({ member }) => member.self)
    const near = members.flatMap((member) =>
      [member.predecessor, ...member.successors, ...member.fingers.distinct].filter(
        (contact) => !areSiblings(contact, member.self),
      ),
    )
    const met = known.heardMembers.map(({ contact }) => contact)
    const told = new Map<string, ChordContact>()
    for (const contact of [...own, ...near, ...met]) {
      if (told.size >= MAX_MEMBERS_TOLD) break
      if (mayName(reach, reachOf(contact.endpoint.host)) && !told.has(contact.id.key)) told.set(contact.id.key, contact)
    }
    return [...told.values()]
  }
}
