/** `sendcmpct` (BIP 152): the wish for compact blocks. */
import {
  decodeSendCompact,
  encodeSendCompact,
  type SendCompact as SendCompactFields,
} from '../compact-block-messages.ts'
import type { MessageCodec } from './message-codec.ts'

export interface SendCompact extends SendCompactFields {
  readonly command: 'sendcmpct'
}

export const sendcmpct: MessageCodec<SendCompact> = {
  command: 'sendcmpct',
  maxBytes: 9,
  encode: encodeSendCompact,
  decode: (payload) => ({ command: 'sendcmpct', ...decodeSendCompact(payload) }),
}
