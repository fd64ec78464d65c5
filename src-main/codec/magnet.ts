/**
 * Magnet links of version 1 torrents (BEP 9), with a choice of files (BEP 53) and of torrents that are updated through
 * the DHT (BEP 46).
 *
 * Refused: what leaves open what is meant (no hash, two hashes, a broken hash, key, salt or choice of files). Dropped
 * without a word: what only helps, such as trackers, web seeds and peers that cannot be used, duplicates, what is beyond
 * the limits, and a name with broken escapes. Unknown parameters are passed over. Of a hybrid link the v1 hash counts.
 *
 * A link that is made here is read back as what it was made of, and is never longer than may be read.
 * Limits: 16 KiB, 100 trackers, 100 web seeds, 100 peers of 2,048 bytes each, a name of 240 characters.
 */
import { fromHex, toHex, utf8 } from '../kernel/bytes.ts'
import { type Endpoint, formatEndpoint } from '../kernel/network.ts'
import { fromBase32 } from './base32.ts'
import { canonicalIp, isUnicastIp } from './ip-address.ts'
import { MagnetError } from './magnet-error.ts'
import { type FileRange, formatFileRanges, MAX_FILE_RANGES, parseFileRanges } from './magnet-files.ts'
import { type MagnetParameter, magnetParameters, unescapedBytes, unescapedText } from './magnet-parameters.ts'
import { usableTrackerUrl, usableWebSeedUrl } from './swarm-urls.ts'

export const MAX_MAGNET_BYTES = 16_384
export const MAX_MAGNET_TRACKERS = 100
export const MAX_MAGNET_WEB_SEEDS = 100
export const MAX_MAGNET_PEERS = 100
export const MAX_MAGNET_NAME_LENGTH = 240
/** BEP 44. */
export const MAX_SALT_BYTES = 64

/** What `urn:btpk` names: a mutable item in the DHT that holds the info-hash of the present version (BEP 46). */
export interface MutableSource {
  /** 32 bytes, ed25519. */
  readonly publicKey: Uint8Array
  /** 0 to 64 bytes. */
  readonly salt: Uint8Array
}

/** At least one of `infoHash` and `mutable` is there. */
export interface Magnet {
  /** 20 bytes: `xt=urn:btih:`. */
  readonly infoHash: Uint8Array | undefined
  readonly mutable: MutableSource | undefined
  /** Text from outside: one line without control and direction characters; empty where not told. */
  readonly name: string
  readonly trackers: readonly string[]
  readonly webSeeds: readonly string[]
  /** `x.pe`; the host is a canonical IP literal or a name in lower case that is yet to be resolved. */
  readonly peers: readonly Endpoint[]
  /** `so`: which files to download; undefined means all. In order, neither touching nor overlapping. */
  readonly files: readonly FileRange[] | undefined
}

/** @throws MagnetError */
export function parseMagnet(text: string): Magnet {
  if (text.length > MAX_MAGNET_BYTES || utf8(text).length > MAX_MAGNET_BYTES) {
    throw new MagnetError({ code: 'TOO_LARGE', limit: MAX_MAGNET_BYTES })
  }
  const parameters = magnetParameters(text.trim())
  if (parameters === undefined) throw new MagnetError({ code: 'NOT_A_MAGNET' })
  const infoHash = infoHashOf(rawValues(parameters, 'xt'))
  const mutable = mutableOf(parameters)
  if (!infoHash && !mutable) {
    const v2 = rawValues(parameters, 'xt').some((raw) => /^urn:btmh:/i.test(unescapedText(raw) ?? ''))
    throw new MagnetError({ code: v2 ? 'V2_ONLY' : 'NO_HASH' })
  }
  return {
    infoHash,
    mutable,
    name: nameOf(parameters),
    trackers: distinct(rawValues(parameters, 'tr'), trackerOf, MAX_MAGNET_TRACKERS),
    webSeeds: distinct(rawValues(parameters, 'ws'), webSeedOf, MAX_MAGNET_WEB_SEEDS),
    peers: peersOf(rawValues(parameters, 'x.pe')),
    files: filesOf(rawValues(parameters, 'so')[0]),
  }
}

