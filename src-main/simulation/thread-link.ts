/** A thread of a simulated host: its program runs in this one, behind a link that copies messages as between threads. */
import type { Clock } from '../kernel/clock.ts'
import type { MessageLink, MessageListener, ThreadLink } from '../kernel/threads.ts'

/**
 * @param serve the program of the thread, which may end itself by `end`. `terminate` tells it that the other side is gone;
 * it ends by itself.
 */
export function simulatedThread(clock: Clock, serve: (link: MessageLink, end: () => void) => void): ThreadLink {
  const [starter, thread] = linkPair(clock)
  const end = () => {
    thread.end('the parent is gone')
    starter.end('the thread ended')
  }
  serve(thread, end)
  return {
    post: (message) => starter.post(message),
    listen: (listener) => starter.listen(listener),
    terminate: async () => end(),
  }
}

/** A channel with two ends; `end` tells an end that the other side is gone, `close` the other side that this one is. */
export function linkPair(clock: Clock): readonly [LinkEnd, LinkEnd] {
  const one: LinkEnd = new LinkEnd(clock, () => other)
  const other: LinkEnd = new LinkEnd(clock, () => one)
  return [one, other]
}

/** Where messages arrive, one after the other, each in an event of its own. */
export class LinkEnd implements MessageLink {
  readonly #clock: Clock
  readonly #other: () => LinkEnd
  #listener: MessageListener | undefined
  #ended = false

  constructor(clock: Clock, other: () => LinkEnd) {
    this.#clock = clock
    this.#other = other
  }

  post(message: unknown): void {
    this.#other().deliver(message)
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

  close(): void {
    this.#other().end('the other side is gone')
  }

  end(reason: string): void {
    if (this.#ended) return
    this.#ended = true
    this.#clock.after(0, () => this.#listener?.ended(reason))
  }
}
