/** Buffers kept for the next segments. */
const POOL_LIMIT = 512
/** What a buffer is overwritten with once its handler has returned. */
export const SCRIBBLE = 0xa5

/**
 * Memory of stream segments. A handler may look at its bytes only during the call: afterwards they are overwritten and
 * used again, so that code which keeps them fails in each scenario.
 */
export class SegmentPool {
  private readonly size: number
  private readonly free: ArrayBuffer[] = []

  constructor(size: number) {
    this.size = size
  }

  take(length: number): Uint8Array {
    return new Uint8Array(this.free.pop() ?? new ArrayBuffer(this.size), 0, length)
  }

  giveBack(bytes: Uint8Array): void {
    bytes.fill(SCRIBBLE)
    if (this.free.length < POOL_LIMIT && bytes.buffer.byteLength > 0) this.free.push(bytes.buffer as ArrayBuffer)
  }
}
