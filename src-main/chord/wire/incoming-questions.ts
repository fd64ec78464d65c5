/** Takes a question from outside apart, and puts what is said to it together. */
import type { Endpoint } from '../../kernel/network.ts'
import { errorCode } from '../../rpc/krpc-message.ts'
import type { ExtensionHandler, ExtensionPort } from '../../rpc/rpc-port.ts'
import { contactAt } from '../contact.ts'
import type { HostAnswer } from '../host-messages.ts'
import type { ChordPortHandlers } from './chord-port.ts'
import { decodeQuestion, encodeAnswer, encodeHostAnswer, unlessMalformed } from './codec.ts'
import { familyOf } from './contact-bytes.ts'
import { MAX_BODY_BYTES, MAX_STRANGERS_BODY_BYTES } from './limits.ts'

const MALFORMED = { code: errorCode.protocol, message: 'malformed question' } as const
const UNKNOWN = { code: errorCode.methodUnknown, message: 'method unknown' } as const
const TOO_LARGE = { code: errorCode.server, message: 'answer too large' } as const

/** `handlers`: who answers now; while there is nobody we are as one who does not know Chord. */
export function answering(rpc: ExtensionPort, handlers: () => ChordPortHandlers | undefined): ExtensionHandler {
  return (query, from, reply) => {
    const answers = handlers()
    const asked = answers && unlessMalformed(() => decodeQuestion(query, familyOf(from)) ?? 'unknown')
    if (answers === undefined || asked === 'unknown') reply(UNKNOWN)
    else if (asked === undefined) reply(MALFORMED)
    else if (asked.for === 'host') {
      answers.askedHost(from, asked.question, (answer) => reply(hostReply(rpc, from, answer)))
    } else {
      const who = asked.from === undefined ? undefined : contactAt(from, asked.from)
      answers.asked(asked.to, who, asked.question, (answer) =>
        reply(encodeAnswer(answer), answer.kind === 'busy' ? 'more' : undefined),
      )
    }
  }
}

function hostReply(
  rpc: ExtensionPort,
  to: Endpoint,
  answer: HostAnswer,
): Parameters<Parameters<ExtensionHandler>[2]>[0] {
  if (answer.kind === 'refused') return { code: answer.code, message: answer.message }
  return encodeHostAnswer(answer, rpc.isProven(to) ? MAX_BODY_BYTES : MAX_STRANGERS_BODY_BYTES) ?? TOO_LARGE
}
