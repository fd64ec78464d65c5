/** A page of what a host keeps of a range: items and peers of info-hashes in the order of their keys, as many as fit. */

import type { StoredPeer } from '../../items/swarms.ts'
import { type Millis, SECOND } from '../../kernel/clock.ts'
import type { CopiedItem, CopiedPeer, HostAnswer, KeyRange } from '../host-messages.ts'
import { compareIds, type RingId } from '../ring-id.ts'
import { MAX_COPIES_IN_MESSAGE, MAX_INFO_HASHES_IN_MESSAGE } from '../wire/limits.ts'
import type { HeldItem, ItemShelf } from './item-shelf.ts'
import type { PeerShelf } from './peer-shelf.ts'
import { COPIES_ROOM, copySize, MAX_PEERS_COPIED, swarmSize } from './sizes.ts'

export type CopiesAnswer = Extract<HostAnswer, { readonly kind: 'copies' }>
type Swarm = CopiesAnswer['peers'][number]

/** At least one entry where there is any. `from`: the last key of the page before. */
export function pageOf(
  items: ItemShelf,
  peers: PeerShelf,
  range: KeyRange,
  from: RingId | undefined,
  now: Millis,
): CopiesAnswer {
  const rest = { after: from ?? range.after, upTo: range.upTo }
  // Nothing is left behind the end of a range; only without `from` does equality mean the whole ring.
  if (from?.equals(range.upTo)) return { kind: 'copies', items: [], peers: [], next: undefined }
  const held = items.inRange(rest, now)
  const infoHashes = peers.inRange(rest)
  const page: { items: CopiedItem[]; peers: Swarm[] } = { items: [], peers: [] }
  let room = COPIES_ROOM
  let next: RingId | undefined
  let [i, p] = [0, 0]
  while (i < held.length || p < infoHashes.length) {
    const [item, infoHash] = [held[i], infoHashes[p]]
    const isItem = item !== undefined && (infoHash === undefined || isBefore(rest.after, item.key, infoHash))
    const entry = isItem ? item : swarmOf(peers, infoHash as RingId, now)
    const size = 'item' in entry ? copySize(entry.item) : swarmSize(entry.peers.length, familyOf(entry))
    const isFull =
      size > room || page.items.length >= MAX_COPIES_IN_MESSAGE || page.peers.length >= MAX_INFO_HASHES_IN_MESSAGE
    if (isFull && next) return { kind: 'copies', ...page, next }
    room -= size
    if (isItem) {
      page.items.push(copyFor(item, now))
      next = item.key
      i += 1
    } else {
      if ((entry as Swarm).peers.length > 0) page.peers.push(entry as Swarm)
      next = infoHash
      p += 1
    }
  }
  return { kind: 'copies', ...page, next: undefined }
}

export function copyFor({ item, putAt }: HeldItem, now: Millis): CopiedItem {
  return { item, age: ageOf(putAt, now) }
}

/** The newest peers of an info-hash, as one message takes them. */
export function swarmOf(shelf: PeerShelf, infoHash: RingId, now: Millis): { infoHash: RingId; peers: CopiedPeer[] } {
  const newest = shelf.current(infoHash, now).slice(-MAX_PEERS_COPIED)
  return { infoHash, peers: newest.map((peer) => copyOfPeer(peer, now)) }
}

function copyOfPeer({ endpoint, seed, announcedAt }: StoredPeer, now: Millis): CopiedPeer {
  return { endpoint, seed, age: ageOf(announcedAt, now) }
}

function ageOf(since: Millis, now: Millis): number {
  return Math.max(0, Math.floor((now - since) / SECOND))
}

function familyOf({ peers }: Swarm): 4 | 6 {
  return peers.some(({ endpoint }) => endpoint.host.includes(':')) ? 6 : 4
}

/** Whether `a` is met no later than `b` on the way from `start`. */
function isBefore(start: RingId, a: RingId, b: RingId): boolean {
  return compareIds(start.distanceTo(a), start.distanceTo(b)) <= 0
}
