/**
 * Messages of `ut_pex` (BEP 11): who a peer has connected to, and whom it has lost, since its last message.
 *
 * Reads and writes at most 50 peers that came and 50 that went, IPv4 and IPv6 together; more of a stranger's are passed
 * over. Port 0, addresses that are nobody's (multicast, unspecified) and duplicates are left out.
 * Limit: a message of 16 KiB.
 */
import { encodeBencode } from '../../codec/bencode.ts'
import { BencodeError } from '../../codec/bencode-error.ts'
import { type BencodeDictionary, readDictionary } from '../../codec/bencode-read.ts'
import {
  compactSize,
  decodeEndpoints,
  encodeEndpoint,
  encodeEndpoints,
  type Family,
} from '../../codec/compact-endpoints.ts'
import { isUnicastIp } from '../../codec/ip-address.ts'
import { type Endpoint, formatEndpoint } from '../../kernel/network.ts'

/** The name in the `m` dictionary of the extended handshake. */
export const PEX_EXTENSION = 'ut_pex'
export const MAX_PEX_ADDED = 50
export const MAX_PEX_DROPPED = 50
export const MAX_PEX_MESSAGE_LENGTH = 16_384

/** What is told of a peer; all false where nothing is told. */
export interface PexFlags {
  readonly prefersEncryption: boolean
  readonly seed: boolean
  readonly utp: boolean
  readonly holepunch: boolean
  /** The teller connected to it, so it takes connections. */
  readonly reachable: boolean
}

export interface PexPeer extends PexFlags {
  readonly endpoint: Endpoint
}

export interface PexMessage {
  readonly added: readonly PexPeer[]
  readonly dropped: readonly Endpoint[]
}

/** The first 50 of each list. */
export function encodePexMessage({ added, dropped }: PexMessage): Uint8Array {
  const came = added.slice(0, MAX_PEX_ADDED)
  const went = dropped.slice(0, MAX_PEX_DROPPED)
  const [v4, v6] = ([4, 6] as const).map((family) => came.filter(({ endpoint }) => isOf(family, endpoint)))
  return encodeBencode({
    added: endpointsOf(v4 ?? [], 4),
    'added.f': flagBytes(v4 ?? []),
    added6: endpointsOf(v6 ?? [], 6),
    'added6.f': flagBytes(v6 ?? []),
    dropped: encodeEndpoints(went, 4),
    dropped6: encodeEndpoints(went, 6),
  })
}

/** @throws BencodeError */
export function decodePexMessage(payload: Uint8Array): PexMessage {
  const { dictionary } = readDictionary(payload, LIMITS)
  const added = new Map<string, PexPeer>()
  const dropped = new Map<string, Endpoint>()
  for (const [family, suffix] of FAMILIES) {
    const flags = optionalBytes(dictionary, `added${suffix}.f`)
    for (const [i, endpoint] of slots(dictionary, `added${suffix}`, family)) {
      const key = formatEndpoint(endpoint)
      if (added.size < MAX_PEX_ADDED && !added.has(key)) added.set(key, { endpoint, ...readFlags(flags[i] ?? 0) })
    }
    for (const [, endpoint] of slots(dictionary, `dropped${suffix}`, family)) {
      if (dropped.size < MAX_PEX_DROPPED) dropped.set(formatEndpoint(endpoint), endpoint)
    }
  }
  return { added: [...added.values()], dropped: [...dropped.values()] }
}

/** Each usable endpoint with its place in the list, which is also the place of its flags. */
function* slots(dictionary: BencodeDictionary, key: string, family: Family): Generator<[number, Endpoint]> {
  const bytes = optionalBytes(dictionary, key)
  const size = compactSize(family)
  if (bytes.length % size !== 0) {
    throw new BencodeError({ code: 'OUT_OF_RANGE', key, expected: `a list of peers of ${size} bytes each` })
  }
  for (let i = 0; i < bytes.length / size; i++) {
    const [endpoint] = decodeEndpoints(bytes.subarray(i * size, (i + 1) * size), family)
    if (endpoint && isUnicastIp(endpoint.host)) yield [i, endpoint]
  }
}

function optionalBytes(dictionary: BencodeDictionary, key: string): Uint8Array {
  return dictionary.has(key) ? dictionary.bytes(key) : new Uint8Array()
}

function isOf(family: Family, endpoint: Endpoint): boolean {
  return encodeEndpoint(endpoint)?.length === compactSize(family)
}

function endpointsOf(peers: readonly PexPeer[], family: Family): Uint8Array {
  return encodeEndpoints(
    peers.map(({ endpoint }) => endpoint),
    family,
  )
}

function flagBytes(peers: readonly PexPeer[]): Uint8Array {
  return Uint8Array.from(peers, (peer) => FLAGS.reduce((bits, [bit, name]) => (peer[name] ? bits | bit : bits), 0))
}

function readFlags(bits: number): PexFlags {
  const [prefersEncryption, seed, utp, holepunch, reachable] = FLAGS.map(([bit]) => (bits & bit) !== 0) as Bits
  return { prefersEncryption, seed, utp, holepunch, reachable }
}

type Bits = [boolean, boolean, boolean, boolean, boolean]
const FLAGS: readonly (readonly [bit: number, name: keyof PexFlags])[] = [
  [0x01, 'prefersEncryption'],
  [0x02, 'seed'],
  [0x04, 'utp'],
  [0x08, 'holepunch'],
  [0x10, 'reachable'],
]
const FAMILIES: readonly (readonly [Family, string])[] = [
  [4, ''],
  [6, '6'],
]
const LIMITS = { maxDepth: 4, maxItems: 100, maxBytes: MAX_PEX_MESSAGE_LENGTH }
