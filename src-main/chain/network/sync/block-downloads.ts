/**
 * Decides which block to ask which peer for.
 *
 * A path is what is missing on the way to the newest header that some peer has; peers with the same head share it. Blocks
 * are asked for lowest first, each of one peer, and only within a window from the lowest one that is missing, so that what
 * waits for a parent stays bounded. A block goes `wanted -> asked -> checking -> done`, or back to `wanted`.
 *
 * A peer that holds up the window (the lowest block is its, and another peer has nothing left to ask for within it) has
 * little time, which doubles with each one found so and shrinks with each block that is done. A peer that takes too long
 * for one block is given up too.
 *
 * Told the time; sends nothing, reads no chain.
 * Limits: window 1,024; 16 requests for each peer and 128 in all; 256 blocks or 32 MiB being checked; BIP 159: 288 blocks.
 */
import type { Millis } from '../../../kernel/clock.ts'
import type { BlockPosition } from '../../chain.ts'
import { hashKey } from '../../coins/coin.ts'
import {
  BLOCK_TIME_LIMIT,
  DOWNLOAD_WINDOW,
  FIRST_STALL_LIMIT,
  LAST_STALL_LIMIT,
  LIMITED_BLOCKS,
  LIMITED_MARGIN,
  MAX_BLOCKS_IN_FLIGHT,
  MAX_BLOCKS_PER_PEER,
  MAX_LACKING,
  MAX_UNCHECKED_BLOCKS,
  MAX_UNCHECKED_BYTES,
  REFILL_BELOW,
  STALL_LIMIT_DECAY,
} from './download-limits.ts'
import type { Asked, Entry, Path } from './download-state.ts'

/** What is to be known of a peer. */
export interface BlockProvider {
  /** Newest block that it is known to have. */
  readonly head: BlockPosition | undefined
  /** `all` blocks up to its head, the `recent` ones (BIP 159), or `none`. */
  readonly blocks: 'all' | 'recent' | 'none'
}

/** One that is to be given up, and why. */
export interface StalledPeer<P> {
  readonly peer: P
  readonly because: 'stalling' | 'timeout'
}

export class BlockDownloads<P extends BlockProvider> {
  readonly #timeLimit: Millis
  readonly #peers = new Map<P, Asked<P>>()
  #paths = new Map<string, Path<P>>()
  #blocks = new Map<string, Entry<P>>()
  #inFlight = 0
  #uncheckedBytes = 0
  #uncheckedBlocks = 0
  #stallLimit = FIRST_STALL_LIMIT
  #refresh = 0

  constructor(timeLimit: Millis = BLOCK_TIME_LIMIT) {
    this.#timeLimit = timeLimit
  }

  joined(peer: P): void {
    this.#peers.set(peer, { requests: new Map(), since: 0, stallingSince: undefined, lacking: new Set() })
  }

  /** What was asked of it is wanted again. */
  left(peer: P): void {
    const asked = this.#peers.get(peer)
    if (asked === undefined) return
    for (const entry of asked.requests.values()) this.#wantAgain(entry)
    this.#inFlight -= asked.requests.size
    this.#peers.delete(peer)
  }

  /** The chain is about to be asked for paths: what is done from here on may still be in its answer. */
  beginRefresh(): void {
    this.#refresh++
  }

