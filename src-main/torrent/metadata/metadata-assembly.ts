/**
 * Gets a torrent's metadata from its peers (BEP 9): which piece is asked of whom, until the whole has the info-hash.
 *
 * Nothing a peer says is believed before the hash is right. Peers may tell different sizes: one size is tried at a time,
 * in turns, the one with most peers first, so that nobody can keep the true size from its turn by telling others. Within
 * a size all its peers are asked together. If the hash is then wrong, a sole giver is to blame; among several the
 * culprit is not known, so that from then on the peers of this size are asked one at a time, each for everything, also
 * in turns, and who brings a wrong whole alone is to blame. A peer that is to blame, or that contradicts its own size, is
 * dropped for good. A peer that rejects or does not answer rests, each time longer; its late answers still count.
 *
 * Holds no connection, reads no clock: `next` is called after each event and each second, and is told the time.
 * Limits: 200 peers, 10 MB, 2 requests outstanding at each peer, 2 askings of one piece at a time. A turn ends after a
 * minute and a second for each piece if another size or peer waits.
 */
import type { Millis } from '../../kernel/clock.ts'
import { type AskedPeer, freshPeer, restFrom } from './asked-peer.ts'
import { MetadataAttempt } from './metadata-attempt.ts'
import { isMetadataSize, type MetadataData, metadataPieceCount } from './metadata-message.ts'

export const MAX_METADATA_PEERS = 200
export const MAX_METADATA_OUTSTANDING = 2
export const METADATA_REQUEST_TIMEOUT: Millis = 10_000
/** A turn may last so long, and `METADATA_TURN_PER_PIECE` for each piece. */
export const METADATA_TURN: Millis = 60_000
export const METADATA_TURN_PER_PIECE: Millis = 1_000
const MAX_COPIES = 2

/** A piece to be asked of a peer now. */
export interface MetadataAsk<P> {
  readonly peer: P
  readonly piece: number
}

export type MetadataOutcome<P> =
  /** Not needed, never asked for, or from a peer that is not known (any more). */
  | { readonly kind: 'ignored' }
  | { readonly kind: 'kept' }
  /** The raw info dictionary, whole and verified; the assembly is done. */
  | { readonly kind: 'complete'; readonly infoBytes: Uint8Array }
  /** All was there and was not what the info-hash stands for. `blamed` is dropped; undefined where several gave it. */
  | { readonly kind: 'mismatch'; readonly blamed: P | undefined }
  /** The peer contradicted the size that it told: it is dropped. */
  | { readonly kind: 'liar' }

interface ClaimedSize {
  peers: number
  lastTurn: number
  /** Its peers are asked one at a time. */
  oneByOne: boolean
}

/** @typeParam P what stands for a peer: compared by identity */
export class MetadataAssembly<P> {
  private readonly infoHash: Uint8Array
  private readonly peers = new Map<P, AskedPeer>()
  private readonly sizes = new Map<number, ClaimedSize>()
  private attempt: MetadataAttempt<P> | undefined
  private turn = 0
  private done = false

  /** @param infoHash 20 bytes */
  constructor(infoHash: Uint8Array) {
    this.infoHash = infoHash
  }

  get isComplete(): boolean {
    return this.done
  }

  /** Pieces that are there and pieces in all, of the size in bytes that is being tried; for people to see. */
  get progress(): { readonly have: number; readonly total: number; readonly size: number } {
    const { attempt } = this
    return attempt
      ? { have: attempt.have, total: attempt.pieceCount, size: attempt.size }
      : { have: 0, total: 0, size: 0 }
  }

  /** Whether the peer has offered metadata and was not dropped. */
  has(peer: P): boolean {
    return this.peers.get(peer)?.dropped === false
  }

  isDropped(peer: P): boolean {
    return this.peers.get(peer)?.dropped === true
  }

  /** How often in a row the peer has rejected requests or left them unanswered, counted as rests. */
  restsOf(peer: P): number {
    return this.peers.get(peer)?.rests ?? 0
  }

