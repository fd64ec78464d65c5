/**
 * Answers one peer's requests: reads ahead one batch, sends in few writes, and never has more than two batches waiting
 * in the socket. Batches grow while the peer drains them quickly and shrink when it does not, so that a fast link stays
 * full and a slow one holds little memory and feels a choke soon. Each peer has at most one read under way, so reads of
 * several peers take turns.
 *
 * The queue is bounded by the wire (`MAX_INBOUND_REQUESTS`), which also answers choked and cancelled requests.
 */
import type { Millis } from '../../kernel/clock.ts'
import type { PieceStorage } from '../disk/piece-storage.ts'
import { BLOCK_LENGTH, type BlockAddress, type PeerWire } from '../wire/peer-wire.ts'
import type { BufferPool } from './piece-buffer.ts'

export const MIN_BATCH = 2 * BLOCK_LENGTH
export const MAX_BATCH = 32 * BLOCK_LENGTH
/** Batches at least so long are read into memory that is used again; shorter ones may come from the disk's cache. */
export const POOLED_BATCH = 8 * BLOCK_LENGTH
/** Spare memory kept for all uploaders of a torrent. */
export const SPARE_BATCHES = 4
/** A batch that is gone sooner lets the next be twice as large; one that takes longer than `SLOW_DRAIN`, half. */
const QUICK_DRAIN: Millis = 100
const SLOW_DRAIN: Millis = 500

export interface UploaderOwner {
  now(): Millis
  has(piece: number): boolean
  /** So many bytes of payload were handed to the wire. */
  sent(bytes: number): void
  /** A piece could not be read. */
  readFailed(piece: number, error: unknown): void
}

interface Batch {
  readonly blocks: readonly BlockAddress[]
  readonly length: number
  bytes: Uint8Array
  /** Memory of the pool that it was to be read into. */
  readonly pooled: Uint8Array | undefined
}

export class Uploader {
  private readonly wire: PeerWire
  private readonly storage: PieceStorage
  private readonly owner: UploaderOwner
  private readonly pool: BufferPool
  private queue: BlockAddress[] = []
  /** Pooled memory that the socket still reads. */
  private inSocket: Uint8Array[] = []
  private reading: Batch | undefined
  private ready: Batch | undefined
  private batchLength = MIN_BATCH
  private busySince: Millis = -1
  private pumping = false
  private closed = false

  /** @param pool of `MAX_BATCH` bytes each */
  constructor(wire: PeerWire, storage: PieceStorage, pool: BufferPool, owner: UploaderOwner) {
    this.wire = wire
    this.pool = pool
    this.storage = storage
    this.owner = owner
  }

  /** Requests waiting, those being read not counted. */
  get waiting(): number {
    return this.queue.length
  }

  requested(block: BlockAddress): void {
    if (!this.owner.has(block.piece)) {
      this.wire.reject(block)
      return
    }
    this.queue.push(block)
    this.pumpSoon()
  }

  cancelled({ piece, begin }: BlockAddress): void {
    const at = this.queue.findIndex((block) => block.piece === piece && block.begin === begin)
    if (at >= 0) this.queue.splice(at, 1)
  }

  /** We choke the peer: nothing more is sent. The wire has answered what was open. */
  clear(): void {
    this.queue = []
    this.reading = undefined
    this.ready = undefined
  }

  close(): void {
    this.closed = true
    this.clear()
  }

  drained(): void {
    if (this.busySince >= 0) this.adapt(this.owner.now() - this.busySince)
    this.busySince = -1
    for (const bytes of this.inSocket) this.pool.give(bytes)
    this.inSocket = []
    this.pump()
  }

  private adapt(took: Millis): void {
    if (took < QUICK_DRAIN) this.batchLength = Math.min(MAX_BATCH, 2 * this.batchLength)
    else if (took > SLOW_DRAIN) this.batchLength = Math.max(MIN_BATCH, this.batchLength / 2)
  }

  /** Once for all requests of one chunk, so that neighbours are read together. */
  private pumpSoon(): void {
    if (this.pumping) return
    this.pumping = true
    queueMicrotask(this.pumpLater)
  }

  private readonly pumpLater = (): void => {
    this.pumping = false
    this.pump()
  }

  private pump(): void {
    if (this.closed) return
    if (this.ready && !this.send(this.ready)) return
    if (this.reading) return
    const batch = this.nextBatch()
    if (!batch) return
    this.reading = batch
    const { piece, begin } = batch.blocks[0] as BlockAddress
    this.storage.read(piece, begin, batch.length, batch.pooled).then(
      (bytes) => this.wasRead(batch, bytes),
      (error: unknown) => this.wasNotRead(batch, error),
    )
  }

  /** @returns whether the batch has gone to the wire */
  private send(batch: Batch): boolean {
    const buffered = this.wire.bufferedBytes
    if (buffered > 0 && buffered + batch.length > 2 * this.batchLength) return false
    this.ready = undefined
    const start = batch.blocks[0]?.begin ?? 0
    if (this.busySince < 0) this.busySince = this.owner.now()
    this.wire.sendBlocks(
      batch.blocks.map((address) => {
        const at = address.begin - start
        return { address, bytes: batch.bytes.subarray(at, at + address.length) }
      }),
    )
    if (batch.pooled) this.inSocket.push(batch.pooled)
    this.owner.sent(batch.length)
    return true
  }

  /** The blocks at the head of the queue that lie side by side in one piece. */
  private nextBatch(): Batch | undefined {
    const first = this.queue[0]
    if (!first) return undefined
    let count = 1
    let end = first.begin + first.length
    while (count < this.queue.length) {
      const next = this.queue[count] as BlockAddress
      if (next.piece !== first.piece || next.begin !== end) break
      if (end + next.length - first.begin > this.batchLength) break
      end += next.length
      count++
    }
    const length = end - first.begin
    const pooled = length >= POOLED_BATCH ? this.pool.take(length) : undefined
    return { blocks: this.queue.splice(0, count), length, bytes: NOTHING, pooled }
  }

  private wasRead(batch: Batch, bytes: Uint8Array): void {
    if (this.reading !== batch) {
      if (batch.pooled) this.pool.give(batch.pooled)
      return
    }
    this.reading = undefined
    batch.bytes = bytes
    this.ready = batch
    this.pump()
  }

  private wasNotRead(batch: Batch, error: unknown): void {
    const wanted = this.reading === batch
    if (wanted) this.reading = undefined
    this.owner.readFailed((batch.blocks[0] as BlockAddress).piece, error)
    if (!wanted) return
    for (const block of batch.blocks) this.wire.reject(block)
    this.pump()
  }
}

const NOTHING = new Uint8Array(0)
