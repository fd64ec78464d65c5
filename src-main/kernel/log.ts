export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** What happened, in a few fixed words, with its facts as plain data. Never a secret. */
export interface Log {
  write(level: LogLevel, event: string, facts?: Readonly<Record<string, unknown>>): void
  /** The same log with a subject in front of each event: `torrent`, `tracker`. */
  child(subject: string): Log
}

export const silentLog: Log = { write() {}, child: () => silentLog }
