/**
 * `version`: the first message of either side. Layout: version 4 · services 8 · time 8 · receiver 26 · sender 26 ·
 * nonce 8 · user agent, sized · height 4 · relay 1 (BIP 37; true where it is not there). What follows is ignored, for a
 * later version may add to it.
 */
import { ByteReader } from '../../../codec/byte-reader.ts'
import { ByteWriter, sizedBytesSize } from '../../../codec/byte-writer.ts'
import { utf8 } from '../../../kernel/bytes.ts'
import { IP_FIELD_BYTES, readIpField, readPort, writeIpField, writePort } from './ip-field.ts'
import type { MessageCodec } from './message-codec.ts'
import { plainText } from './plain-text.ts'
import { WireError } from './wire-error.ts'

/** What we speak: transaction ids with witnesses may be announced (BIP 339). */
export const PROTOCOL_VERSION = 70_016
/** Compact blocks of version 2 (BIP 152) begin here; nothing older is worth having. */
export const MIN_PROTOCOL_VERSION = 70_015
export const MAX_USER_AGENT_BYTES = 256

/** An address as `version` holds it: without a time. */
export interface NetworkAddress {
  readonly services: bigint
  readonly host: string
  readonly port: number
}

export interface Version {
  readonly command: 'version'
  /** Signed, 4 bytes. */
  readonly version: number
  readonly services: bigint
  /** Seconds since 1970 by the sender's clock. */
  readonly time: number
  readonly receiver: NetworkAddress
  readonly sender: NetworkAddress
  /** 64 random bits, by which a node knows a connection to itself. */
  readonly nonce: bigint
  /** Printable ASCII, at most 256 characters. */
  readonly userAgent: string
  /** Height of the sender's best block; signed, as it says. */
  readonly startHeight: number
  /** Whether transactions may be announced to the sender. */
  readonly relay: boolean
}

const FIXED_BYTES = 4 + 8 + 8 + 2 * (8 + IP_FIELD_BYTES + 2) + 8 + 4 + 1

export const version: MessageCodec<Version> = {
  command: 'version',
  maxBytes: 1_000,
  encode(message) {
    const userAgent = utf8(message.userAgent)
    if (userAgent.length > MAX_USER_AGENT_BYTES) throw new RangeError('our user agent is too long')
    const writer = new ByteWriter(FIXED_BYTES + sizedBytesSize(userAgent))
      .i32(message.version)
      .u64(message.services)
      .i64(BigInt(message.time))
    writeAddress(writer, message.receiver)
    writeAddress(writer, message.sender)
    return writer
      .u64(message.nonce)
      .sizedBytes(userAgent)
      .i32(message.startHeight)
      .u8(message.relay ? 1 : 0)
      .done()
  },
  decode(payload) {
    const reader = new ByteReader(payload)
    return {
      command: 'version',
      version: reader.i32(),
      services: reader.u64(),
      time: Number(reader.i64()),
      receiver: readAddress(reader),
      sender: readAddress(reader),
      nonce: reader.u64(),
      userAgent: readUserAgent(reader),
      startHeight: reader.i32(),
      relay: reader.left === 0 || reader.u8() !== 0,
    }
  },
}

function readUserAgent(reader: ByteReader): string {
  const length = reader.compactSize()
  if (length > MAX_USER_AGENT_BYTES)
    throw new WireError({ code: 'MALFORMED', command: 'version', what: 'USER_AGENT_LENGTH' })
  return plainText(reader.bytes(length))
}

function readAddress(reader: ByteReader): NetworkAddress {
  return { services: reader.u64(), host: readIpField(reader), port: readPort(reader) }
}

function writeAddress(writer: ByteWriter, { services, host, port }: NetworkAddress): void {
  writer.u64(services)
  writeIpField(writer, host)
  writePort(writer, port)
}
