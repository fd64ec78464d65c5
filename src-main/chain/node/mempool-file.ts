/** `mempool.dat` beside chain.db: what the mempool held when it was last written, kept across restarts. Losing it loses nothing. */
import { codeOf, messageOf } from '../../kernel/errors.ts'
import type { FileStore } from '../../kernel/files.ts'
import type { Log } from '../../kernel/log.ts'

/** What a mempool of the largest size takes; a longer file is not one of ours. */
export const MAX_MEMPOOL_FILE_BYTES = 400_000_000

export class MempoolFile {
  readonly #files: FileStore
  readonly #path: string
  readonly #log: Log

  constructor(files: FileStore, path: string, log: Log) {
    this.#files = files
    this.#path = path
    this.#log = log
  }

  /** Undefined where there is none that can be read; that is written to the log. */
  async read(): Promise<Uint8Array | undefined> {
    try {
      const stat = await this.#files.stat(this.#path)
      if (stat === undefined || stat.kind !== 'file' || stat.size > MAX_MEMPOOL_FILE_BYTES) return undefined
      const bytes = new Uint8Array(stat.size)
      const file = await this.#files.open(this.#path, 'read')
      try {
        const length = await file.read(bytes, 0)
        return bytes.subarray(0, length)
      } finally {
        await file.close()
      }
    } catch (error) {
      this.#log.write('warn', 'mempool not read', { code: codeOf(error), message: messageOf(error) })
      return undefined
    }
  }

  /** Whole or not at all. Failing is written to the log: a full disk must not stop the chain from closing. */
  async write(bytes: Uint8Array): Promise<void> {
    const temporary = `${this.#path}.new`
    try {
      await this.#files.remove(temporary)
      const file = await this.#files.open(temporary, 'exclusive')
      try {
        await file.write(bytes, 0)
        await file.sync()
      } finally {
        await file.close()
      }
      await this.#files.rename(temporary, this.#path)
    } catch (error) {
      this.#log.write('warn', 'mempool not written', { code: codeOf(error), message: messageOf(error) })
    }
  }
}
