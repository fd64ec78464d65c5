/**
 * What is in front of every payload: magic 4 · command 12, padded with zeros · length 4 · checksum 4 (the first bytes of
 * the payload's double SHA-256).
 */
import { ByteWriter } from '../../../codec/byte-writer.ts'
import { bytesEqual, toHex, utf8 } from '../../../kernel/bytes.ts'
import { hash256 } from '../../primitives/hashes.ts'
import { WireError } from './wire-error.ts'

export const ENVELOPE_BYTES = 24
export const MAGIC_BYTES = 4
const COMMAND_BYTES = 12
const CHECKSUM_BYTES = 4
/** The protocol's largest payload; of messages that we do not know too. */
export const MAX_PAYLOAD_BYTES = 4_000_000

export interface Envelope {
  /** Printable ASCII, 1 to 12 characters. */
  readonly command: string
  /** Bytes of payload that follow, as announced: not yet held against any limit. */
  readonly length: number
  /** 4 bytes. */
  readonly checksum: Uint8Array
}

export function checksumOf(payload: Uint8Array): Uint8Array {
  return hash256(payload).subarray(0, CHECKSUM_BYTES)
}

/** @param magic 4 bytes: the network's */
export function encodeEnvelope(magic: Uint8Array, command: string, payload: Uint8Array): Uint8Array {
  const name = new Uint8Array(COMMAND_BYTES)
  name.set(utf8(command))
  return new ByteWriter(ENVELOPE_BYTES).bytes(magic).bytes(name).u32(payload.length).bytes(checksumOf(payload)).done()
}

/** From 24 bytes; the result holds none of them. @throws WireError `WRONG_MAGIC`, `BAD_COMMAND` */
export function decodeEnvelope(bytes: Uint8Array, magic: Uint8Array): Envelope {
  const found = bytes.subarray(0, MAGIC_BYTES)
  if (!bytesEqual(found, magic)) throw new WireError({ code: 'WRONG_MAGIC', found: toHex(found) })
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(MAGIC_BYTES + COMMAND_BYTES, true)
  return {
    command: commandIn(bytes.subarray(MAGIC_BYTES, MAGIC_BYTES + COMMAND_BYTES)),
    length,
    checksum: bytes.slice(ENVELOPE_BYTES - CHECKSUM_BYTES, ENVELOPE_BYTES),
  }
}

/** Printable ASCII, and nothing but zeros after the first of them. */
function commandIn(name: Uint8Array): string {
  const zero = name.indexOf(0)
  const end = zero < 0 ? COMMAND_BYTES : zero
  const isText = name.subarray(0, end).every((byte) => byte > 0x20 && byte <= 0x7e)
  if (end === 0 || !isText || name.subarray(end).some((byte) => byte !== 0))
    throw new WireError({ code: 'BAD_COMMAND' })
  return String.fromCharCode(...name.subarray(0, end))
}
