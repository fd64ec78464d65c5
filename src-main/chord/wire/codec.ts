/**
 * All messages of Chord as bytes: the name of a query of KRPC, and the dictionary under `c` in it and in its answer. Canonical
 * bencoding; what is read is checked field by field, and lists longer than `limits.ts` says are refused.
 */
import { BencodeError } from '../../codec/bencode-error.ts'
import type { HostQuestion } from '../host-messages.ts'
import type { Answer, Busy, Question } from '../messages.ts'
import { bodyOf, bodySize, readBody } from './body.ts'
import type { Family } from './contact-bytes.ts'
import { type HostBody, hostAnswerEntries, readHostAnswer } from './host-answers.ts'
import { hostQuestionEntries, hostQuestionNames, readHostQuestion } from './host-questions.ts'
import {
  type AddressedQuestion,
  answerEntries,
  questionEntries,
  questionNames,
  readAnswer,
  readQuestion,
} from './ring-messages.ts'

/** What all names begin with. */
export const CHORD_WORD = 'chord_'

export interface NamedBody {
  readonly name: string
  /** A bencoded dictionary. */
  readonly body: Uint8Array
}

/** A question as it is read: for a virtual node, or for the host. */
export type Asked =
  | ({ readonly for: 'node' } & AddressedQuestion)
  | { readonly for: 'host'; readonly question: HostQuestion }

export function encodeQuestion(addressed: AddressedQuestion): NamedBody {
  return { name: questionNames[addressed.question.kind], body: bodyOf(questionEntries(addressed)) }
}

export function encodeAnswer(answer: Answer | Busy): Uint8Array {
  return bodyOf(answerEntries(answer))
}

export function encodeHostQuestion(question: HostQuestion): NamedBody {
  return { name: hostQuestionNames[question.kind], body: bodyOf(hostQuestionEntries(question)) }
}

/**
 * The dictionary of an answer of at most `limit` bytes. An item that does not fit is left out and said to be too large, of peers
 * the last go first. Undefined where what is left is too large still.
 */
export function encodeHostAnswer(answer: HostBody, limit: number): Uint8Array | undefined {
  const size = bodySize(hostAnswerEntries(answer))
  if (size <= limit) return bodyOf(hostAnswerEntries(answer))
  if (answer.kind !== 'read') return undefined
  const { item, peers, ...rest } = answer
  if (item) return encodeHostAnswer({ ...rest, ...(peers ? { peers } : {}), isTooLarge: true }, limit)
  return peers && peers.length > 0 ? encodeHostAnswer({ ...rest, peers: peers.slice(0, -1) }, limit) : undefined
}

/** `family`: of the packet's source. Undefined for a name that is none of ours. @throws BencodeError that names what is wrong */
export function decodeQuestion({ name, body }: NamedBody, family: Family): Asked | undefined {
  const hostKind = hostKinds.get(name)
  const kind = nodeKinds.get(name)
  if (hostKind === undefined && kind === undefined) return undefined
  const dictionary = readBody(body)
  if (kind !== undefined && (hostKind === undefined || dictionary.has('to')))
    return { for: 'node', ...readQuestion(kind, dictionary) }
  return { for: 'host', question: readHostQuestion(hostKind as HostQuestion['kind'], dictionary, family) }
}

/** @throws BencodeError where it is no answer to such a question */
export function decodeAnswer(asked: Question['kind'], body: Uint8Array, family: Family): Answer | Busy {
  return readAnswer(asked, readBody(body), family)
}

/** @throws BencodeError where it is no answer to such a question */
export function decodeHostAnswer(asked: HostQuestion['kind'], body: Uint8Array, family: Family): HostBody {
  return readHostAnswer(asked, readBody(body), family)
}

/** What `read` returns; undefined where the bytes are not what they should be. */
export function unlessMalformed<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof BencodeError) return undefined
    throw error
  }
}

function kindsByName<K extends string>(names: Readonly<Record<K, string>>): ReadonlyMap<string, K> {
  return new Map(Object.entries<string>(names).map(([kind, name]) => [name, kind as K]))
}

const nodeKinds = kindsByName(questionNames)
const hostKinds = kindsByName(hostQuestionNames)
