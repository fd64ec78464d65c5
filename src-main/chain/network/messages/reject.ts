/**
 * `reject` (BIP 61): why a peer did not take what it was sent. Read for the log alone: nothing depends on a stranger's
 * word, and we send none (the network gave them up, for a refusal tells an attacker more than a friend).
 */
import { ByteReader } from '../../../codec/byte-reader.ts'
import { ByteWriter, sizedBytesSize } from '../../../codec/byte-writer.ts'
import { utf8 } from '../../../kernel/bytes.ts'
import { HASH_BYTES } from '../../primitives/hashes.ts'
import type { MessageCodec } from './message-codec.ts'
import { plainText } from './plain-text.ts'
import { WireError } from './wire-error.ts'

const MAX_COMMAND_BYTES = 12
const MAX_REASON_BYTES = 111

export interface Reject {
  readonly command: 'reject'
  /** Name of the message that was refused. Printable ASCII. */
  readonly refused: string
  /** BIP 61: 0x10 invalid, 0x12 duplicate, 0x40 not standard, and so on. */
  readonly reasonCode: number
  /** A stranger's words, printable ASCII, at most 111 characters. */
  readonly reason: string
  /** Hash of the block or transaction, 32 bytes; of other messages whatever was sent, mostly nothing. */
  readonly data: Uint8Array
}

export const reject: MessageCodec<Reject> = {
  command: 'reject',
  maxBytes: 1 + MAX_COMMAND_BYTES + 1 + 1 + MAX_REASON_BYTES + HASH_BYTES,
  encode({ refused, reasonCode, reason, data }) {
    const [name, words] = [utf8(refused), utf8(reason)]
    return new ByteWriter(sizedBytesSize(name) + 1 + sizedBytesSize(words) + data.length)
      .sizedBytes(name)
      .u8(reasonCode)
      .sizedBytes(words)
      .bytes(data)
      .done()
  },
  decode(payload) {
    const reader = new ByteReader(payload)
    const refused = readText(reader, MAX_COMMAND_BYTES)
    const reasonCode = reader.u8()
    const reason = readText(reader, MAX_REASON_BYTES)
    return { command: 'reject', refused, reasonCode, reason, data: reader.bytes(reader.left) }
  },
}

function readText(reader: ByteReader, limit: number): string {
  const length = reader.compactSize()
  if (length > limit) throw new WireError({ code: 'MALFORMED', command: 'reject', what: 'TEXT_LENGTH' })
  return plainText(reader.bytes(length))
}
