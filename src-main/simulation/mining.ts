/**
 * Mining on virtual time: blocks come after exponentially distributed times for a given hash rate, as they do in the world.
 * The nonce is a real one, searched for in the moment of the find: so targets have to be easy, and a slow network is one of
 * slow miners.
 */
import { hash256 } from '../chain/primitives/hashes.ts'
import type { Clock, Millis, Timer } from '../kernel/clock.ts'
import { SECOND } from '../kernel/clock.ts'
import {
  checkMiningShare,
  checkMiningThreads,
  type FoundNonce,
  type MiningHeader,
  type MiningJob,
  type MiningProgress,
  type MiningWorkers,
} from '../kernel/mining-workers.ts'
import { HeaderSearch } from '../miner/kernel/header-search.ts'
import { JavaScriptKernel } from '../miner/kernel/javascript-kernel.ts'
import { NONCE_COUNT } from '../miner/kernel/scan-kernel.ts'
import { hashesForTarget } from '../miner/meter.ts'
import { naturalLog } from './exact-math.ts'
import type { SeededRandom } from './random.ts'

/** Hashes that a nonce may take on average: some two seconds of real time. */
export const MOST_REAL_HASHES = 2 ** 20
const TWO_TO_32 = 2 ** 32

export interface SimulatedMiningOptions {
  readonly clock: Clock
  readonly random: SeededRandom
  /** Of each thread at its full share. */
  readonly hashesPerSecond: number
  /** Time from one report of progress to the next while there is a job. Default a second; Infinity for none but at its end. */
  readonly reportEvery?: Millis
}

export class SimulatedMiningWorkers implements MiningWorkers {
  readonly kernel = 'simulated'
  readonly #options: SimulatedMiningOptions
  readonly #search = new JavaScriptKernel()
  readonly #found: ((found: FoundNonce) => void)[] = []
  readonly #progress: ((progress: MiningProgress) => void)[] = []
  #threads = 1
  #share = 100
  #job: MiningJob | undefined
  /** One for each thread. */
  #headers: MiningHeader[] = []
  /** Hashes up to here are in `#attempts`, which has still to be told. */
  #countedAt: Millis = 0
  #attempts = 0
  #find: Timer | undefined
  #report: Timer | undefined
  #closed = false

  constructor(options: SimulatedMiningOptions) {
    this.#options = options
  }

  setThreads(threads: number): void {
    const count = checkMiningThreads(threads)
    this.#count()
    this.#threads = count
    this.#headers.length = Math.min(this.#headers.length, count)
    if (this.#job) this.#resume(this.#job)
  }

  setShare(share: number): void {
    const per = checkMiningShare(share)
    this.#count()
    this.#share = per
    if (this.#job) this.#resume(this.#job)
  }

  /** @throws RangeError for a target that takes more than `MOST_REAL_HASHES` */
  work(job: MiningJob | undefined): void {
    if (this.#closed) return
    if (job && hashesForTarget(job.target) > MOST_REAL_HASHES)
      throw new RangeError(`a simulation can mine targets of ${MOST_REAL_HASHES} hashes at most`)
    this.#rest()
    this.#job = job
    this.#headers = []
    if (job) this.#resume(job)
  }

  onFound(listener: (found: FoundNonce) => void): void {
    this.#found.push(listener)
  }

  onProgress(listener: (progress: MiningProgress) => void): void {
    this.#progress.push(listener)
  }

  onFault(): void {
    // Nothing here can fail.
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#found.length = 0
    this.#progress.length = 0
    this.#rest()
    this.#job = undefined
  }

  get #hashesPerSecond(): number {
    return (this.#headers.length * this.#options.hashesPerSecond * this.#share) / 100
  }

  /**
   * Draws the time of the next find anew. That is as right as waiting for the one drawn before: what is left of an exponentially
   * distributed time is distributed like all of it.
   */
  #resume(job: MiningJob): void {
    const { clock, random, reportEvery = SECOND } = this.#options
    while (this.#headers.length < this.#threads) {
      const header = job.nextHeader()
      if (header === undefined) break
      this.#headers.push(header)
    }
    this.#countedAt = clock.now()
    this.#find?.cancel()
    this.#find = undefined
    if (this.#hashesPerSecond === 0) return
    const draw = -naturalLog((random.word() + 0.5) / TWO_TO_32)
    const delay = (draw * SECOND * hashesForTarget(job.target)) / this.#hashesPerSecond
    this.#find = clock.after(delay, () => this.#nonceFound(job))
    if (Number.isFinite(reportEvery)) this.#report ??= clock.every(reportEvery, () => this.#tell(undefined))
  }

  /** Tells what was done, and does nothing more. */
  #rest(): void {
    this.#tell(undefined)
    this.#find?.cancel()
    this.#report?.cancel()
    this.#find = undefined
    this.#report = undefined
  }

  #nonceFound(job: MiningJob): void {
    this.#count()
    const header = this.#headers[this.#options.random.below(this.#headers.length)] as MiningHeader
    const search = new HeaderSearch(this.#search, header.bytes, job.target)
    const [nonce] = search.search(0, NONCE_COUNT).found
    this.#find = undefined
    if (nonce === undefined) throw new Error(`no nonce in 2^32 for a target of ${MOST_REAL_HASHES} hashes at most`)
    const found = search.headerWith(nonce)
    this.#tell(hash256(found))
    this.work(undefined)
    for (const listener of this.#found) listener({ job, header: found, nonce, extranonce: header.extranonce })
  }

  /** Adds up what was tried since the last time. A target so easy is met long before a header is used up. */
  #count(): void {
    const now = this.#options.clock.now()
    if (this.#job) this.#attempts += (this.#hashesPerSecond * (now - this.#countedAt)) / SECOND
    this.#countedAt = now
  }

  /** Whole hashes; what is left over is told with the next. */
  #tell(best: Uint8Array | undefined): void {
    this.#count()
    const attempts = Math.floor(this.#attempts)
    if (attempts === 0 && best === undefined) return
    this.#attempts -= attempts
    for (const listener of this.#progress) listener({ attempts, best })
  }
}
