/**
 * Stretches of verified pieces that were read from disk, kept within a budget of bytes for the whole process.
 *
 * Blocks of 16 KiB are asked for in sequence, so the first miss in a window reads the window from its start; a first
 * miss elsewhere reads no more than was asked, so that scattered requests cannot make us read 64 times as much. At most
 * `MAX_LOADS` windows are read at once. Bytes handed out may be held by sockets: they are never written to again.
 */
export const READ_WINDOW = 1024 * 1024
export const READ_BUDGET = 8 * READ_WINDOW
export const MAX_LOADS = 8
/** Windows remembered because one block in their middle was asked for. */
const MAX_TOUCHED = 256

interface Window {
  readonly size: number
  readonly bytes: Promise<Uint8Array>
}

export class ReadCache {
  private readonly budget: number
  private used = 0
  private loads = 0
  /** The longest unused first. */
  private readonly windows = new Map<string, Window>()
  private readonly touched = new Set<string>()
  private readonly waiting: (() => void)[] = []

  constructor(budget = READ_BUDGET) {
    this.budget = budget
  }

  /** Bytes kept or being read. */
  get size(): number {
    return this.used
  }

  /**
   * @param key names the window for ever: owner, piece and place
   * @param size bytes of the whole window
   * @param load reads `length` bytes from `begin` of the window
   */
  async read(
    key: string,
    size: number,
    begin: number,
    length: number,
    load: (begin: number, length: number) => Promise<Uint8Array>,
  ): Promise<Uint8Array> {
    let window = this.windows.get(key)
    if (!window) {
      if (begin > 0 && !this.touched.delete(key)) {
        this.touch(key)
        return load(begin, length)
      }
      window = { size, bytes: this.load(() => load(0, size)) }
      this.used += size
      window.bytes.catch(() => this.forget(key, window))
    } else this.windows.delete(key)
    this.windows.set(key, window)
    this.makeRoom(key)
    return (await window.bytes).subarray(begin, begin + length)
  }

  /** What was read under this key does not hold any more. */
  forget(key: string, only = this.windows.get(key)): void {
    if (!only || this.windows.get(key) !== only) return
    this.windows.delete(key)
    this.used -= only.size
  }

  private touch(key: string): void {
    this.touched.add(key)
    if (this.touched.size > MAX_TOUCHED) this.touched.delete(this.touched.values().next().value as string)
  }

  private makeRoom(newest: string): void {
    for (const [key, window] of this.windows) {
      if (this.used <= this.budget) return
      if (key !== newest) this.forget(key, window)
    }
  }

  private async load(read: () => Promise<Uint8Array>): Promise<Uint8Array> {
    while (this.loads >= MAX_LOADS) await new Promise<void>((resolve) => this.waiting.push(resolve))
    this.loads++
    try {
      return await read()
    } finally {
      this.loads--
      this.waiting.shift()?.()
    }
  }
}
