/**
 * Which keys a host is to keep, going by its own members: those that they own, and those of the members before them, of which
 * it is a replica. Who stands behind is known exactly, who stands before only by its nearest; so for how far back a
 * replica's keys may lie, the width of the successor list is the measure.
 */
import type { Endpoint } from '../../kernel/network.ts'
import { areSiblings, type ChordContact } from '../contact.ts'
import type { KeyRange } from '../host-messages.ts'
import { positionOf, SLOTS } from '../position.ts'
import { compareIds, owns, type RingId } from '../ring-id.ts'
import { before } from './key-range.ts'

/** Distinct hosts behind the owner that have copies. */
export const REPLICAS = 3
/** A copy is kept of keys up to so many times as far back as the successor list reaches forward. */
const WIDTHS_BACK = 4

/** What is asked of a member here; `ChordMember` is one. */
export interface Place {
  readonly self: ChordContact
  readonly predecessor: ChordContact
  /** Nearest first. */
  readonly successors: readonly ChordContact[]
  /** r. */
  readonly capacity: number
}

export function rangeOf({ self, predecessor }: Place): KeyRange {
  return { after: predecessor.id, upTo: self.id }
}

export function ownerAmong<P extends Place>(places: readonly P[], key: RingId): P | undefined {
  return places.find(({ self, predecessor }) => owns(predecessor.id, key, self.id))
}

/** The member that would own the key if only ours were left: the first at or after it. */
function firstAtOrAfter<P extends Place>(places: readonly P[], key: RingId): P | undefined {
  let first: P | undefined
  for (const place of places) {
    const isNearer = !first || compareIds(key.distanceTo(place.self.id), key.distanceTo(first.self.id)) < 0
    if (isNearer) first = place
  }
  return first
}

/** The member of ours because of which we keep the key, as owner or perhaps as replica; undefined where it is not for us. */
export function keeperOf<P extends Place>(places: readonly P[], key: RingId): P | undefined {
  const place = ownerAmong(places, key) ?? firstAtOrAfter(places, key)
  if (!place || owns(place.predecessor.id, key, place.self.id)) return place
  return isWithinReach(place, key) ? place : undefined
}

/**
 * The next distinct hosts behind a place of ours, nearest first, other than ourselves.
 *
 * In a young ring one host has so many places that a list of r successors may name nobody else: what its other places know,
 * `places`, shows who comes behind them.
 */
export function replicaHosts(
  { self, successors }: Pick<Place, 'self' | 'successors'>,
  places: readonly Pick<Place, 'successors'>[],
  n = REPLICAS,
): ChordContact[] {
  const nearest = distinctHosts(successors, n, self)
  if (nearest.length === n) return nearest
  const known = places
    .flatMap((place) => place.successors)
    .map((contact) => ({
      contact,
      distance: self.id.distanceTo(contact.id),
    }))
  known.sort((a, b) => compareIds(a.distance, b.distance))
  return distinctHosts([...nearest, ...known.map(({ contact }) => contact)], n, self)
}

/** One contact of each host, the first, leaving out those of `except`; at most `n`. */
export function distinctHosts(contacts: readonly ChordContact[], n: number, except?: ChordContact): ChordContact[] {
  const chosen: ChordContact[] = []
  for (const contact of contacts) {
    if (chosen.length >= n) break
    if (except && areSiblings(contact, except)) continue
    if (!chosen.some((other) => areSiblings(other, contact))) chosen.push(contact)
  }
  return chosen
}

/** Whether somebody there is next to one of our members. */
export function isNeighbour(places: readonly Place[], { host, port }: Endpoint): boolean {
  const isThere = ({ endpoint }: ChordContact) => endpoint.host === host && endpoint.port === port
  return places.some(({ predecessor, successors }) => isThere(predecessor) || successors.some(isThere))
}

/**
 * Whether a host of this address may own a key of which `keeper` is a replica: one of the places that the address has stands
 * between the two, and no farther behind the key than the keeper's list reaches.
 */
export function mayOwn(host: string, key: RingId, keeper: Place): boolean {
  const width = widthOf(keeper)
  for (let slot = 0; slot < SLOTS; slot++) {
    const place = positionOf(host, slot)
    if (!place || !owns(before(key), place, keeper.self.id)) continue
    if (width === undefined || part(key.distanceTo(place)) <= width) return true
  }
  return false
}

function isWithinReach(place: Place, key: RingId): boolean {
  const width = widthOf(place)
  return width === undefined || part(key.distanceTo(place.self.id)) <= WIDTHS_BACK * width
}

/** How far the list reaches; undefined for one that is not full, or goes around, and so shows the whole ring. */
function widthOf({ self, predecessor, successors, capacity }: Place): number | undefined {
  const last = successors.at(-1)
  const isWhole = !last || successors.length < capacity || successors.some(({ id }) => id.equals(predecessor.id))
  return isWhole ? undefined : part(self.id.distanceTo(last.id))
}

/** Of the largest number that the first six bytes can be: fine enough to compare distances by. */
function part({ bytes }: RingId): number {
  let number = 0
  for (let i = 0; i < 6; i++) number = number * 256 + (bytes[i] ?? 0)
  return number
}
