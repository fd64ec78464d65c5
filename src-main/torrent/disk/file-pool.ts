/**
 * Open files of all torrents, at most `MAX_OPEN_FILES` at once.
 *
 * A file is opened when it is first needed and closed when it is the longest unused and room is wanted, or after
 * `IDLE_CLOSE` without use, so that a drive can be taken away. One opening of a path at a time. Remembers which files
 * were written since they were last made durable.
 */
import { type Clock, MINUTE, SECOND, type Timer } from '../../kernel/clock.ts'
import type { FileHandle, FileStore, OpenMode } from '../../kernel/files.ts'

/** As libtorrent has it. */
export const MAX_OPEN_FILES = 40
export const IDLE_CLOSE = MINUTE
const IDLE_CHECK = 15 * SECOND

interface OpenFile {
  readonly key: string
  readonly handle: Promise<FileHandle>
  users: number
  usedAt: number
}

export class FilePool {
  private readonly files: FileStore
  private readonly clock: Clock
  private readonly capacity: number
  /** By mode and path, the longest unused first. */
  private readonly open = new Map<string, OpenFile>()
  private readonly waiting: (() => void)[] = []
  private readonly unsynced = new Set<string>()
  private readonly closing = new Set<Promise<void>>()
  private idleTimer: Timer | undefined
  private closed = false

  constructor(files: FileStore, clock: Clock, capacity = MAX_OPEN_FILES) {
    this.files = files
    this.clock = clock
    this.capacity = capacity
  }

  /** How many are open, being opened or being closed. */
  get size(): number {
    return this.open.size + this.closing.size
  }

  /** Runs `work` with the file open for reading. @throws the system's error */
  async read<T>(path: string, work: (file: FileHandle) => Promise<T>): Promise<T> {
    const writable = keyOf('update', path)
    return this.use(this.open.has(writable) ? writable : keyOf('read', path), path, 'read', work)
  }

  /** Makes a file that must not be there yet, and keeps it open for writing. @throws the system's error, `EEXIST` */
  async make(path: string): Promise<void> {
    await this.use(keyOf('update', path), path, 'exclusive', async () => {
      this.unsynced.add(path)
    })
  }

  /** Writes `bytes` to a file that is there. @throws the system's error */
  async write(path: string, bytes: Uint8Array, position: number): Promise<void> {
    await this.use(keyOf('update', path), path, 'update', async (file) => {
      // marked before and after: a sync that runs meanwhile may or may not cover these bytes
      this.unsynced.add(path)
      await file.write(bytes, position)
      this.unsynced.add(path)
    })
  }

  /** Makes what was written to these files durable. A file that is gone is left out. @throws the system's error */
  async sync(paths: Iterable<string>): Promise<void> {
    for (const path of paths) {
      if (!this.unsynced.delete(path)) continue
      try {
        await this.use(keyOf('update', path), path, 'update', (file) => file.sync())
      } catch (error) {
        if ((error as { code?: string }).code !== 'ENOENT') {
          this.unsynced.add(path)
          throw error
        }
      }
    }
  }

  /** Whether the file is open for writing. */
  holds(path: string): boolean {
    return this.open.has(keyOf('update', path))
  }

  /** Closes these files where nobody uses them: before they are moved, or when a torrent stops. */
  async release(paths: Iterable<string>): Promise<void> {
    for (const path of paths)
      for (const mode of ['read', 'update'] as const) {
        const file = this.open.get(keyOf(mode, path))
        if (file && file.users === 0) this.drop(file)
      }
    await Promise.all(this.closing)
  }

  /** Closes everything, what is still being read as soon as that ends; nothing is opened any more. */
  async close(): Promise<void> {
    this.closed = true
    for (const wake of this.waiting.splice(0)) wake()
    this.idleTimer?.cancel()
    this.idleTimer = undefined
    for (const file of [...this.open.values()]) this.drop(file)
    await Promise.all(this.closing)
  }

  private async use<T>(key: string, path: string, mode: OpenMode, work: (file: FileHandle) => Promise<T>): Promise<T> {
    let file = this.open.get(key)
    while (!file) {
      if (this.closed) throw Object.assign(new Error(`${path} is not opened: Shoal is ending`), { code: 'CLOSED' })
      if (this.open.size + this.closing.size < this.capacity) file = this.add(key, path, mode)
      else {
        if (this.closing.size > 0) await Promise.race(this.closing)
        else if (!this.dropLongestUnused()) await new Promise<void>((resolve) => this.waiting.push(resolve))
        file = this.open.get(key)
      }
    }
    file.users++
    this.open.delete(key)
    this.open.set(key, file)
    try {
      const handle = await file.handle
      return await work(handle)
    } catch (error) {
      // a handle that failed once is not trusted again: the drive may have come back as another
      if (this.open.get(key) === file) this.open.delete(key)
      throw error
    } finally {
      file.users--
      file.usedAt = this.clock.now()
      if (file.users === 0 && this.open.get(key) !== file) this.closeHandle(file)
      this.waiting.shift()?.()
    }
  }

  private add(key: string, path: string, mode: OpenMode): OpenFile {
    const file: OpenFile = { key, handle: this.files.open(path, mode), users: 0, usedAt: this.clock.now() }
    this.open.set(key, file)
    this.idleTimer ??= this.clock.after(IDLE_CHECK, () => this.closeIdle())
    return file
  }

  private dropLongestUnused(): boolean {
    for (const file of this.open.values()) {
      if (file.users > 0) continue
      this.drop(file)
      return true
    }
    return false
  }

  private drop(file: OpenFile): void {
    this.open.delete(file.key)
    if (file.users === 0) this.closeHandle(file)
  }

  private closeHandle(file: OpenFile): void {
    const closed = file.handle.then((handle) => handle.close()).catch(() => undefined)
    this.closing.add(closed)
    void closed.then(() => this.closing.delete(closed))
  }

  private closeIdle(): void {
    const before = this.clock.now() - IDLE_CLOSE
    for (const file of [...this.open.values()]) if (file.users === 0 && file.usedAt <= before) this.drop(file)
    this.idleTimer = this.open.size > 0 ? this.clock.after(IDLE_CHECK, () => this.closeIdle()) : undefined
  }
}

function keyOf(mode: 'read' | 'update', path: string): string {
  return `${mode}:${path}`
}
