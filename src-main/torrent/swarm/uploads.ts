/**
 * The giving half of a swarm: who is unchoked, and what is sent to them. A choke round every ten seconds; free slots are
 * given away at once. A disk that cannot be read rests all of it; a piece that reads short costs that piece alone.
 */
import type { Millis } from '../../kernel/clock.ts'
import { codeOf } from '../../kernel/errors.ts'
import type { Random } from '../../kernel/random.ts'
import { RateMeter } from '../../kernel/rate-meter.ts'
import type { Bitfield } from '../bitfield.ts'
import type { PieceStorage } from '../disk/piece-storage.ts'
import { Choker, DEFAULT_SLOTS, ROUND } from './choker.ts'
import type { Peer } from './peer.ts'
import { BufferPool } from './piece-buffer.ts'
import { MAX_BATCH, SPARE_BATCHES, Uploader } from './uploader.ts'

export interface UploadsPorts {
  readonly now: () => Millis
  readonly random: Random
  readonly storage: PieceStorage
  /** Whether we want nothing more. */
  readonly finished: () => boolean
}

export interface UploadsEvents {
  /** The piece is no longer on disk. */
  pieceLost(piece: number): void
  /** The disk cannot be read; once until `resume`. */
  diskFailed(error: unknown): void
}

export class Uploads {
  readonly choker: Choker<Peer>
  readonly meter = new RateMeter()
  private readonly ports: UploadsPorts
  private readonly have: Bitfield
  private readonly live: ReadonlyMap<string, Peer>
  private readonly events: UploadsEvents
  private readonly pool = new BufferPool(MAX_BATCH, SPARE_BATCHES)
  private nextRound: Millis = 0
  private halted = false

  /** @param live the peers that take part, kept by the owner */
  constructor(
    ports: UploadsPorts,
    have: Bitfield,
    live: ReadonlyMap<string, Peer>,
    slots: number | undefined,
    events: UploadsEvents,
  ) {
    this.ports = ports
    this.have = have
    this.live = live
    this.events = events
    this.choker = new Choker(ports.random, slots ?? DEFAULT_SLOTS)
  }

  start(): void {
    this.halted = false
    this.nextRound = this.ports.now() + ROUND
  }

  /** After `diskFailed`: tries the disk again. */
  resume(): void {
    this.halted = false
    this.fillSlots()
  }

  join(peer: Peer): void {
    peer.uploader = new Uploader(peer.wire, this.ports.storage, this.pool, {
      now: this.ports.now,
      has: (piece) => this.have.has(piece),
      sent: (bytes) => this.sent(peer, bytes),
      readFailed: (piece, error) => this.readFailed(piece, error),
    })
  }

  leave(peer: Peer): void {
    peer.uploader?.close()
    this.choker.gone(peer)
    if (this.live.size === 0) this.pool.clear()
  }

  /** Once a second. */
  tick(now: Millis): void {
    if (now < this.nextRound) return
    this.nextRound = now + ROUND
    if (this.halted) return
    const chosen = this.choker.round(this.live.values(), this.ports.finished(), now)
    for (const peer of this.live.values()) peer.setChoking(!chosen.has(peer))
  }

  fillSlots(): void {
    if (this.halted) return
    for (const peer of this.choker.fill(this.live.values())) peer.setChoking(false)
  }

  private sent(peer: Peer, bytes: number): void {
    const now = this.ports.now()
    this.meter.add(bytes, now)
    peer.uploaded(bytes, now)
  }

  private readFailed(piece: number, error: unknown): void {
    if (codeOf(error) === 'SHORT_READ') {
      if (this.have.has(piece)) this.events.pieceLost(piece)
    } else if (!this.halted) {
      this.halted = true
      for (const peer of this.live.values()) peer.setChoking(true)
      this.events.diskFailed(error)
    }
  }
}
