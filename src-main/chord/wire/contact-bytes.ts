/**
 * Members and peers as bytes, all of one message of the one address family that its ring has. A member is its address, its port
 * and its slot (7 bytes IPv4, 19 IPv6): where it stands follows from these, so that nobody can name another place.
 */
import { BencodeError } from '../../codec/bencode-error.ts'
import type { BencodeDictionary } from '../../codec/bencode-read.ts'
import { compactSize, type Family } from '../../codec/compact-endpoints.ts'
import type { Endpoint } from '../../kernel/network.ts'
import { compactEndpoint, readEndpoint } from '../../rpc/compact-endpoint.ts'
import type { KrpcWriter } from '../../rpc/krpc-writer.ts'
import { type ChordContact, contactAt } from '../contact.ts'
import type { CopiedPeer } from '../host-messages.ts'
import { SLOTS } from '../position.ts'

export type { Family }

/** Of a packet's source or a ring's member. */
export function familyOf({ host }: Endpoint): Family {
  return host.includes(':') ? 6 : 4
}

/** Bytes of one member. */
export function contactSize(family: Family): number {
  return compactSize(family) + 1
}

/** Seconds in two bytes: longer than any peer is kept. */
const MAX_PEER_AGE = 0xffff
const SEED = 1

/** One byte string of the first `most`; those whose endpoint has no compact form are left out. */
export function writeContacts(to: KrpcWriter, contacts: readonly ChordContact[], most: number): void {
  const parts: Uint8Array[] = []
  for (const { endpoint, slot } of contacts.slice(0, most)) {
    const compact = compactEndpoint(endpoint)
    if (compact) parts.push(compact, Uint8Array.of(slot))
  }
  writeJoined(to, parts)
}

export function writeEndpoints(to: KrpcWriter, endpoints: readonly Endpoint[], most: number): void {
  writeJoined(
    to,
    endpoints.slice(0, most).flatMap((endpoint) => compactEndpoint(endpoint) ?? []),
  )
}

/** Peers with whether they have everything (1 byte) and their age in seconds (2 bytes). */
export function writeCopiedPeers(to: KrpcWriter, peers: readonly CopiedPeer[], most: number): void {
  const parts: Uint8Array[] = []
  for (const { endpoint, seed, age } of peers.slice(0, most)) {
    const compact = compactEndpoint(endpoint)
    const seconds = Math.min(MAX_PEER_AGE, Math.max(0, Math.floor(age)))
    if (compact) parts.push(compact, Uint8Array.of(seed ? SEED : 0, seconds >> 8, seconds & 0xff))
  }
  writeJoined(to, parts)
}

/** @throws BencodeError where it is no list of at most `most` members */
export function readContacts(from: BencodeDictionary, key: string, family: Family, most: number): ChordContact[] {
  const size = contactSize(family)
  return records(from, key, size, most).map((bytes) => {
    const slot = bytes[size - 1] as number
    const contact = slot < SLOTS ? contactAt(endpointIn(bytes, key, family), slot) : undefined
    if (contact === undefined) throw new BencodeError({ code: 'OUT_OF_RANGE', key, expected: 'a list of members' })
    return contact
  })
}

/** @throws BencodeError where it is not one member */
export function readContact(from: BencodeDictionary, key: string, family: Family): ChordContact {
  const [contact] = readContacts(from, key, family, 1)
  if (contact === undefined) throw new BencodeError({ code: 'OUT_OF_RANGE', key, expected: 'a member' })
  return contact
}

/** @throws BencodeError where it is no list of at most `most` endpoints */
export function readEndpoints(from: BencodeDictionary, key: string, family: Family, most: number): Endpoint[] {
  return records(from, key, compactSize(family), most).map((bytes) => endpointIn(bytes, key, family))
}

/** @throws BencodeError where it is not one endpoint */
export function readOneEndpoint(from: BencodeDictionary, key: string, family: Family): Endpoint {
  return endpointIn(from.bytes(key, compactSize(family)), key, family)
}

/** @throws BencodeError where it is no list of at most `most` peers with their ages */
export function readCopiedPeers(from: BencodeDictionary, key: string, family: Family, most: number): CopiedPeer[] {
  const size = compactSize(family)
  return records(from, key, size + 3, most).map((bytes) => {
    const [flags, high, low] = bytes.subarray(size) as unknown as [number, number, number]
    return { endpoint: endpointIn(bytes, key, family), seed: (flags & SEED) === SEED, age: (high << 8) | low }
  })
}

/** An IPv4 address in the form of IPv6 is none of that family. */
function endpointIn(bytes: Uint8Array, key: string, family: Family): Endpoint {
  const endpoint = readEndpoint(bytes, 0, family === 4 ? 6 : 18)
  if (endpoint === undefined || familyOf(endpoint) !== family)
    throw new BencodeError({ code: 'OUT_OF_RANGE', key, expected: 'endpoints with a port' })
  return endpoint
}

function records(from: BencodeDictionary, key: string, size: number, most: number): Uint8Array[] {
  const bytes = from.bytes(key, { max: size * most })
  if (bytes.length % size !== 0) {
    throw new BencodeError({ code: 'OUT_OF_RANGE', key, expected: `records of ${size} bytes` })
  }
  return Array.from({ length: bytes.length / size }, (_, i) => bytes.subarray(i * size, (i + 1) * size))
}

function writeJoined(to: KrpcWriter, parts: readonly Uint8Array[]): void {
  to.head(parts.reduce((sum, part) => sum + part.length, 0))
  for (const part of parts) to.raw(part)
}
