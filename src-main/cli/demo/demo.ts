/** What the parts of the demonstration share. */
import type { CommandContext, CommandHost } from '../command.ts'
import type { Patience } from './patience.ts'

export interface Demo {
  readonly context: CommandContext
  readonly host: CommandHost
  /** What is shared. */
  readonly source: string
  /** An empty folder for everything that is written. */
  readonly work: string
  readonly patience: Patience
}

/** One thing was done: a line for people, an object for programs. */
export function step({ out }: CommandContext, name: string, facts: object, text: string): void {
  out.event('step', { step: name, ...facts }, text)
}
