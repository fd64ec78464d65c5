import { Worker } from 'node:worker_threads'
import type { HashReply, HashRequest } from './hash-messages.ts'

/** Something the pool has asked a thread for. Exactly one of the two is called, once. */
export interface PendingTask {
  done(reply: HashReply): void
  failed(reason: string): void
}

/** One worker thread and the requests it has not answered. While it has none, it does not keep the process alive. */
export class HashThread {
  private readonly worker: Worker
  private readonly pending = new Map<number, PendingTask>()
  private nextId = 0

  /** `onDeath` is called once, after every open request has failed, when the thread ends for whatever reason. */
  constructor(workerPath: string | URL, onDeath: (thread: HashThread) => void) {
    this.worker = new Worker(workerPath, { name: 'hash', execArgv: [] })
    this.worker.unref()
    let reason = 'the thread ended'
    this.worker.on('error', (error) => {
      reason = String(error instanceof Error ? error.message : error)
    })
    this.worker.on('message', (reply: HashReply) => this.take(reply))
    this.worker.on('exit', () => {
      this.failAll(reason)
      onDeath(this)
    })
  }

  get load(): number {
    return this.pending.size
  }

  /** Sends a request with a new id; throws where its memory cannot be moved. */
  ask(request: (id: number) => HashRequest, transfer: ArrayBuffer[], task: PendingTask): void {
    const id = this.nextId++
    this.worker.postMessage(request(id), transfer)
    this.pending.set(id, task)
    this.worker.ref()
  }

  async terminate(): Promise<void> {
    await this.worker.terminate()
  }

  private take(reply: HashReply): void {
    const task = this.pending.get(reply.id)
    this.pending.delete(reply.id)
    if (this.pending.size === 0) this.worker.unref()
    task?.done(reply)
  }

  private failAll(reason: string): void {
    const tasks = [...this.pending.values()]
    this.pending.clear()
    for (const task of tasks) task.failed(reason)
  }
}
