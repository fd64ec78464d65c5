/** For tests: a line of `shoal lab` on a clock of its own, and what it said. */
import type { Clock } from '../kernel/clock.ts'
import type { CommandHost } from './command.ts'
import { lab } from './commands/lab.ts'
import { runCommandLine } from './run.ts'
import type { System } from './system.ts'

/** Stands still but for a second with each look at it, so that every line of progress is due. */
function steppingClock(): Pick<Clock, 'now' | 'after'> {
  let now = 0
  const after = (_: number, run: () => void) => {
    queueMicrotask(run)
    return { cancel: () => {} }
  }
  return { now: () => (now += 1_000), after }
}

/** @param stdoutWrites told of each text as it is written */
export async function line(
  words: string,
  stop = new AbortController(),
  stdoutWrites: (text: string) => void = () => {},
) {
  let stdout = ''
  let stderr = ''
  const status = await runCommandLine({ lab: async () => lab }, '9.9', words.split(' '), {
    stdout: {
      write: (text) => {
        stdout += text
        stdoutWrites(text)
      },
    },
    stderr: { write: (text) => (stderr += text) },
    workingDirectory: '/here',
    stop: stop.signal,
    openHost: () => ({ clock: steppingClock(), close: async () => {} }) as CommandHost,
    system: {} as System,
  })
  return { status, stdout, stderr }
}