  /**
   * A peer offers metadata of this size (`metadata_size` of its extended handshake). False where it cannot be used: no
   * possible size, too many peers, or a peer that was dropped; one that tells another size than before is dropped now.
   */
  addPeer(peer: P, size: number): boolean {
    const known = this.peers.get(peer)
    if (known) {
      if (known.size !== size) this.drop(peer)
      return !known.dropped
    }
    if (!isMetadataSize(size) || this.peers.size >= MAX_METADATA_PEERS || this.done) return false
    const claimed = this.sizes.get(size) ?? { peers: 0, lastTurn: this.turn, oneByOne: false }
    claimed.peers += 1
    this.sizes.set(size, claimed)
    this.peers.set(peer, freshPeer(size, this.turn))
    return true
  }

  /** The connection has ended. What the peer gave stays. */
  removePeer(peer: P): void {
    this.leaveSize(peer)
    this.peers.delete(peer)
  }

  /** What to ask of whom now. Call it after each event and each second; every ask in it counts as sent. */
  next(now: Millis): MetadataAsk<P>[] {
    if (this.done) return []
    this.expire(now)
    this.takeTurns(now)
    const { attempt } = this
    const asks: MetadataAsk<P>[] = []
    if (!attempt) return asks
    const copies = this.copiesAsked(attempt)
    for (const [peer, state] of this.peers) {
      if (!this.takesPart(peer, state, attempt) || state.restsUntil > now) continue
      while (state.outstanding.size < MAX_METADATA_OUTSTANDING) {
        const piece = choosePiece(attempt, copies, state)
        if (piece === undefined) break
        copies[piece] = (copies[piece] as number) + 1
        state.outstanding.set(piece, now)
        state.late.delete(piece)
        asks.push({ peer, piece })
      }
    }
    return asks
  }

  /** A peer's piece has arrived; its bytes are copied. */
  received(peer: P, { piece, totalSize, bytes }: MetadataData): MetadataOutcome<P> {
    const state = this.peers.get(peer)
    if (!state || state.dropped || this.done) return { kind: 'ignored' }
    if (totalSize !== state.size) {
      this.drop(peer)
      return { kind: 'liar' }
    }
    const asked = state.outstanding.delete(piece)
    const { attempt } = this
    if (!state.late.delete(piece) && !asked) return { kind: 'ignored' }
    state.rests = 0
    if (!attempt || !this.takesPart(peer, state, attempt) || !attempt.lacks(piece)) return { kind: 'ignored' }
    attempt.keep(piece, bytes, peer)
    return attempt.isComplete ? this.conclude(attempt) : { kind: 'kept' }
  }

  /** A peer will not send a piece: it has no metadata itself, or we ask too fast. */
  rejected(peer: P, piece: number, now: Millis): void {
    const state = this.peers.get(peer)
    if (!state) return
    const late = state.late.delete(piece)
    if (state.outstanding.delete(piece) || late) restFrom(state, now)
  }

  private conclude(attempt: MetadataAttempt<P>): MetadataOutcome<P> {
    const infoBytes = attempt.verified(this.infoHash)
    this.endTurn(attempt)
    this.attempt = undefined
    if (infoBytes) {
      this.done = true
      this.peers.clear()
      this.sizes.clear()
      return { kind: 'complete', infoBytes }
    }
    const blamed = attempt.soleGiver
    const claimed = this.sizes.get(attempt.size)
    if (blamed !== undefined) this.drop(blamed)
    else if (claimed) claimed.oneByOne = true
    return { kind: 'mismatch', blamed }
  }

  /** Requests without an answer: the peer rests. */
  private expire(now: Millis): void {
    for (const state of this.peers.values()) {
      for (const [piece, askedAt] of state.outstanding) {
        if (now - askedAt < METADATA_REQUEST_TIMEOUT) continue
        state.outstanding.delete(piece)
        state.late.add(piece)
        restFrom(state, now)
      }
    }
  }

  /** Goes on with the attempt, unless nobody is left to ask or its turn is over and another waits. */
  private takeTurns(now: Millis): void {
    const { attempt } = this
    if (attempt && this.canGoOn(attempt, now) && !turnIsOver(attempt, now)) return
    if (attempt) this.endTurn(attempt)
    const size = this.nextSize(now)
    if (size === undefined) return
    const alone = this.sizes.get(size)?.oneByOne ? this.nextAlone(size, now) : undefined
    if (attempt?.size !== size || attempt.alone !== alone) this.attempt = new MetadataAttempt(size, alone, now)
  }

