/**
 * The chain's thread over the life of the engine: opened and closed as the settings say, opened anew for another mode, and
 * once more after it died. Who uses the chain is told when it opens and closes.
 */
import { join } from 'node:path'
import type { Settings } from '#shared/contract/settings.ts'
import type { NodeChain } from '../../chain/node/node-chain.ts'
import { openRemoteChain } from '../../chain/thread/remote-chain.ts'
import { type Clock, MINUTE, SECOND, type Timer } from '../../kernel/clock.ts'
import { codeOf, messageOf } from '../../kernel/errors.ts'
import type { FileStore } from '../../kernel/files.ts'
import type { Log } from '../../kernel/log.ts'
import type { ThreadLink, Threads } from '../../kernel/threads.ts'
import { Watchers } from '../watchers.ts'

const MEBIBYTE = 1_048_576
const COIN_CACHE_BYTES = 64 * MEBIBYTE
const MEMPOOL_BYTES = 300_000_000
const SIGNATURE_THREADS = 2
/** A thread that died is started again after this, and at most `MAX_RESTARTS` times within `RESTART_WINDOW`. */
const RESTART_AFTER = 5 * SECOND
const RESTART_WINDOW = 10 * MINUTE
const MAX_RESTARTS = 3
/** For an opening to end in order once the program is to end: checks of a large database may take minutes. */
export const OPENING_GRACE = 2 * SECOND

/** For a chain to be closed: what waits for a commit is written first, which is seconds of work on a slow disk. */
export const CLOSING_TIME = 30 * SECOND

export type ChainSettings = Pick<Settings, 'chain' | 'chainMode' | 'chainKeepBlocks' | 'network'>

export interface ChainHostParts {
  readonly threads: Threads
  readonly clock: Clock
  readonly files: Pick<FileStore, 'makeDirectory'>
  readonly log: Log
  readonly profile: string
  /** Which chain: stays for the whole run. */
  readonly network: Settings['network']
  readonly settings: () => ChainSettings
  /** Everyone who uses the chain lets go of it: `chain` is undefined already. */
  readonly closing: () => Promise<void>
}

export type ChainHostState =
  | { readonly kind: 'off' }
  | { readonly kind: 'starting' }
  | {
      readonly kind: 'open'
      readonly chain: NodeChain
      readonly mode: Settings['chainMode']
      readonly keepBlocks: number
    }
  /** One sentence with the next step. */
  | { readonly kind: 'failed'; readonly reason: string }

export class ChainHost {
  /** Told after each change of `state`. */
  readonly watchers = new Watchers()
  readonly #parts: ChainHostParts
  #state: ChainHostState = { kind: 'off' }
  #last: Promise<void> = Promise.resolve()
  #deaths: number[] = []
  /** Of the opening that is under way. */
  #abandon: AbortController | undefined
  #grace: Timer | undefined
  /** Of the thread that was started last. */
  #link: ThreadLink | undefined
  #stopped = false

  constructor(parts: ChainHostParts) {
    this.#parts = parts
  }

  get state(): ChainHostState {
    return this.#state
  }

  get chain(): NodeChain | undefined {
    return this.#state.kind === 'open' ? this.#state.chain : undefined
  }

  /** Makes the chain what the settings say. Settles when it is; never fails. */
  configure(): Promise<void> {
    this.#last = this.#last.then(() => this.#apply())
    return this.#last
  }

  /** It is about to be closed for good: an opening that is under way ends within `OPENING_GRACE`, and none begins. */
  hurry(): void {
    this.#stopped = true
    const abandon = this.#abandon
    if (abandon) this.#grace ??= this.#parts.clock.after(OPENING_GRACE, () => abandon.abort())
  }

  /** Closes it, for good. */
  async stop(): Promise<void> {
    this.hurry()
    await this.configure()
  }

