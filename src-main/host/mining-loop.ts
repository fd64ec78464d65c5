/**
 * What a mining thread does between two messages: batches of nonces of its header, rests, reports. It holds no timer and no
 * port of its own, so that tests count its batches.
 */
import type { Millis } from '../kernel/clock.ts'
import { HeaderSearch } from '../miner/kernel/header-search.ts'
import { NONCE_COUNT, type ScanKernel } from '../miner/kernel/scan-kernel.ts'
import type { MiningOrder, MiningReply, MiningTask } from './mining-messages.ts'
import { MiningPace, restAfter } from './mining-pace.ts'

/** Time from one report to the next while nothing else is to be said. */
export const REPORT_MS: Millis = 250

export interface MiningLoopPorts {
  now(): Millis
  /** Calls `run` after `delay`, but not before messages that have come meanwhile were handled. Gives what cancels it. */
  after(delay: Millis, run: () => void): () => void
  reply(message: MiningReply): void
}

interface Work {
  readonly task: number
  readonly search: HeaderSearch
  /** The first nonce that has not been tried. */
  next: number
}

export class MiningLoop {
  readonly #kernel: ScanKernel
  readonly #ports: MiningLoopPorts
  readonly #pace = new MiningPace()
  #share = 100
  #work: Work | undefined
  #cancel: (() => void) | undefined
  #attempts = 0
  #best: Uint8Array | undefined
  #reportedAt: Millis = 0

  constructor(kernel: ScanKernel, ports: MiningLoopPorts) {
    this.#kernel = kernel
    this.#ports = ports
  }

  take({ share, task }: MiningOrder): void {
    this.#share = share
    if (task !== 'same') {
      this.#report()
      this.#work = task === 'none' ? undefined : this.#start(task)
    }
    this.#ports.reply({ kind: 'taken' })
    this.#continueAfter(0)
  }

  #start({ id, header, target }: MiningTask): Work {
    return { task: id, search: new HeaderSearch(this.#kernel, header, target), next: 0 }
  }

  #continueAfter(delay: Millis): void {
    this.#cancel?.()
    this.#cancel = this.#work && this.#ports.after(delay, () => this.#batch())
  }

  #batch(): void {
    const work = this.#work
    if (work === undefined) return
    const count = Math.min(this.#pace.batch, NONCE_COUNT - work.next)
    const began = this.#ports.now()
    const { found, attempts } = work.search.search(work.next, count)
    const now = this.#ports.now()
    if (attempts === this.#pace.batch) this.#pace.took(now - began)
    work.next += attempts
    this.#attempts += attempts
    this.#best = work.search.best?.hash
    const [nonce] = found
    if (nonce !== undefined || work.next === NONCE_COUNT) this.#finish(work, nonce)
    else {
      if (now - this.#reportedAt >= REPORT_MS) this.#report()
      this.#continueAfter(restAfter(now - began, this.#share))
    }
  }

  /** The header is done with: a nonce is found, or there is none. */
  #finish({ task, search }: Work, nonce: number | undefined): void {
    this.#report()
    this.#work = undefined
    if (nonce === undefined) this.#ports.reply({ kind: 'exhausted', task })
    else this.#ports.reply({ kind: 'found', task, nonce, header: search.headerWith(nonce) })
  }

  /** Says what was done since the last report. */
  #report(): void {
    this.#reportedAt = this.#ports.now()
    if (this.#attempts === 0) return
    this.#ports.reply({ kind: 'progress', attempts: this.#attempts, best: this.#best })
    this.#attempts = 0
  }
}
