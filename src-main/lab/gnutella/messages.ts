/**
 * What nodes of a flooded network say to each other (Gnutella 0.4, as far as searching goes): a query that everybody passes on, and a
 * hit that goes back on the way by which the query came. Messages are never changed once made.
 */
import type { Checksum } from '../../simulation/checksum.ts'

/** Names one search in the whole network. */
export interface SearchId {
  /** 16 bytes. */
  readonly bytes: Uint8Array
  /** The same as hexadecimal digits, made once. */
  readonly key: string
}

export interface QueryMessage {
  readonly kind: 'query'
  readonly id: SearchId
  /** Steps that it may still go from whoever receives it, that one included: 1 is looked at and not passed on. */
  readonly ttl: number
  /** Steps that it has come, the one to whoever receives it included. */
  readonly hops: number
  readonly item: string
}

export interface HitMessage {
  readonly kind: 'hit'
  /** Of the query that it answers. */
  readonly id: SearchId
  /** Steps that it may still go. */
  readonly ttl: number
  /** The address of who holds the item. */
  readonly holder: string
  /** Steps of the query from who asks to the holder. */
  readonly hops: number
  readonly item: string
}

export type FloodMessage = QueryMessage | HitMessage

/** Id, kind, steps to go, steps gone, length. */
const HEADER_BYTES = 23
/** Speed wanted; the end of the text. */
const QUERY_BYTES = 3
/** Count, port, address, speed; index, size and two ends of the text of the one result; id of the holder. */
const HIT_BYTES = 37

/** Bytes that a message would take. */
export function sizeOf(message: FloodMessage): number {
  return HEADER_BYTES + (message.kind === 'query' ? QUERY_BYTES : HIT_BYTES) + message.item.length
}

export function foldMessage(message: FloodMessage, checksum: Checksum): void {
  checksum.fold(message.kind === 'query' ? 0 : 1)
  checksum.fold(message.ttl * 0x100 + message.hops)
  checksum.foldBytes(message.id.bytes)
}
