/** How many copies one message takes: a message that is too large is not sent at all. */
import type { Item } from '../../kernel/key-value-store.ts'
import { MAX_BODY_BYTES } from '../wire/limits.ts'

/** What the largest item leaves of the largest message, and what several may fill: the lists around them take the rest. */
export const COPIES_ROOM = MAX_BODY_BYTES - 60
/** Newest first, of one info-hash in a message. */
export const MAX_PEERS_COPIED = 40
/** Dictionary, age, the value's key and length. */
const ITEM_OVERHEAD = 26
/** Key, signature, `seq` and salt with their names. */
const SIGNED_OVERHEAD = 142
const SWARM_OVERHEAD = 50
const PEER_BYTES = { 4: 10, 6: 22 } as const

/** At most so many bytes for a copy of it. */
export function copySize(item: Item): number {
  return ITEM_OVERHEAD + item.value.length + (item.kind === 'mutable' ? SIGNED_OVERHEAD + item.salt.length : 0)
}

/** At most so many bytes for so many peers of one info-hash. */
export function swarmSize(peers: number, family: 4 | 6): number {
  return SWARM_OVERHEAD + peers * PEER_BYTES[family]
}
