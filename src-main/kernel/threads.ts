/** Work on a thread of its own, as a port: messages there and back. Messages are plain data (structured clone). */

export interface MessageLink {
  /** Messages are delivered in order. `transfer` moves memory instead of copying it. Ignored once the other side is gone. */
  post(message: unknown, transfer?: readonly ArrayBuffer[]): void
  /** Called once, before the first message can come. */
  listen(listener: MessageListener): void
}

export interface MessageListener {
  message(message: unknown): void
  /** The other side is gone; nothing follows. */
  ended(reason: string): void
}

/** The side that started the thread. */
export interface ThreadLink extends MessageLink {
  /** Ends the thread at once, whatever it is doing. */
  terminate(): Promise<void>
}

/** `chain` runs a node of the chain, `lab` one experiment, with what memory and time others leave. */
export type ThreadName = 'chain' | 'lab'

export interface Threads {
  start(name: ThreadName): ThreadLink
}
