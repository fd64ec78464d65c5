/** What hosts of the laboratory's Chord hand each other: the questions and answers of `src-main/chord`, as objects. */
import type { ChordContact } from '../../chord/contact.ts'
import type { Answer, Busy, Question } from '../../chord/messages.ts'

export type ChordMessage =
  | {
      readonly kind: 'ask'
      readonly serial: number
      readonly from: ChordContact
      readonly to: ChordContact
      readonly question: Question
    }
  /** Of a question, perhaps after `busy`. */
  | { readonly kind: 'answer'; readonly serial: number; readonly answer: Answer | Busy }

/** Transaction, kind, identifier of the sender, and the dictionary around them. */
const PACKET_BYTES = 66
/** IPv4 address, port, slot. */
const CONTACT_BYTES = 7
const TARGET_BYTES = 20

/** Bytes that a message would take behind the headers of IP and UDP. */
export function sizeOf(message: ChordMessage): number {
  if (message.kind === 'ask') return PACKET_BYTES + (message.question.kind === 'route' ? TARGET_BYTES : 0)
  const { answer } = message
  switch (answer.kind) {
    case 'state':
      return PACKET_BYTES + CONTACT_BYTES * (answer.successors.length + 1)
    case 'route':
      return PACKET_BYTES + CONTACT_BYTES * (answer.successors.length + answer.closer.length)
    case 'alive':
    case 'absent':
    case 'busy':
      return PACKET_BYTES
  }
}
