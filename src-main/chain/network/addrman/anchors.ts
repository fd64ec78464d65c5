/**
 * Anchors: the last nodes that we were connected to, tried first at the next start, so that making a node start anew does
 * not give an attacker a fresh choice of its peers. Format: 1 · count 1 · entries of 18 bytes · checksum 4.
 */
import { ByteReader } from '../../../codec/byte-reader.ts'
import { ByteWriter } from '../../../codec/byte-writer.ts'
import { isUnicastIp } from '../../../codec/ip-address.ts'
import { bytesEqual } from '../../../kernel/bytes.ts'
import type { Endpoint } from '../../../kernel/network.ts'
import { checksumOf } from '../messages/envelope.ts'
import { IP_FIELD_BYTES, readIpField, readPort, writeIpField, writePort } from '../messages/ip-field.ts'

export const MAX_ANCHORS = 2
const FORMAT = 1
const ENTRY_BYTES = IP_FIELD_BYTES + 2
const CHECKSUM_BYTES = 4

/** The first two of `endpoints`. */
export function encodeAnchors(endpoints: readonly Endpoint[]): Uint8Array {
  const anchors = endpoints.slice(0, MAX_ANCHORS)
  const writer = new ByteWriter(2 + anchors.length * ENTRY_BYTES).u8(FORMAT).u8(anchors.length)
  for (const { host, port } of anchors) {
    writeIpField(writer, host)
    writePort(writer, port)
  }
  const body = writer.done()
  return new ByteWriter(body.length + CHECKSUM_BYTES).bytes(body).bytes(checksumOf(body)).done()
}

/** None where the bytes are damaged: an anchor is a help and no more. */
export function decodeAnchors(bytes: Uint8Array): Endpoint[] {
  const end = bytes.length - CHECKSUM_BYTES
  const body = bytes.subarray(0, Math.max(0, end))
  const count = body[1] ?? 0
  if (body[0] !== FORMAT || count > MAX_ANCHORS || body.length !== 2 + count * ENTRY_BYTES) return []
  if (!bytesEqual(checksumOf(body), bytes.subarray(end))) return []
  const reader = new ByteReader(body.subarray(2))
  const anchors: Endpoint[] = []
  while (anchors.length < count) anchors.push({ host: readIpField(reader), port: readPort(reader) })
  return anchors.filter(({ host, port }) => isUnicastIp(host) && port !== 0)
}
