/**
 * Which files of a torrent are there, and which of them we made; makes the missing ones safely.
 *
 * A file is made only after that was announced in session.db, so a file that stands there unannounced is another's and
 * is never written to. Where another's is found at a path that was announced, the announcement is withdrawn, also in
 * session.db, so that it is not taken for ours after a restart. Folders below the download folder are made one by one, and none of them may be a symbolic link:
 * nothing is ever written outside the torrent's own folder. A file that was there once is never made again by itself:
 * where it is gone, the drive may be away.
 */
import { codeOf } from '../../kernel/errors.ts'
import type { FileStore } from '../../kernel/files.ts'
import type { FileRecord } from '../../storage/resume-repository.ts'
import { dataMissing, notWritable } from './disk-faults.ts'
import type { FilePool } from './file-pool.ts'
import type { Layout } from './layout.ts'
import { DiskError } from './piece-storage.ts'

export class OwnFiles {
  private readonly files: FileStore
  private readonly pool: FilePool
  private readonly layout: Layout
  private readonly withdraw: (index: number) => void
  private readonly announced = new Set<number>()
  private readonly there = new Set<number>()
  private readonly made = new Set<number>()
  /** Announced in an earlier run, so that finding it is no surprise. */
  private readonly expected = new Set<number>()
  private readonly making = new Map<number, Promise<void>>()

  /** @param withdraw takes the announcement of a file back in session.db */
  constructor(files: FileStore, pool: FilePool, layout: Layout, withdraw: (index: number) => void) {
    this.files = files
    this.pool = pool
    this.layout = layout
    this.withdraw = withdraw
  }

  /** Starts from what is recorded. */
  reset(records: readonly FileRecord[]): void {
    for (const set of [this.announced, this.there, this.made, this.expected]) set.clear()
    for (const { index, made, seen } of records) {
      this.announced.add(index)
      if (made) this.made.add(index)
      if (seen || !made) this.there.add(index)
      else this.expected.add(index)
    }
  }

  isMade(index: number): boolean {
    return this.made.has(index)
  }

  isThere(index: number): boolean {
    return this.there.has(index)
  }

  /** Those that must be announced in session.db before they are made. */
  unannounced(indexes: readonly number[]): number[] {
    return indexes.filter((index) => !this.announced.has(index))
  }

  setAnnounced(indexes: readonly number[]): void {
    for (const index of indexes) this.announced.add(index)
  }

  /**
   * Makes the file where it is still missing, and checks that no folder above it is a link.
   * @throws DiskError DATA_MISSING, NOT_WRITABLE, FILES_EXIST; else the system's error
   */
  async prepare(index: number): Promise<void> {
    if (this.there.has(index)) return this.checkFolders(index)
    const running = this.making.get(index)
    if (running) return running
    const making = this.make(index).finally(() => this.making.delete(index))
    this.making.set(index, making)
    return making
  }

  private async make(index: number): Promise<void> {
    await this.checkFolders(index, this.there.size === 0)
    const path = this.layout.path(index)
    try {
      await this.pool.make(path)
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
      if (!this.expected.has(index)) {
        this.announced.delete(index)
        this.withdraw(index)
        throw filesExist(path)
      }
    }
    this.made.add(index)
    this.there.add(index)
  }

  /** @param firstFile nothing of the torrent is there yet, so its own folder may be made */
  private async checkFolders(index: number, firstFile = false): Promise<void> {
    const { directory } = this.layout
    if (!(await this.files.stat(directory))) throw dataMissing(directory)
    const folders = this.layout.folders(index)
    for (const [depth, folder] of folders.entries()) {
      const stat = await this.files.stat(folder)
      if (stat?.kind === 'directory') continue
      if (stat?.kind === 'symlink') throw notWritable(folder, 'it is a symbolic link, which could lead anywhere')
      if (stat) throw notWritable(folder, 'it is not a folder')
      if (this.there.has(index) || (depth === 0 && !firstFile)) throw dataMissing(folder)
      await this.files.makeDirectory(folder)
    }
  }
}

export function filesExist(path: string): DiskError {
  return new DiskError(
    { code: 'FILES_EXIST', path },
    `${path} is there already and was not made by this torrent. Choose another folder, or let Shoal check and use what is there.`,
  )
}
