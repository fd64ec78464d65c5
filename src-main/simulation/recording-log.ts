import type { Clock, Millis } from '../kernel/clock.ts'
import type { Log, LogLevel } from '../kernel/log.ts'

export interface LogEntry {
  readonly at: Millis
  readonly level: LogLevel
  readonly event: string
  readonly facts: Readonly<Record<string, unknown>>
}

/** Entries kept; the oldest go first. */
const ENTRIES_KEPT = 10_000

/** Keeps what was logged, for tests to look at. */
export class RecordingLog implements Log {
  readonly entries: LogEntry[]
  private readonly clock: Clock
  private readonly prefix: string

  constructor(clock: Clock, prefix = '', entries: LogEntry[] = []) {
    this.clock = clock
    this.prefix = prefix
    this.entries = entries
  }

  write(level: LogLevel, event: string, facts: Readonly<Record<string, unknown>> = {}): void {
    if (this.entries.length >= ENTRIES_KEPT) this.entries.splice(0, ENTRIES_KEPT / 2)
    this.entries.push({ at: this.clock.now(), level, event: this.prefix + event, facts })
  }

  child(subject: string): Log {
    return new RecordingLog(this.clock, `${this.prefix}${subject} `, this.entries)
  }
}