  /** The size that has waited longest and has a peer to ask; of several the one with most peers. */
  private nextSize(now: Millis): number | undefined {
    const askable = new Set<number>()
    for (const state of this.peers.values()) {
      if (!state.dropped && state.restsUntil <= now) askable.add(state.size)
    }
    let best: { size: number; claimed: ClaimedSize } | undefined
    for (const [size, claimed] of this.sizes) {
      if (!askable.has(size)) continue
      const earlier = best === undefined || claimed.lastTurn < best.claimed.lastTurn
      const larger = claimed.lastTurn === best?.claimed.lastTurn && claimed.peers > best.claimed.peers
      if (earlier || larger) best = { size, claimed }
    }
    return best?.size
  }

  private nextAlone(size: number, now: Millis): P | undefined {
    let best: { peer: P; lastTurn: number } | undefined
    for (const [peer, state] of this.peers) {
      if (state.size !== size || state.dropped || state.restsUntil > now) continue
      if (best === undefined || state.lastTurn < best.lastTurn) best = { peer, lastTurn: state.lastTurn }
    }
    return best?.peer
  }

  /** Puts the size, and the peer where it is asked alone, behind all others. */
  private endTurn({ size, alone }: MetadataAttempt<P>): void {
    this.turn += 1
    const claimed = this.sizes.get(size)
    if (claimed) claimed.lastTurn = this.turn
    const state = alone === undefined ? undefined : this.peers.get(alone)
    if (state) state.lastTurn = this.turn
  }

  /** Somebody can be asked, or an answer is awaited; rests are waited for where something is there already. */
  private canGoOn(attempt: MetadataAttempt<P>, now: Millis): boolean {
    for (const [peer, state] of this.peers) {
      if (!this.takesPart(peer, state, attempt)) continue
      if (attempt.have > 0 || state.restsUntil <= now || state.outstanding.size > 0) return true
    }
    return false
  }

  private takesPart(peer: P, state: AskedPeer, attempt: MetadataAttempt<P>): boolean {
    if (state.dropped || state.size !== attempt.size) return false
    return attempt.alone === undefined || attempt.alone === peer
  }

  private copiesAsked(attempt: MetadataAttempt<P>): number[] {
    const copies = new Array<number>(metadataPieceCount(attempt.size)).fill(0)
    for (const [peer, state] of this.peers) {
      if (!this.takesPart(peer, state, attempt)) continue
      for (const piece of state.outstanding.keys()) copies[piece] = (copies[piece] as number) + 1
    }
    return copies
  }

  private drop(peer: P): void {
    const state = this.peers.get(peer)
    if (!state || state.dropped) return
    this.leaveSize(peer)
    state.dropped = true
    state.outstanding.clear()
    state.late.clear()
    this.attempt?.forget(peer)
  }

  private leaveSize(peer: P): void {
    const state = this.peers.get(peer)
    const claimed = state && !state.dropped ? this.sizes.get(state.size) : undefined
    if (!state || !claimed) return
    claimed.peers -= 1
    if (claimed.peers === 0) this.sizes.delete(state.size)
  }
}

function turnIsOver({ startedAt, pieceCount }: MetadataAttempt<unknown>, now: Millis): boolean {
  return now - startedAt >= METADATA_TURN + METADATA_TURN_PER_PIECE * pieceCount
}

/** The first piece that is asked of nobody, else one that is asked of another peer only. */
function choosePiece(
  attempt: MetadataAttempt<unknown>,
  copies: readonly number[],
  { outstanding }: AskedPeer,
): number | undefined {
  let second: number | undefined
  for (let piece = 0; piece < copies.length; piece++) {
    if (!attempt.lacks(piece) || outstanding.has(piece)) continue
    const asked = copies[piece] as number
    if (asked === 0) return piece
    if (asked < MAX_COPIES) second ??= piece
  }
  return second
}
