/** What hosts of the laboratory's Chord hand each other: the questions and answers of `src-main/chord`, as objects. */
import type { ChordContact } from '../../chord/contact.ts'
import type { HostAnswer, HostQuestion } from '../../chord/host-messages.ts'
import type { Answer, Busy, Question } from '../../chord/messages.ts'
import { sizeOfAnswer, sizeOfHostAnswer, sizeOfHostQuestion, sizeOfQuestion } from '../../chord/wire/sizes.ts'

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
  /** For a host as a whole. */
  | { readonly kind: 'ask-host'; readonly serial: number; readonly question: HostQuestion }
  | { readonly kind: 'answer-host'; readonly serial: number; readonly answer: HostAnswer }

/** More than any list in a message has entries. */
const LIST_BASE = 128

/**
 * Sizes once reckoned, by kind and by how long the lists in it are: all contacts of the laboratory have IPv4 addresses and take
 * as many bytes.
 */
const known = new Map<string, number>()

/** Bytes that a message takes on the wire, behind the headers of IP and UDP. */
export function sizeOf(message: ChordMessage): number {
  if (message.kind === 'ask') return remembered(message.question.kind, 0, () => sizeOfQuestion(message.question))
  if (message.kind === 'ask-host') return sizeOfHostQuestion(message.question)
  if (message.kind === 'answer-host') return sizeOfHostAnswer(message.answer)
  const { answer } = message
  return remembered(`${answer.kind}!`, entriesOf(answer), () => sizeOfAnswer(answer))
}

function entriesOf(answer: Answer | Busy): number {
  switch (answer.kind) {
    case 'state':
      return answer.successors.length
    case 'route':
      return answer.successors.length * LIST_BASE + answer.closer.length
    case 'alive':
    case 'absent':
    case 'busy':
      return 0
  }
}

function remembered(kind: string, entries: number, reckon: () => number): number {
  const key = entries === 0 ? kind : `${kind}${entries}`
  const before = known.get(key)
  if (before !== undefined) return before
  const size = reckon()
  known.set(key, size)
  return size
}
