/**
 * `addr` and `addrv2` (BIP 155): addresses of nodes, each with the time at which it was last heard of.
 *
 * An entry of `addr` is time 4 · services 8 · IP address 16 · port 2; one of `addrv2` is time 4 · services, compact ·
 * network 1 · address, sized · port 2. Addresses of networks that we do not speak (Tor, I2P, CJDNS, those to come) are
 * checked for their length, where BIP 155 gives it, and left out.
 */
import { ByteReader } from '../../../codec/byte-reader.ts'
import { ByteWriter, compactSizeBytes } from '../../../codec/byte-writer.ts'
import { ipBytes, ipText } from '../../../codec/ip-address.ts'
import { SerializationError } from '../../../codec/serialization-error.ts'
import { bytesEqual } from '../../../kernel/bytes.ts'
import { IP_FIELD_BYTES, readIpField, readPort, writeIpField, writePort } from './ip-field.ts'
import { atMost, type MessageCodec } from './message-codec.ts'
import { WireError } from './wire-error.ts'

export const MAX_ADDRESSES = 1_000

export interface GossipAddress {
  /** Seconds since 1970, 0 to 2^32 - 1, as the sender says. */
  readonly time: number
  readonly services: bigint
  /** An IP literal. */
  readonly host: string
  readonly port: number
}

export interface Addresses<C extends 'addr' | 'addrv2'> {
  readonly command: C
  /** Only those of IPv4 and IPv6. */
  readonly addresses: readonly GossipAddress[]
}

const ADDR_ENTRY_BYTES = 4 + 8 + IP_FIELD_BYTES + 2
/** BIP 155. */
const MAX_ADDRESS_BYTES = 512
const MAX_ADDRV2_ENTRY_BYTES = 4 + 9 + 1 + 3 + MAX_ADDRESS_BYTES + 2
const MIN_ADDRV2_ENTRY_BYTES = 4 + 1 + 1 + 1 + 2
const [IPV4, IPV6] = [1, 2]
/** Bytes of an address by network: IPv4, IPv6, Tor (2 and 3), I2P, CJDNS. BIP 155. */
const ADDRESS_BYTES: ReadonlyMap<number, number> = new Map([
  [IPV4, 4],
  [IPV6, 16],
  [3, 10],
  [4, 32],
  [5, 32],
  [6, 16],
])
/** Where Tor's old addresses were put into IPv6; nothing is there. */
const ONION_PREFIX = Uint8Array.of(0xfd, 0x87, 0xd8, 0x7e, 0xeb, 0x43)

export const addr: MessageCodec<Addresses<'addr'>> = {
  command: 'addr',
  maxBytes: compactSizeBytes(MAX_ADDRESSES) + MAX_ADDRESSES * ADDR_ENTRY_BYTES,
  encode({ addresses }) {
    atMost('addresses', addresses, MAX_ADDRESSES)
    const writer = new ByteWriter(compactSizeBytes(addresses.length) + addresses.length * ADDR_ENTRY_BYTES)
    writer.compactSize(addresses.length)
    for (const { time, services, host, port } of addresses) {
      writer.u32(time).u64(services)
      writeIpField(writer, host)
      writePort(writer, port)
    }
    return writer.done()
  },
  decode(payload) {
    const reader = new ByteReader(payload)
    const addresses: GossipAddress[] = []
    for (let left = reader.count('addresses', ADDR_ENTRY_BYTES, MAX_ADDRESSES); left > 0; left--) {
      const isOnion = startsWithOnion(reader.slice(reader.position + 12, reader.position + 12 + IP_FIELD_BYTES))
      const entry = { time: reader.u32(), services: reader.u64(), host: readIpField(reader), port: readPort(reader) }
      if (!isOnion) addresses.push(entry)
    }
    reader.end()
    return { command: 'addr', addresses }
  },
}

export const addrv2: MessageCodec<Addresses<'addrv2'>> = {
  command: 'addrv2',
  maxBytes: compactSizeBytes(MAX_ADDRESSES) + MAX_ADDRESSES * MAX_ADDRV2_ENTRY_BYTES,
  encode({ addresses }) {
    const entries = atMost('addresses', addresses, MAX_ADDRESSES).map((entry) => ({ entry, ip: ipOf(entry) }))
    let size = compactSizeBytes(entries.length)
    for (const { entry, ip } of entries) size += 4 + flagsSize(entry.services) + 1 + 1 + ip.length + 2
    const writer = new ByteWriter(size).compactSize(entries.length)
    for (const { entry, ip } of entries) {
      writer.u32(entry.time)
      writeFlags(writer, entry.services)
      writer.u8(ip.length === 4 ? IPV4 : IPV6).sizedBytes(ip)
      writePort(writer, entry.port)
    }
    return writer.done()
  },
  decode(payload) {
    const reader = new ByteReader(payload)
    const addresses: GossipAddress[] = []
    for (let left = reader.count('addresses', MIN_ADDRV2_ENTRY_BYTES, MAX_ADDRESSES); left > 0; left--) {
      const time = reader.u32()
      const services = readFlags(reader)
      const host = readHost(reader)
      const port = readPort(reader)
      if (host !== undefined) addresses.push({ time, services, host, port })
    }
    reader.end()
    return { command: 'addrv2', addresses }
  },
}

function ipOf({ host }: GossipAddress): Uint8Array {
  const ip = ipBytes(host)
  if (ip === undefined) throw new RangeError(`"${host}" is no IP address`)
  return ip
}

/** Network and address; undefined for networks that are not ours and for what is disguised as one that is. */
function readHost(reader: ByteReader): string | undefined {
  const network = reader.u8()
  const length = reader.compactSize()
  if (length > MAX_ADDRESS_BYTES || length !== (ADDRESS_BYTES.get(network) ?? length))
    throw new WireError({ code: 'MALFORMED', command: 'addrv2', what: 'ADDRESS_LENGTH' })
  const bytes = reader.bytes(length)
  if (network === IPV4) return ipText(bytes)
  if (network !== IPV6 || startsWithOnion(bytes)) return undefined
  const text = ipText(bytes)
  // BIP 155: an IPv4 address has its own network, and mapped into IPv6 it is ignored.
  return ipBytes(text)?.length === IP_FIELD_BYTES ? text : undefined
}

function startsWithOnion(ip: Uint8Array): boolean {
  return bytesEqual(ip.subarray(0, ONION_PREFIX.length), ONION_PREFIX)
}

/** A compact size of up to 64 bits, which `services` may fill. */
function readFlags(reader: ByteReader): bigint {
  const first = reader.u8()
  if (first < 0xfd) return BigInt(first)
  const flags = first === 0xfd ? BigInt(reader.u16()) : first === 0xfe ? BigInt(reader.u32()) : reader.u64()
  const least = first === 0xfd ? 0xfdn : first === 0xfe ? 0x1_0000n : 0x1_0000_0000n
  if (flags < least) throw new SerializationError({ code: 'SIZE_NOT_MINIMAL', size: Number(flags) })
  return flags
}

function flagsSize(flags: bigint): number {
  return flags > 0xffff_ffffn ? 9 : compactSizeBytes(Number(flags))
}

function writeFlags(writer: ByteWriter, flags: bigint): void {
  if (flags > 0xffff_ffffn) writer.u8(0xff).u64(flags)
  else writer.compactSize(Number(flags))
}
