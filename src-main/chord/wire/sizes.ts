/**
 * Bytes that messages take as datagrams (UDP's own header not counted), reckoned by the code that writes them. With our 4 bytes of
 * version and 2 of transaction, as every Shoal sends them.
 */
import { encodedSize } from '../../rpc/krpc-encode.ts'
import { ID_BYTES } from '../../rpc/krpc-message.ts'
import type { HostAnswer, HostQuestion } from '../host-messages.ts'
import type { Answer, Busy, Question } from '../messages.ts'
import { bodySize } from './body.ts'
import type { Family } from './contact-bytes.ts'
import { hostAnswerEntries } from './host-answers.ts'
import { hostQuestionEntries, hostQuestionNames } from './host-questions.ts'
import { answerEntries, questionEntries, questionNames } from './ring-messages.ts'

const head = { transaction: new Uint8Array(2), id: new Uint8Array(ID_BYTES), version: new Uint8Array(4) }
const seenAt = { 4: { host: '192.0.2.1', port: 1 }, 6: { host: '2001:db8::1', port: 1 } } as const
const NOTHING = new Uint8Array()
/** Slots are 1 or 2 digits: most have 2. */
const SLOT = 10

/** Of a question from one member to another. */
export function sizeOfQuestion(question: Question): number {
  return querySize(questionNames[question.kind], bodySize(questionEntries({ to: SLOT, from: SLOT, question })))
}

export function sizeOfAnswer(answer: Answer | Busy, family: Family = 4): number {
  return answerSize(bodySize(answerEntries(answer)), family)
}

export function sizeOfHostQuestion(question: HostQuestion): number {
  return querySize(hostQuestionNames[question.kind], bodySize(hostQuestionEntries(question)))
}

export function sizeOfHostAnswer(answer: HostAnswer, family: Family = 4): number {
  if (answer.kind !== 'refused') return answerSize(bodySize(hostAnswerEntries(answer)), family)
  const { code, message } = answer
  return encodedSize({ kind: 'error', code, message, ip: seenAt[family], ...head })
}

/** Bytes of the dictionary alone: what `MAX_BODY_BYTES` and `MAX_STRANGERS_BODY_BYTES` hold for. */
export function hostAnswerBodySize(answer: Exclude<HostAnswer, { kind: 'refused' }>): number {
  return bodySize(hostAnswerEntries(answer))
}

/** Of a question's dictionary: what `MAX_QUESTION_BYTES` holds for. */
export function hostQuestionBodySize(question: HostQuestion): number {
  return bodySize(hostQuestionEntries(question))
}

function querySize(name: string, body: number): number {
  const query = { kind: 'query', readOnly: false, method: 'unknown', name, args: { c: NOTHING } } as const
  return encodedSize({ ...query, ...head }) + body
}

function answerSize(body: number, family: Family): number {
  return encodedSize({ kind: 'response', c: NOTHING, ip: seenAt[family], ...head }) + body
}
