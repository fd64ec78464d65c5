import { Worker } from 'node:worker_threads'
import type { MiningHeader, MiningJob } from '../kernel/mining-workers.ts'
import type { MiningOrder, MiningReply, MiningTask, MiningThreadData } from './mining-messages.ts'

/** A header that was given to a thread, and what for. */
export interface Assignment {
  readonly job: MiningJob
  readonly header: MiningHeader
}

export interface MiningThreadEvents {
  reply(thread: MiningThread, reply: MiningReply): void
  /** Called once, when the thread ends for whatever reason. */
  ended(thread: MiningThread, reason: string): void
}

/**
 * One mining thread and what it should do. However often that changes, one order at most is on its way: what came meanwhile
 * goes as one when that is taken up. Keeps the process alive only while it has work.
 */
export class MiningThread {
  readonly #worker: Worker
  #share: number
  #assignment: Assignment | undefined
  /** Names what the thread should work on; replies about anything else are about the past. */
  #taskId = 0
  #taskSent = 0
  #orderOpen = false
  #orderDue = false
  #leaving = false

  constructor(workerPath: string | URL, data: MiningThreadData, share: number, events: MiningThreadEvents) {
    this.#share = share
    this.#worker = new Worker(workerPath, { name: 'mining', execArgv: [], workerData: data })
    this.#worker.unref()
    let reason = 'the thread ended'
    this.#worker.on('error', (error) => {
      reason = String(error instanceof Error ? error.message : error)
    })
    this.#worker.on('message', (reply: MiningReply) => {
      events.reply(this, reply)
      if (reply.kind === 'taken') this.#taken()
    })
    this.#worker.on('exit', () => events.ended(this, reason))
  }

  /** What it works on. */
  get assignment(): Assignment | undefined {
    return this.#assignment
  }

  /** Whether it ends as soon as it has said what it has done. */
  get leaving(): boolean {
    return this.#leaving
  }

  setShare(share: number): void {
    this.#share = share
    this.#order()
  }

  /** Takes up a header in place of any other; undefined rests. */
  assign(assignment: Assignment | undefined): void {
    if (assignment === undefined && this.#assignment === undefined) return
    this.#assignment = assignment
    this.#taskId++
    if (assignment) this.#worker.ref()
    else this.#worker.unref()
    this.#order()
  }

  /** Whether a reply about this task is about what the thread works on now. */
  isCurrent(task: number): boolean {
    return this.#assignment !== undefined && task === this.#taskId
  }

  /** Stops working, then ends. */
  leave(): void {
    this.#leaving = true
    this.assign(undefined)
    if (!this.#orderOpen) void this.terminate()
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate()
  }

  #order(): void {
    this.#orderDue = true
    if (this.#orderOpen) return
    this.#orderDue = false
    this.#orderOpen = true
    const order: MiningOrder = { share: this.#share, task: this.#task() }
    this.#taskSent = this.#taskId
    this.#worker.postMessage(order)
  }

  #task(): MiningTask | 'same' | 'none' {
    if (this.#assignment === undefined) return 'none'
    if (this.#taskSent === this.#taskId) return 'same'
    const { job, header } = this.#assignment
    return { id: this.#taskId, header: header.bytes, target: job.target }
  }

  #taken(): void {
    this.#orderOpen = false
    if (this.#orderDue) this.#order()
    else if (this.#leaving) void this.terminate()
  }
}