  async #apply(): Promise<void> {
    const { chain: wanted, chainMode, chainKeepBlocks } = this.#parts.settings()
    const on = wanted && !this.#stopped
    const state = this.#state
    if (state.kind === 'open' && (!on || needsReopening(state, chainMode, chainKeepBlocks)))
      await this.#close(state.chain)
    if (on && (this.#state.kind === 'off' || this.#state.kind === 'failed')) await this.#open(chainMode)
    if (!on && this.#state.kind === 'failed') this.#set({ kind: 'off' })
  }

  /** Damage that shows only while a chain is read is noted in its store, and mended by the next opening: that comes at once. */
  async #open(mode: Settings['chainMode'], isSecondTry = false): Promise<void> {
    const { threads, files, profile, network, settings, log } = this.#parts
    const keepBlocks = settings().chainKeepBlocks
    this.#set({ kind: 'starting' })
    const folder = join(profile, 'chain', network)
    const abandon = new AbortController()
    this.#abandon = abandon
    try {
      await files.makeDirectory(folder)
      const link = threads.start('chain')
      this.#link = link
      const chain = await openRemoteChain({
        link,
        configuration: {
          ...{ network, mode },
          path: join(folder, 'chain.db'),
          keepBlocks,
          coinCacheBytes: COIN_CACHE_BYTES,
          mempoolBytes: MEMPOOL_BYTES,
          signatureThreads: SIGNATURE_THREADS,
        },
        log,
        died: (reason) => this.#died(reason),
        abandon: abandon.signal,
      })
      this.#set({ kind: 'open', chain, mode, keepBlocks })
    } catch (error) {
      const level = abandon.signal.aborted ? 'info' : 'error'
      log.write(level, 'chain not opened', { code: codeOf(error), message: messageOf(error) })
      if (codeOf(error) === 'DAMAGED' && !isSecondTry && !this.#stopped) {
        await this.#open(mode, true)
        return
      }
      this.#set({ kind: 'failed', reason: messageOf(error) })
    } finally {
      this.#abandon = undefined
      this.#grace?.cancel()
    }
  }

  /** In order, and within `CLOSING_TIME`: then its thread is ended, and with it whatever waits for an answer. */
  async #close(chain: NodeChain): Promise<void> {
    const { clock, log, closing } = this.#parts
    this.#set({ kind: 'off' })
    const link = this.#link
    const timer = clock.after(CLOSING_TIME, () => {
      const lost =
        'nothing: the chain goes on from the last tip on disk, and has the blocks since then or gets them again'
      log.write('warn', 'chain not closed in time, its thread is ended', { seconds: CLOSING_TIME / SECOND, lost })
      void link?.terminate()
    })
    try {
      await closing()
      await chain.close()
    } catch (error) {
      log.write('error', 'chain not closed cleanly', { message: messageOf(error) })
    } finally {
      timer.cancel()
    }
  }

  #died(reason: string): void {
    // It is being closed: whoever does that is told.
    if (this.#state.kind === 'off') return
    const { clock, log } = this.#parts
    log.write('error', 'the thread of the chain ended', { reason })
    this.#set({ kind: 'failed', reason: `The chain stopped unexpectedly (${reason}). Restart Shoal to try again.` })
    const now = clock.now()
    this.#deaths = [...this.#deaths.filter((at) => now - at < RESTART_WINDOW), now]
    if (this.#deaths.length <= MAX_RESTARTS) clock.after(RESTART_AFTER, () => void this.configure())
  }

  #set(state: ChainHostState): void {
    this.#state = state
    this.watchers.notify()
  }
}

/**
 * Archive and pruned are one store with more or less in it; light is another kind of node. How many blocks are kept is told
 * to a chain when it is opened.
 */
function needsReopening(
  open: { readonly mode: Settings['chainMode']; readonly keepBlocks: number },
  to: Settings['chainMode'],
  keepBlocks: number,
): boolean {
  const isOtherKind = open.mode !== to && (open.mode === 'light' || to === 'light')
  return isOtherKind || (to === 'pruned' && open.keepBlocks !== keepBlocks)
}