  /**
   * The paths that there are now, instead of all before: for each head what is missing, lowest first.
   * `isCut`: there is more than that.
   */
  setPaths(paths: readonly { head: BlockPosition; missing: readonly BlockPosition[]; isCut: boolean }[]): void {
    const before = this.#blocks
    this.#blocks = new Map()
    this.#paths = new Map()
    for (const { head, missing, isCut } of paths) {
      const entries = missing.map((position) => this.#entryFor(position, before))
      this.#paths.set(hashKey(head.hash), { entries, isCut, first: 0 })
    }
    for (const [key, entry] of before)
      if ((entry.state === 'asked' || entry.state === 'checking') && !this.#blocks.has(key))
        this.#blocks.set(key, entry)
  }

  /** Whether a path ends before its head and little of it is left to ask for. */
  get needsRefresh(): boolean {
    for (const path of this.#paths.values()) {
      if (!path.isCut) continue
      const last = path.entries[path.entries.length - MAX_BLOCKS_IN_FLIGHT] ?? path.entries[0]
      if (last === undefined || last.state !== 'wanted') return true
    }
    return false
  }

  /** Requests to be sent now. They count as sent. */
  plan(now: Millis): Map<P, BlockPosition[]> {
    const plan = new Map<P, BlockPosition[]>()
    for (const [peer, asked] of this.#peers) {
      if (this.#uncheckedBytes >= MAX_UNCHECKED_BYTES || this.#uncheckedBlocks >= MAX_UNCHECKED_BLOCKS) break
      if (peer.head === undefined || peer.blocks === 'none' || asked.requests.size >= REFILL_BELOW) continue
      const path = this.#paths.get(hashKey(peer.head.hash))
      if (path === undefined) continue
      const entries = this.#choose(peer, asked, path, now)
      for (const entry of entries) this.#ask(peer, asked, entry, now)
      if (entries.length > 0)
        plan.set(
          peer,
          entries.map((entry) => entry.position),
        )
    }
    return plan
  }

  /** A block is asked of the peer by other means (a compact block). False where it is already asked for, here or checked. */
  askedOtherwise(peer: P, position: BlockPosition, now: Millis): boolean {
    const asked = this.#peers.get(peer)
    const entry = this.#entryFor(position, this.#blocks)
    if (asked === undefined || entry.state !== 'wanted') return false
    this.#ask(peer, asked, entry, now)
    return true
  }

  /** Whether it is asked for, of anybody, or being checked. */
  isUnderWay(hash: Uint8Array): boolean {
    const state = this.#blocks.get(hashKey(hash))?.state
    return state === 'asked' || state === 'checking'
  }

  isAskedOf(peer: P, hash: Uint8Array): boolean {
    return this.#peers.get(peer)?.requests.has(hashKey(hash)) === true
  }

  /** A block came. Whether this peer had been asked for it. */
  delivered(peer: P, hash: Uint8Array, bytes: number, now: Millis): boolean {
    const key = hashKey(hash)
    const asked = this.#peers.get(peer)
    const entry = this.#blocks.get(key)
    const wasAsked = asked?.requests.has(key) === true
    if (asked !== undefined) asked.stallingSince = undefined
    if (entry === undefined || entry.state === 'checking' || entry.state === 'done') return wasAsked
    this.#release(entry, now)
    entry.state = 'checking'
    entry.bytes = bytes
    this.#uncheckedBytes += bytes
    this.#uncheckedBlocks++
    return wasAsked
  }

  /** It has been checked: `done`, or still `wanted` because what came was not it. */
  settled(hash: Uint8Array, outcome: 'done' | 'wanted', now: Millis): void {
    const entry = this.#blocks.get(hashKey(hash))
    if (entry === undefined) return
    if (entry.state === 'checking') {
      this.#uncheckedBytes -= entry.bytes
      this.#uncheckedBlocks--
    }
    if (entry.state === 'asked') this.#release(entry, now)
    entry.bytes = 0
    entry.state = outcome
    entry.doneIn = this.#refresh
    if (outcome === 'done') this.#stallLimit = Math.max(FIRST_STALL_LIMIT, this.#stallLimit * STALL_LIMIT_DECAY)
  }

  /** The peer has not got it: somebody else is asked. */
  notFound(peer: P, hash: Uint8Array, now: Millis): void {
    const key = hashKey(hash)
    const asked = this.#peers.get(peer)
    const entry = asked?.requests.get(key)
    if (asked === undefined || entry === undefined) return
    this.#release(entry, now)
    this.#wantAgain(entry)
    if (asked.lacking.size < MAX_LACKING) asked.lacking.add(key)
  }

  /** Peers to be given up now. Each is named once for each time limit it lets pass. */
  stalled(now: Millis): StalledPeer<P>[] {
    const found: StalledPeer<P>[] = []
    let downloading = 0
    for (const { requests } of this.#peers.values()) if (requests.size > 0) downloading++
    const timeLimit = this.#timeLimit * (1 + (downloading - 1) / 2)
    for (const [peer, asked] of this.#peers) {
      if (asked.requests.size === 0) continue
      if (asked.stallingSince !== undefined && now - asked.stallingSince >= this.#stallLimit) {
        asked.stallingSince = undefined
        this.#stallLimit = Math.min(LAST_STALL_LIMIT, this.#stallLimit * 2)
        found.push({ peer, because: 'stalling' })
      } else if (now - asked.since >= timeLimit) {
        asked.since = now
        found.push({ peer, because: 'timeout' })
      }
    }
    return found
  }

  /** Blocks asked of the peer. */
  askedOf(peer: P): number {
    return this.#peers.get(peer)?.requests.size ?? 0
  }

  /** For bounds and rows. */
  counts(): { readonly known: number; readonly inFlight: number; readonly uncheckedBytes: number } {
    return { known: this.#blocks.size, inFlight: this.#inFlight, uncheckedBytes: this.#uncheckedBytes }
  }

  /** Time that a peer has to go on while the window waits for it. */
  get stallLimit(): Millis {
    return this.#stallLimit
  }

  #choose(peer: P, asked: Asked<P>, path: Path<P>, now: Millis): Entry<P>[] {
    const { entries } = path
    while (entries[path.first]?.state === 'done') path.first++
    const lowest = entries[path.first]
    if (lowest === undefined) return []
    const head = peer.head as BlockPosition
    const from = peer.blocks === 'all' ? 0 : head.height - LIMITED_BLOCKS + 1 + LIMITED_MARGIN
    const room = Math.min(MAX_BLOCKS_PER_PEER - asked.requests.size, MAX_BLOCKS_IN_FLIGHT - this.#inFlight)
    const chosen: Entry<P>[] = []
    for (let i = path.first; i < entries.length && chosen.length < room; i++) {
      const entry = entries[i] as Entry<P>
      if (entry.position.height >= lowest.position.height + DOWNLOAD_WINDOW) {
        if (chosen.length === 0 && asked.requests.size === 0) this.#windowHeldUp(peer, lowest, now)
        break
      }
      if (entry.state === 'wanted' && entry.position.height >= from && !asked.lacking.has(entry.key)) chosen.push(entry)
    }
    return chosen
  }

  /** `peer` could ask for more if the lowest block were here. */
  #windowHeldUp(peer: P, lowest: Entry<P>, now: Millis): void {
    if (lowest.askedOf === undefined || lowest.askedOf === peer) return
    const staller = this.#peers.get(lowest.askedOf)
    if (staller) staller.stallingSince ??= now
  }

  #entryFor(position: BlockPosition, before: ReadonlyMap<string, Entry<P>>): Entry<P> {
    const key = hashKey(position.hash)
    const known = this.#blocks.get(key) ?? before.get(key)
    const isStale = known?.state === 'done' && known.doneIn < this.#refresh
    const entry: Entry<P> =
      known === undefined || isStale
        ? { position, key, state: 'wanted', askedOf: undefined, bytes: 0, doneIn: 0 }
        : known
    this.#blocks.set(key, entry)
    return entry
  }

  #ask(peer: P, asked: Asked<P>, entry: Entry<P>, now: Millis): void {
    if (asked.requests.size === 0) asked.since = now
    asked.requests.set(entry.key, entry)
    entry.state = 'asked'
    entry.askedOf = peer
    this.#inFlight++
  }

  /** Nobody is asked for it any more. */
  #release(entry: Entry<P>, now: Millis): void {
    const asked = entry.askedOf && this.#peers.get(entry.askedOf)
    entry.askedOf = undefined
    if (!asked?.requests.has(entry.key)) return
    const wasOldest = asked.requests.keys().next().value === entry.key
    asked.requests.delete(entry.key)
    this.#inFlight--
    if (wasOldest) asked.since = now
  }

  #wantAgain(entry: Entry<P>): void {
    entry.askedOf = undefined
    entry.state = 'wanted'
  }
}
