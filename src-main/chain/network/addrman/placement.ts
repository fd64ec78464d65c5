/**
 * Where an address may lie, by a secret key, so that nobody outside can work out whom it would push away.
 *
 * New: one source's addresses lie in 64 of the 1,024 buckets. Tried: one netgroup's lie in 8 of the 256. Of the small
 * network (see `netgroup.ts`) all lie in 32 buckets of each table, whoever named them.
 */
import { type Endpoint, formatEndpoint } from '../../../kernel/network.ts'
import { SIPHASH_KEY_BYTES, SipHash } from '../../light/siphash.ts'
import { isSmallNetwork, netgroupOf } from '../netgroup.ts'
import { BUCKET_SLOTS } from './bucket-table.ts'

export const NEW_BUCKETS = 1_024
export const TRIED_BUCKETS = 256
export const NEW_BUCKETS_OF_A_SOURCE = 64
export const TRIED_BUCKETS_OF_A_GROUP = 8
export const SMALL_NETWORK_BUCKETS = 32
export const PLACEMENT_KEY_BYTES = SIPHASH_KEY_BYTES

/** Longer than any text that is hashed here: two addresses of 45 characters and a few words. */
const MAX_TEXT = 512

export class Placement {
  readonly #hash: SipHash
  readonly #text = new Uint8Array(MAX_TEXT)

  /** @param key 16 secret bytes */
  constructor(key: Uint8Array) {
    this.#hash = new SipHash(key)
  }

  /** Slot of the new table for an address that somebody of `sourceGroup` named. */
  newSlot(endpoint: Endpoint, sourceGroup: string): number {
    const name = formatEndpoint(endpoint)
    const part = isSmallNetwork(endpoint.host)
      ? this.#small(name)
      : `${sourceGroup} ${this.#number(`new ${netgroupOf(endpoint)} by ${sourceGroup}`) % NEW_BUCKETS_OF_A_SOURCE}`
    return this.#slotIn('new', this.#number(`new ${part}`) % NEW_BUCKETS, name)
  }

  triedSlot(endpoint: Endpoint): number {
    const name = formatEndpoint(endpoint)
    const part = isSmallNetwork(endpoint.host)
      ? this.#small(name)
      : `${netgroupOf(endpoint)} ${this.#number(`tried ${name}`) % TRIED_BUCKETS_OF_A_GROUP}`
    return this.#slotIn('tried', this.#number(`tried ${part}`) % TRIED_BUCKETS, name)
  }

  #small(name: string): string {
    return `small ${this.#number(`small ${name}`) % SMALL_NETWORK_BUCKETS}`
  }

  #slotIn(table: 'new' | 'tried', bucket: number, name: string): number {
    return bucket * BUCKET_SLOTS + (this.#number(`${table} ${bucket} ${name}`) % BUCKET_SLOTS)
  }

  /** 32 bits; what it is taken modulo are powers of two. All texts are ASCII. */
  #number(text: string): number {
    const length = Math.min(text.length, MAX_TEXT)
    for (let i = 0; i < length; i++) this.#text[i] = text.charCodeAt(i)
    return this.#hash.hash(this.#text.subarray(0, length)).low
  }
}
