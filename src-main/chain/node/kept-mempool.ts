/**
 * The mempool's file: read into the mempool when a session begins, and written now and then. What comes of it never keeps a
 * chain from opening; what has not been read to its end is not written over.
 */
import { codeOf, messageOf } from '../../kernel/errors.ts'
import type { Log } from '../../kernel/log.ts'
import type { WholeFile } from '../../storage/whole-file.ts'
import type { Mempool } from '../mempool/mempool.ts'

export class KeptMempool {
  readonly #file: Pick<WholeFile, 'read' | 'write'>
  readonly #log: Log
  #isRead = false

  constructor(file: Pick<WholeFile, 'read' | 'write'>, log: Log) {
    this.#file = file
    this.#log = log
  }

  /** Ends early where `goesOn` says no. `now`: seconds since 1970. Never fails. */
  async load(mempool: Mempool, now: number, goesOn: () => boolean): Promise<void> {
    this.#isRead = false
    const saved = await this.#file.read()
    try {
      if (saved !== undefined) {
        const { loaded, dropped, error } = await mempool.load(saved, now, goesOn)
        const facts = { loaded, dropped, ...(error && { error: error.message }) }
        this.#log.write(error ? 'warn' : 'info', 'mempool read', facts)
      }
    } catch (error) {
      this.#log.write('warn', 'mempool not read', { code: codeOf(error), message: messageOf(error) })
    }
    this.#isRead = goesOn()
  }

  async save(mempool: Mempool): Promise<void> {
    if (this.#isRead) await this.#file.write(mempool.dump())
  }
}
