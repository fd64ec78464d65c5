import { systemError } from './errors.ts'
import type { SeededRandom } from './random.ts'

/** Unit of space, of sparseness, and of what a loss of power keeps or loses as one. */
export const BLOCK_BYTES = 4096

/** Space on a simulated drive; files take whole blocks, holes take none. */
export class Space {
  capacity: number
  used = 0

  constructor(capacity: number) {
    this.capacity = capacity
  }

  get free(): number {
    return Math.max(0, this.capacity - this.used)
  }

  /** @throws `ENOSPC` */
  take(bytes: number): void {
    if (bytes > this.free) throw systemError('ENOSPC', 'write')
    this.used += bytes
  }

  giveBack(bytes: number): void {
    this.used -= bytes
  }
}

/**
 * The contents of one file as sparse blocks, with what each block was when it was last synced: a block is copied on the
 * first write after a sync, so that a loss of power can take unsynced writes back.
 */
export class Inode {
  size = 0
  modifiedMs = 0
  private readonly space: Space
  /** Open handles and entries in folders: while there is one, the contents take space. */
  private users = 0
  /** Entries that a loss of power would bring back: while there is one, the contents are kept. */
  private durableEntries = 0
  private readonly blocks = new Map<number, Uint8Array>()
  private readonly before = new Map<number, Uint8Array | undefined>()
  private syncedSize = 0

  constructor(space: Space) {
    this.space = space
  }

  read(into: Uint8Array, position: number): number {
    const count = Math.max(0, Math.min(into.length, this.size - position))
    for (let done = 0; done < count; ) {
      const at = position + done
      const offset = at % BLOCK_BYTES
      const length = Math.min(BLOCK_BYTES - offset, count - done)
      const block = this.blocks.get((at - offset) / BLOCK_BYTES)
      if (block) into.set(block.subarray(offset, offset + length), done)
      else into.fill(0, done, done + length)
      done += length
    }
    return count
  }

  /** Blocks before the one that does not fit are written. @throws `ENOSPC` */
  write(bytes: Uint8Array, position: number): void {
    for (let done = 0; done < bytes.length; ) {
      const at = position + done
      const offset = at % BLOCK_BYTES
      const length = Math.min(BLOCK_BYTES - offset, bytes.length - done)
      this.writable((at - offset) / BLOCK_BYTES).set(bytes.subarray(done, done + length), offset)
      done += length
      this.size = Math.max(this.size, at + length)
    }
  }

  truncate(size: number): void {
    const firstGone = Math.ceil(size / BLOCK_BYTES)
    for (const index of [...this.blocks.keys()]) if (index >= firstGone) this.discard(index)
    const tail = size % BLOCK_BYTES
    const lastIndex = (size - tail) / BLOCK_BYTES
    if (size < this.size && tail > 0 && this.blocks.has(lastIndex)) this.writable(lastIndex).fill(0, tail)
    this.size = size
  }

  sync(): void {
    this.before.clear()
    this.syncedSize = this.size
  }

  get isSynced(): boolean {
    return this.before.size === 0 && this.syncedSize === this.size
  }

  /**
   * The power fails: every block goes back to what was synced, except, by chance, the part `survivors` of the unsynced.
   * The size is the synced one, or reaches to the end of the last block that survived.
   */
  losePower(survivors: number, random: SeededRandom): void {
    const sizeBefore = this.size
    this.size = this.syncedSize
    const unsynced = [...this.before].sort(([a], [b]) => a - b)
    for (const [index, old] of unsynced) {
      if (random.chance(survivors)) {
        if (this.blocks.has(index)) this.size = Math.max(this.size, Math.min(sizeBefore, (index + 1) * BLOCK_BYTES))
      } else this.restore(index, old)
    }
    this.sync()
  }

  /** A handle or an entry more. */
  use(): void {
    // What the drive held before cannot be refused.
    if (this.users++ === 0) this.space.used += this.blocks.size * BLOCK_BYTES
  }

  release(): void {
    if (--this.users === 0) this.space.giveBack(this.blocks.size * BLOCK_BYTES)
    this.forgetIfGone()
  }

  keepDurably(): void {
    this.durableEntries++
  }

  releaseDurably(): void {
    this.durableEntries--
    this.forgetIfGone()
  }

  private forgetIfGone(): void {
    if (this.users > 0 || this.durableEntries > 0) return
    this.blocks.clear()
    this.before.clear()
  }

  private writable(index: number): Uint8Array {
    const block = this.blocks.get(index)
    if (block !== undefined && this.before.has(index)) return block
    if (block === undefined) this.space.take(BLOCK_BYTES)
    const fresh = block === undefined ? new Uint8Array(BLOCK_BYTES) : block.slice()
    if (!this.before.has(index)) this.before.set(index, block)
    this.blocks.set(index, fresh)
    return fresh
  }

  private discard(index: number): void {
    if (!this.before.has(index)) this.before.set(index, this.blocks.get(index))
    if (this.blocks.delete(index)) this.space.giveBack(BLOCK_BYTES)
  }

  private restore(index: number, old: Uint8Array | undefined): void {
    const had = this.blocks.has(index)
    if (old === undefined) {
      if (this.blocks.delete(index)) this.space.giveBack(BLOCK_BYTES)
    } else {
      this.blocks.set(index, old)
      // What the drive held before cannot be refused.
      if (!had) this.space.used += BLOCK_BYTES
    }
  }
}