/** What a link is made of; everything but one of `infoHash` and `mutable` may be left out. */
export type MagnetParts = { readonly [Key in keyof Magnet]?: Magnet[Key] | undefined }

/**
 * The link. Trackers, web seeds and peers that `parseMagnet` would drop are left out, and so are those at the end for
 * which there is no room. @throws RangeError without a hash or key, or with one of a wrong length
 */
export function formatMagnet(parts: MagnetParts): string {
  const pairs = subjectPairs(parts)
  const name = cleanName(parts.name ?? '')
  if (name !== '') pairs.push(`dn=${encodeURIComponent(name)}`)
  if (parts.files?.length) pairs.push(`so=${formatFileRanges(parts.files)}`)
  const peers = (parts.peers ?? []).map(formatEndpoint).filter((text) => endpointOf(text) !== undefined)
  let link = `magnet:?${pairs.join('&')}`
  const add = (key: string, values: readonly string[], usable: (raw: string) => string | undefined, limit: number) => {
    for (const value of distinct(values.map(encodeURIComponent), usable, limit)) {
      const pair = `&${key}=${encodeURIComponent(value)}`
      if (link.length + pair.length <= MAX_MAGNET_BYTES) link += pair
    }
  }
  add('x.pe', peers, peerTextOf, MAX_MAGNET_PEERS)
  add('tr', (parts.trackers ?? []).filter(isWellFormed), trackerOf, MAX_MAGNET_TRACKERS)
  add('ws', (parts.webSeeds ?? []).filter(isWellFormed), webSeedOf, MAX_MAGNET_WEB_SEEDS)
  return link
}

function subjectPairs({ infoHash, mutable, files }: MagnetParts): string[] {
  if (!infoHash && !mutable) throw new RangeError('a magnet link needs an info-hash or a public key')
  if (infoHash && infoHash.length !== 20) throw new RangeError('an info-hash has 20 bytes')
  if (mutable && (mutable.publicKey.length !== 32 || mutable.salt.length > MAX_SALT_BYTES)) {
    throw new RangeError(`a public key has 32 bytes, its salt at most ${MAX_SALT_BYTES}`)
  }
  if (files && files.length > MAX_FILE_RANGES) throw new RangeError(`more than ${MAX_FILE_RANGES} ranges of files`)
  const pairs: string[] = []
  if (infoHash) pairs.push(`xt=urn:btih:${toHex(infoHash)}`)
  if (mutable) pairs.push(`xs=urn:btpk:${toHex(mutable.publicKey)}`)
  if (mutable && mutable.salt.length > 0) pairs.push(`s=${toHex(mutable.salt)}`)
  return pairs
}

function rawValues(parameters: readonly MagnetParameter[], key: string): string[] {
  return parameters.filter((parameter) => parameter.key === key).map(({ raw }) => raw)
}

function infoHashOf(rawTopics: readonly string[]): Uint8Array | undefined {
  const hashes = urnsOf(rawTopics, 'btih').map((text) => {
    const bytes = /^[0-9a-f]{40}$/i.test(text) ? fromHex(text) : text.length === 32 ? fromBase32(text) : undefined
    if (bytes === undefined) throw new MagnetError({ code: 'BAD_HASH' })
    return bytes
  })
  return theOnlyOne(hashes)
}

function mutableOf(parameters: readonly MagnetParameter[]): MutableSource | undefined {
  const keys = urnsOf(rawValues(parameters, 'xs'), 'btpk').map((text) => {
    if (!/^[0-9a-f]{64}$/i.test(text)) throw new MagnetError({ code: 'BAD_PUBLIC_KEY' })
    return fromHex(text)
  })
  const publicKey = theOnlyOne(keys)
  if (publicKey === undefined) return undefined
  const salts = rawValues(parameters, 's').map((raw) => {
    const text = unescapedText(raw)
    if (text === undefined || text.length > 2 * MAX_SALT_BYTES || !/^([0-9a-f]{2})*$/i.test(text)) {
      throw new MagnetError({ code: 'BAD_SALT', limit: MAX_SALT_BYTES })
    }
    return fromHex(text)
  })
  return { publicKey, salt: theOnlyOne(salts) ?? new Uint8Array() }
}

