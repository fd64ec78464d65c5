/**
 * Packets of the UDP tracker protocol, both directions. Shape and lengths only: who may ask what is the caller's business.
 * All numbers are big-endian. Packets may be longer than their layout (BEP 15 says so, BEP 41 uses it).
 * Spec: BEP 15; options after an announce: BEP 41.
 */
import { concatBytes, readU32, textOf, utf8, writeU32 } from '../kernel/bytes.ts'
import { CodedError } from '../kernel/errors.ts'
import type { Endpoint } from '../kernel/network.ts'
import { decodeEndpoints, encodeEndpoints, type Family } from './compact-endpoints.ts'

/** 0x41727101980, the connection id of a connect request. */
export const PROTOCOL_ID = Uint8Array.of(0, 0, 0x04, 0x17, 0x27, 0x10, 0x19, 0x80)
/** Info-hashes in one scrape: what fits a packet (BEP 15). */
export const MAX_SCRAPED = 74
/** Peers read from one announce answer. */
export const MAX_UDP_PEERS = 1_000
const MAX_ERROR_BYTES = 2_000
const CONNECT = 0
const ANNOUNCE = 1
const SCRAPE = 2
const ERROR = 3

/** Index is the number on the wire. */
const EVENTS = ['none', 'completed', 'started', 'stopped'] as const
export type AnnounceEvent = (typeof EVENTS)[number]

/** A packet broke the layout. */
export class UdpTrackerPacketError extends CodedError<{ readonly code: 'BAD_PACKET'; readonly what: string }> {
  constructor(what: string) {
    super({ code: 'BAD_PACKET', what }, `The packet is not one of the UDP tracker protocol: ${what}. It is ignored.`)
  }
}

/** What a client says of itself in an announce. Counts are whole and not negative. */
export interface UdpAnnounce {
  /** 20 bytes each. */
  readonly infoHash: Uint8Array
  readonly peerId: Uint8Array
  readonly downloaded: number
  readonly left: number
  readonly uploaded: number
  readonly event: AnnounceEvent
  /** 32 bits that prove to the tracker that a client with a new address is the same. */
  readonly key: number
  /** undefined leaves the number to the tracker (-1 on the wire). */
  readonly numwant: number | undefined
  readonly port: number
}

export interface ScrapedSwarm {
  readonly seeds: number
  readonly completed: number
  readonly leechers: number
}

export type UdpTrackerRequest =
  | { readonly type: 'connect'; readonly transaction: number }
  | ({ readonly type: 'announce'; readonly transaction: number; readonly connection: Uint8Array } & UdpAnnounce)
  | {
      readonly type: 'scrape'
      readonly transaction: number
      readonly connection: Uint8Array
      readonly infoHashes: readonly Uint8Array[]
    }

export type UdpTrackerAnswer =
  /** `connection` is 8 bytes. */
  | { readonly type: 'connect'; readonly transaction: number; readonly connection: Uint8Array }
  | {
      readonly type: 'announce'
      readonly transaction: number
      /** Seconds. */
      readonly interval: number
      readonly leechers: number
      readonly seeds: number
      readonly peers: readonly Endpoint[]
    }
  | { readonly type: 'scrape'; readonly transaction: number; readonly swarms: readonly ScrapedSwarm[] }
  | { readonly type: 'error'; readonly transaction: number; readonly message: string }

/** 16 bytes: protocol id, action 0, transaction. */
export function encodeConnectRequest(transaction: number): Uint8Array {
  return concatBytes([PROTOCOL_ID, words(CONNECT, transaction)])
}

/** 98 bytes, and BEP 41's options where `urlData` (path and query of the tracker's URL) is not empty. */
export function encodeAnnounceRequest(
  transaction: number,
  connection: Uint8Array,
  announce: UdpAnnounce,
  urlData = '',
): Uint8Array {
  return concatBytes([
    connection,
    words(ANNOUNCE, transaction),
    announce.infoHash,
    announce.peerId,
    ...[announce.downloaded, announce.left, announce.uploaded].map(u64),
    words(EVENTS.indexOf(announce.event), 0, announce.key, announce.numwant ?? 0xffffffff),
    Uint8Array.of(announce.port >> 8, announce.port & 255),
    urlDataOptions(urlData),
  ])
}

/** What a client sent. @throws UdpTrackerPacketError */
export function decodeRequest(bytes: Uint8Array): UdpTrackerRequest {
  if (bytes.length < 16) throw new UdpTrackerPacketError('it is shorter than 16 bytes')
  const connection = bytes.slice(0, 8)
  const action = readU32(bytes, 8)
  const transaction = readU32(bytes, 12)
  if (action === CONNECT) {
    if (connection.some((byte, i) => byte !== PROTOCOL_ID[i])) throw new UdpTrackerPacketError('wrong protocol id')
    return { type: 'connect', transaction }
  }
  if (action === ANNOUNCE) return { type: 'announce', transaction, connection, ...decodeAnnounce(bytes) }
  if (action !== SCRAPE) throw new UdpTrackerPacketError(`unknown action ${action}`)
  const count = Math.floor((bytes.length - 16) / 20)
  if (count < 1 || count > MAX_SCRAPED) throw new UdpTrackerPacketError(`a scrape of ${count} torrents`)
  const infoHashes = Array.from({ length: count }, (_, i) => bytes.slice(16 + 20 * i, 36 + 20 * i))
  return { type: 'scrape', transaction, connection, infoHashes }
}

