/**
 * The process that holds the wallet's keys, as a port: a process of its own, so that nothing that reads bytes of strangers
 * shares memory with a key. A child process under Node, a utility process under Electron.
 */
import type { MessageLink } from './threads.ts'

export interface ProcessLink extends MessageLink {
  /** Ends the process at once: the operating system takes its memory, and the keys with it. Settles when it is gone. */
  terminate(): Promise<void>
  /**
   * Gives it one end of a channel that somebody else holds the other end of; what crosses it is seen by neither of us.
   * `end` is the platform's own kind of port. Undefined where the platform has none (a child process: it listens on a socket).
   */
  readonly hand?: (end: unknown) => void
}

/** One end of such a channel, as the process has it. */
export interface HandedLink extends MessageLink {
  /** The other end is told that this one is gone. */
  close(): void
}

export interface VaultProcesses {
  start(): ProcessLink
}
