/** A thread of a simulated host: its program runs in this one, behind a link that copies messages as between threads. */
import type { Clock } from '../kernel/clock.ts'
import type { MessageLink, MessageListener, ThreadLink } from '../kernel/threads.ts'

/** @param serve the program of the thread. `terminate` tells it that the other side is gone; it ends by itself. */
export function simulatedThread(clock: Clock, serve: (link: MessageLink) => void): ThreadLink {
  const starter = new LinkEnd(clock)
  const thread = new LinkEnd(clock)
  serve({ post: (message) => starter.deliver(message), listen: (listener) => thread.listen(listener) })
  return {
    post: (message) => thread.deliver(message),
    listen: (listener) => starter.listen(listener),
    async terminate() {
      thread.end('the parent is gone')
      starter.end('the thread ended')
    },
  }
}

/** Where messages arrive, one after the other, each in an event of its own. */
class LinkEnd {
  readonly #clock: Clock
  #listener: MessageListener | undefined
  #ended = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  listen(listener: MessageListener): void {
    this.#listener = listener
  }

  deliver(message: unknown): void {
    if (this.#ended) return
    const copy = structuredClone(message)
    this.#clock.after(0, () => {
      if (!this.#ended) this.#listener?.message(copy)
    })
  }

  end(reason: string): void {
    if (this.#ended) return
    this.#ended = true
    this.#clock.after(0, () => this.#listener?.ended(reason))
  }
}