/** `family`: that of the client's address, which decides the form of the peers. */
export function encodeAnswer(answer: UdpTrackerAnswer, family: Family): Uint8Array {
  const { transaction } = answer
  switch (answer.type) {
    case 'connect':
      return concatBytes([words(CONNECT, transaction), answer.connection])
    case 'announce':
      return concatBytes([
        words(ANNOUNCE, transaction, answer.interval, answer.leechers, answer.seeds),
        encodeEndpoints(answer.peers, family),
      ])
    case 'scrape':
      return concatBytes([
        words(SCRAPE, transaction),
        ...answer.swarms.map((swarm) => words(swarm.seeds, swarm.completed, swarm.leechers)),
      ])
    case 'error':
      return concatBytes([words(ERROR, transaction), utf8(answer.message)])
  }
}

/** What a tracker sent. `family` is that of the tracker's address. @throws UdpTrackerPacketError */
export function decodeAnswer(bytes: Uint8Array, family: Family): UdpTrackerAnswer {
  if (bytes.length < 8) throw new UdpTrackerPacketError('it is shorter than 8 bytes')
  const action = readU32(bytes, 0)
  const transaction = readU32(bytes, 4)
  switch (action) {
    case CONNECT:
      if (bytes.length < 16) throw new UdpTrackerPacketError('a connect answer shorter than 16 bytes')
      return { type: 'connect', transaction, connection: bytes.slice(8, 16) }
    case ANNOUNCE:
      if (bytes.length < 20) throw new UdpTrackerPacketError('an announce answer shorter than 20 bytes')
      return {
        type: 'announce',
        transaction,
        interval: readU32(bytes, 8),
        leechers: readU32(bytes, 12),
        seeds: readU32(bytes, 16),
        peers: decodeEndpoints(bytes.subarray(20), family, MAX_UDP_PEERS),
      }
    case SCRAPE: {
      const swarms = Array.from({ length: Math.min(Math.floor((bytes.length - 8) / 12), MAX_SCRAPED) }, (_, i) => ({
        seeds: readU32(bytes, 8 + 12 * i),
        completed: readU32(bytes, 12 + 12 * i),
        leechers: readU32(bytes, 16 + 12 * i),
      }))
      return { type: 'scrape', transaction, swarms }
    }
    case ERROR:
      return { type: 'error', transaction, message: textOf(bytes.subarray(8, 8 + MAX_ERROR_BYTES)) }
    default:
      throw new UdpTrackerPacketError(`unknown action ${action}`)
  }
}

/** The transaction of an answer, or undefined where the packet is too short to have one. */
export function transactionOf(answer: Uint8Array): number | undefined {
  return answer.length < 8 ? undefined : readU32(answer, 4)
}

function decodeAnnounce(bytes: Uint8Array): UdpAnnounce {
  if (bytes.length < 98) throw new UdpTrackerPacketError('an announce shorter than 98 bytes')
  const event = EVENTS[readU32(bytes, 80)]
  if (!event) throw new UdpTrackerPacketError('unknown event')
  const numwant = readU32(bytes, 92)
  return {
    infoHash: bytes.slice(16, 36),
    peerId: bytes.slice(36, 56),
    downloaded: readU64(bytes, 56),
    left: readU64(bytes, 64),
    uploaded: readU64(bytes, 72),
    event,
    key: readU32(bytes, 88),
    numwant: numwant > 0x7fffffff ? undefined : numwant,
    port: ((bytes[96] as number) << 8) | (bytes[97] as number),
  }
}

/** BEP 41: type 2, a length, up to 255 bytes; longer data goes on in further options. */
function urlDataOptions(urlData: string): Uint8Array {
  const data = utf8(urlData)
  const parts: Uint8Array[] = []
  for (let at = 0; at < data.length; at += 255) {
    const part = data.subarray(at, at + 255)
    parts.push(Uint8Array.of(2, part.length), part)
  }
  return concatBytes(parts)
}

function words(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length)
  for (const [i, value] of values.entries()) writeU32(bytes, 4 * i, value)
  return bytes
}

function u64(value: number): Uint8Array {
  return words(Math.floor(value / 2 ** 32), value % 2 ** 32)
}

/** Exact up to 2^53; beyond that the nearest double, which is all that a byte count needs. */
function readU64(bytes: Uint8Array, at: number): number {
  return readU32(bytes, at) * 2 ** 32 + readU32(bytes, at + 4)
}