/** What follows `urn:KIND:` in those of the values that begin so. */
function urnsOf(rawUrns: readonly string[], kind: string): string[] {
  const prefix = `urn:${kind}:`
  return rawUrns
    .map((raw) => unescapedText(raw) ?? raw)
    .filter((text) => text.slice(0, prefix.length).toLowerCase() === prefix)
    .map((text) => text.slice(prefix.length))
}

function theOnlyOne(values: readonly Uint8Array[]): Uint8Array | undefined {
  if (new Set(values.map(toHex)).size > 1) throw new MagnetError({ code: 'SEVERAL_HASHES' })
  return values[0]
}

/** The first name that can be read; `+` is a space, as programs write names like form fields. */
function nameOf(parameters: readonly MagnetParameter[]): string {
  for (const raw of rawValues(parameters, 'dn')) {
    const name = cleanName(unescapedText(raw.replaceAll('+', ' ')) ?? '')
    if (name !== '') return name
  }
  return ''
}

function cleanName(text: string): string {
  const plain = text.replace(NOT_IN_NAMES, '').trim()
  return [...plain].slice(0, MAX_MAGNET_NAME_LENGTH).join('').trim()
}

/** Control characters, halves of characters, line separators, and what changes the direction of text. */
const NOT_IN_NAMES = /[\p{Cc}\p{Surrogate}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu

function filesOf(raw: string | undefined): readonly FileRange[] | undefined {
  if (raw === undefined) return undefined
  const ranges = parseFileRanges(unescapedText(raw) ?? '')
  if (ranges === undefined) throw new MagnetError({ code: 'BAD_FILES', limit: MAX_FILE_RANGES })
  return ranges
}

function trackerOf(raw: string): string | undefined {
  return usableTrackerUrl(unescapedBytes(raw))
}

function webSeedOf(raw: string): string | undefined {
  return usableWebSeedUrl(unescapedBytes(raw))
}

function peersOf(raws: readonly string[]): Endpoint[] {
  return distinct(raws, peerTextOf, MAX_MAGNET_PEERS).map((text) => endpointOf(text) as Endpoint)
}

function peerTextOf(raw: string): string | undefined {
  const endpoint = endpointOf(unescapedText(raw) ?? '')
  return endpoint && formatEndpoint(endpoint)
}

/** `hostname:port`, `ipv4:port` or `[ipv6]:port`. */
function endpointOf(text: string): Endpoint | undefined {
  const [, inBrackets, plain = '', digits] = PEER.exec(text) ?? []
  const port = Number(digits)
  if (digits === undefined || port < 1 || port > 65_535) return undefined
  if (inBrackets === undefined && HOST_NAME.test(plain)) return { host: plain.toLowerCase(), port }
  const host = canonicalIp(inBrackets ?? plain)
  return host !== undefined && isUnicastIp(host) ? { host, port } : undefined
}

const PEER = /^(?:\[([0-9a-f:.]{2,45})\]|([0-9a-z.-]{1,253})):(\d{1,5})$/i
/** Labels of at most 63 characters; the last one begins with a letter, so that no number is taken for a name. */
const HOST_NAME = /^(?:[0-9a-z](?:[0-9a-z-]{0,61}[0-9a-z])?\.)*[a-z](?:[0-9a-z-]{0,61}[0-9a-z])?$/i

function distinct(raws: readonly string[], read: (raw: string) => string | undefined, limit: number): string[] {
  const values = new Set<string>()
  for (const raw of raws) {
    const value = values.size < limit ? read(raw) : undefined
    if (value !== undefined) values.add(value)
  }
  return [...values]
}

/** Without halves of characters, which no link can carry. */
function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text)
}
