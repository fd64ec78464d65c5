/** `headers`: a row of block headers, each with the count of its transactions, which is always 0. */
import { ByteReader } from '../../../codec/byte-reader.ts'
import { ByteWriter, compactSizeBytes } from '../../../codec/byte-writer.ts'
import { HEADER_BYTES } from '../../primitives/header.ts'
import type { MessageCodec } from './message-codec.ts'
import { WireError } from './wire-error.ts'

export const MAX_HEADERS = 2_000

export interface Headers {
  readonly command: 'headers'
  /** The headers one after the other, 80 bytes each, without the counts. */
  readonly headers: Uint8Array
}

const ENTRY_BYTES = HEADER_BYTES + 1

export const headers: MessageCodec<Headers> = {
  command: 'headers',
  maxBytes: compactSizeBytes(MAX_HEADERS) + MAX_HEADERS * ENTRY_BYTES,
  encode({ headers }) {
    const count = headers.length / HEADER_BYTES
    if (!Number.isInteger(count) || count > MAX_HEADERS)
      throw new RangeError(`${headers.length} bytes are not up to ${MAX_HEADERS} headers`)
    const writer = new ByteWriter(compactSizeBytes(count) + count * ENTRY_BYTES).compactSize(count)
    for (let at = 0; at < headers.length; at += HEADER_BYTES)
      writer.bytes(headers.subarray(at, at + HEADER_BYTES)).u8(0)
    return writer.done()
  },
  decode(payload) {
    const reader = new ByteReader(payload)
    const count = reader.count('headers', ENTRY_BYTES, MAX_HEADERS)
    const headers = new Uint8Array(count * HEADER_BYTES)
    for (let at = 0; at < headers.length; at += HEADER_BYTES) {
      headers.set(reader.bytes(HEADER_BYTES), at)
      if (reader.u8() !== 0)
        throw new WireError({ code: 'MALFORMED', command: 'headers', what: 'HEADER_WITH_TRANSACTIONS' })
    }
    reader.end()
    return { command: 'headers', headers }
  },
}
