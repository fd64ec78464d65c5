import type { Endpoint } from '../kernel/network.ts'
import { encodedSize, fitted, type Sized } from './krpc-encode.ts'
import { MAX_ANSWER_BYTES, MAX_ITEM_ANSWER_BYTES, type Response } from './krpc-message.ts'
import type { Answer } from './rpc-port.ts'

/** What every answer has beside what it says. */
export interface AnswerHead {
  readonly transaction: Uint8Array
  /** Ours, 20 bytes. */
  readonly id: Uint8Array
  /** Where it goes. */
  readonly ip: Endpoint
  readonly version: Uint8Array | undefined
}

/** Whether 1,400 bytes are allowed for who has proven to be there: with an item or another protocol's dictionary. */
export function mayBeLarge(answer: Answer): boolean {
  return answer.kind === 'response' && (answer.v !== undefined || answer.c !== undefined)
}

/**
 * The answer as it is sent: cut to 1,024 bytes, to 1,400 where `isLarge`; an error is no larger than the query. Undefined where
 * it cannot be made so small.
 */
export function sizedAnswer(
  answer: Answer,
  { transaction, id, ip, version }: AnswerHead,
  querySize: number,
  isLarge: boolean,
): Sized | undefined {
  if (answer.kind === 'response') {
    const limit = isLarge ? MAX_ITEM_ANSWER_BYTES : MAX_ANSWER_BYTES
    // The version is set even where there is none: to join in another object for it costs more.
    const sized = fitted({ ...answer, transaction, id, ip, version } as Response, limit)
    // Nothing can be cut from another protocol's dictionary.
    return answer.c !== undefined && sized.size > limit ? undefined : sized
  }
  for (const message of [
    { ...answer, transaction, ip, ...(version ? { version } : {}) },
    { ...answer, message: '', transaction },
  ]) {
    const size = encodedSize(message)
    if (size <= querySize) return { message, size }
  }
  return undefined
}
