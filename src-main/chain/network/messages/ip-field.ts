/** An IP address in 16 bytes, IPv4 mapped into IPv6 (`::ffff:1.2.3.4`), and a port in network byte order. */
import type { ByteReader } from '../../../codec/byte-reader.ts'
import type { ByteWriter } from '../../../codec/byte-writer.ts'
import { canonicalIp, ipBytes, ipText } from '../../../codec/ip-address.ts'

export const IP_FIELD_BYTES = 16
const MAPPED_PREFIX = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff)

/** Canonical text of the next 16 bytes; a mapped address is the IPv4 address that it is. */
export function readIpField(reader: ByteReader): string {
  const text = ipText(reader.bytes(IP_FIELD_BYTES))
  return canonicalIp(text) ?? text
}

/** @throws RangeError where `host` is no IP literal */
export function writeIpField(writer: ByteWriter, host: string): void {
  const bytes = ipBytes(host)
  if (bytes === undefined) throw new RangeError(`"${host}" is no IP address`)
  if (bytes.length === 4) writer.bytes(MAPPED_PREFIX)
  writer.bytes(bytes)
}

/** The one number in these messages that is not little-endian. */
export function readPort(reader: ByteReader): number {
  const high = reader.u8()
  return high * 0x100 + reader.u8()
}

export function writePort(writer: ByteWriter, port: number): void {
  writer.u8(port >>> 8).u8(port & 0xff)
}
