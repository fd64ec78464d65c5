/**
 * Questions between virtual nodes and their answers, as dictionaries. A question says in `to` which slot of the host it is for,
 * and in `from` which slot of the asking host asks; a client has none. Where it asks from is where its packet comes from.
 */
import { BencodeError } from '../../codec/bencode-error.ts'
import type { BencodeDictionary } from '../../codec/bencode-read.ts'
import { assertNever } from '../../kernel/errors.ts'
import { type Answer, BUSY, type Busy, type Question } from '../messages.ts'
import { SLOTS } from '../position.ts'
import { readFlag, readId, type WriteEntries, writeFlag, writeId } from './body.ts'
import { type Family, readContact, readContacts, writeContacts } from './contact-bytes.ts'
import { MAX_CLOSER_IN_MESSAGE, MAX_SUCCESSORS_IN_MESSAGE } from './limits.ts'

/** A question with whom it is for and who asks. */
export interface AddressedQuestion {
  readonly to: number
  readonly from: number | undefined
  readonly question: Question
}

export const questionNames: Readonly<Record<Question['kind'], string>> = {
  ping: 'chord_ping',
  state: 'chord_state',
  notify: 'chord_notify',
  leaving: 'chord_leaving',
  route: 'chord_route',
}

export function questionEntries({ to: slot, from, question }: AddressedQuestion): WriteEntries {
  return (to) => {
    if (from !== undefined) to.text('from').integer(from)
    if (question.kind === 'route') writeId(to, 'target', question.target)
    to.text('to').integer(slot)
  }
}

/** @throws BencodeError that names what is wrong */
export function readQuestion(kind: Question['kind'], body: BencodeDictionary): AddressedQuestion {
  const to = body.integer('to', { max: SLOTS - 1 })
  const from = body.has('from') ? body.integer('from', { max: SLOTS - 1 }) : undefined
  return { to, from, question: kind === 'route' ? { kind, target: readId(body, 'target') } : { kind } }
}

/** Lists are cut to what a message may have. */
export function answerEntries(answer: Answer | Busy): WriteEntries {
  return (to) => {
    switch (answer.kind) {
      case 'absent':
      case 'busy':
        writeFlag(to, answer.kind, true)
        return
      case 'alive':
        return
      case 'state':
        writeContacts(to.text('predecessor'), [answer.predecessor], 1)
        writeContacts(to.text('successors'), answer.successors, MAX_SUCCESSORS_IN_MESSAGE)
        return
      case 'route':
        writeContacts(to.text('closer'), answer.closer, MAX_CLOSER_IN_MESSAGE)
        writeContacts(to.text('successors'), answer.successors, MAX_SUCCESSORS_IN_MESSAGE)
        return
      default:
        assertNever(answer)
    }
  }
}

/** `asked`: the question that it answers; only one for the state may be answered by `busy`. @throws BencodeError */
export function readAnswer(asked: Question['kind'], body: BencodeDictionary, family: Family): Answer | Busy {
  if (readFlag(body, 'absent')) return { kind: 'absent' }
  if (asked === 'state') return readFlag(body, 'busy') ? BUSY : stateIn(body, family)
  if (asked !== 'route') return { kind: 'alive' }
  const closer = readContacts(body, 'closer', family, MAX_CLOSER_IN_MESSAGE)
  return { kind: 'route', closer, successors: readContacts(body, 'successors', family, MAX_SUCCESSORS_IN_MESSAGE) }
}

/** There is always a successor: a member that is alone names itself. */
function stateIn(body: BencodeDictionary, family: Family): Answer {
  const successors = readContacts(body, 'successors', family, MAX_SUCCESSORS_IN_MESSAGE)
  if (successors.length === 0) {
    throw new BencodeError({ code: 'OUT_OF_RANGE', key: 'successors', expected: 'a list of members that is not empty' })
  }
  return { kind: 'state', successors, predecessor: readContact(body, 'predecessor', family) }
}
