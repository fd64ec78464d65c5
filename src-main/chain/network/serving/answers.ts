/**
 * Answers that may be large, for each peer one after another, and none while the peer has not taken what it was sent: what
 * waits for a slow reader is a question, not megabytes. Other peers, and other messages of the same peer, are not held up.
 * A peer that asks for more than it takes is disconnected.
 */
import { MINUTE, type Millis } from '../../../kernel/clock.ts'
import type { PartContext } from '../part-context.ts'
import type { MessageHandlers, Peer, PeerPart } from '../peer.ts'

/** Bytes sent to a peer and not taken, above which it gets no more; the largest message may come on top. */
export const MAX_UNTAKEN_BYTES = 1_000_000
/** Items asked for by a peer and not yet answered. */
export const MAX_WAITING_ITEMS = 5_000
/** A peer that takes nothing for so long while it waits for answers is given up. */
export const TAKING_LIMIT: Millis = 5 * MINUTE

interface Line {
  readonly tasks: { readonly items: number; readonly run: () => Promise<void> }[]
  items: number
  isBusy: boolean
  wake: (() => void) | undefined
  waitingSince: Millis
}

export class Answers implements PeerPart {
  readonly handlers: MessageHandlers = {}
  readonly #context: PartContext
  readonly #lines = new Map<Peer, Line>()

  constructor(context: PartContext) {
    this.#context = context
  }

  joined(peer: Peer): void {
    this.#lines.set(peer, { tasks: [], items: 0, isBusy: false, wake: undefined, waitingSince: 0 })
  }

  left(peer: Peer): void {
    const line = this.#lines.get(peer)
    this.#lines.delete(peer)
    if (line) line.tasks.length = 0
    line?.wake?.()
  }

  drained(peer: Peer): void {
    this.#lines.get(peer)?.wake?.()
  }

  tick(now: Millis): void {
    for (const [peer, line] of [...this.#lines])
      if (line.wake !== undefined && now - line.waitingSince >= TAKING_LIMIT)
        peer.close('it does not take what it asked for')
  }

  /** Runs `answer` when those before it are done. `items`: things that it was asked for. */
  add(peer: Peer, items: number, answer: () => Promise<void>): void {
    const line = this.#lines.get(peer)
    if (line === undefined) return
    if (line.items + items > MAX_WAITING_ITEMS) {
      peer.close('it asks for more than it takes')
      return
    }
    line.items += items
    line.tasks.push({ items, run: answer })
    if (!line.isBusy) this.#work(peer, line)
  }

  /** Waits until the peer has taken most of what it was sent. False once it is gone. */
  async room(peer: Peer): Promise<boolean> {
    const line = this.#lines.get(peer)
    while (line !== undefined && !peer.isGone && peer.bufferedBytes > MAX_UNTAKEN_BYTES) {
      line.waitingSince = this.#context.clock.now()
      await new Promise<void>((resolve) => {
        line.wake = resolve
      })
      line.wake = undefined
    }
    return !peer.isGone
  }

  /** Items asked for and not yet answered. */
  waiting(peer: Peer): number {
    return this.#lines.get(peer)?.items ?? 0
  }

  #work(peer: Peer, line: Line): void {
    const task = line.tasks.shift()
    line.isBusy = task !== undefined
    if (task === undefined) return
    this.#context.run('answer', async () => {
      try {
        if (await this.room(peer)) await task.run()
      } finally {
        line.items -= task.items
        this.#work(peer, line)
      }
    })
  }
}
