/**
 * A file that is read and written whole, of something that can be had again: the mempool, addresses of peers. What cannot be
 * read counts as not there, what cannot be written stays unwritten; both are noted in the log, and neither stops anything.
 */
import { codeOf, messageOf } from '../kernel/errors.ts'
import type { FileStore } from '../kernel/files.ts'
import type { Log } from '../kernel/log.ts'

export interface WholeFileParts {
  readonly files: FileStore
  readonly log: Log
  readonly path: string
  /** A longer file is not one of ours. */
  readonly maxBytes: number
}

export class WholeFile {
  readonly #parts: WholeFileParts

  constructor(parts: WholeFileParts) {
    this.#parts = parts
  }

  /** Undefined where there is none that can be read. */
  async read(): Promise<Uint8Array | undefined> {
    const { files, path, maxBytes } = this.#parts
    try {
      const stat = await files.stat(path)
      if (stat === undefined || stat.kind !== 'file' || stat.size > maxBytes) return undefined
      const bytes = new Uint8Array(stat.size)
      const file = await files.open(path, 'read')
      try {
        return bytes.subarray(0, await file.read(bytes, 0))
      } finally {
        await file.close()
      }
    } catch (error) {
      this.#note('file not read', error)
      return undefined
    }
  }

  /** Whole or not at all: a crash leaves the one before. */
  async write(bytes: Uint8Array): Promise<void> {
    const { files, path } = this.#parts
    const temporary = `${path}.new`
    try {
      await files.remove(temporary)
      const file = await files.open(temporary, 'secret')
      try {
        await file.write(bytes, 0)
        await file.sync()
      } finally {
        await file.close()
      }
      await files.rename(temporary, path)
    } catch (error) {
      this.#note('file not written', error)
    }
  }

  #note(event: string, error: unknown): void {
    const { log, path } = this.#parts
    log.write('warn', event, { path, code: codeOf(error), message: messageOf(error) })
  }
}
