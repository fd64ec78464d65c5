import { CommandError } from './command-error.ts'

/** Stopped by Ctrl-C before the work was done. @param next what can be done now */
export function interrupted(next: string): CommandError {
  return new CommandError({ code: 'INTERRUPTED' }, `Stopped before it was done. ${next}`)
}
