/** For tests: a line of `shoal lab` on a clock of its own, what it said, and what every experiment must do. */
import { expect } from 'vitest'
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

/** What the last line says, of those that `--json` writes. */
// biome-ignore lint/suspicious/noExplicitAny: each test names the fields that it looks at
export function lastOf(stdout: string): any {
  return JSON.parse(stdout.trim().split('\n').at(-1) as string)
}

/** Runs it with seed 3, and again, which must give the same, and with seed 4, which must not. @returns its last line */
export async function repeated(words: string): Promise<ReturnType<typeof lastOf>> {
  const { stdout, status, stderr } = await line(`${words} --seed 3 --json`)
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  const done = lastOf(stdout)
  expect(done.checksum).toMatch(/^[0-9a-f]{16}$/)
  expect((await line(`${words} --seed 3 --json`)).stdout).toBe(stdout)
  expect(lastOf((await line(`${words} --seed 4 --json`)).stdout).checksum).not.toBe(done.checksum)
  return done
}

/** Stops it at its first word: status 1, and an error that says so. */
export async function expectStoppable(words: string): Promise<void> {
  const stop = new AbortController()
  const { stdout, status } = await line(`${words} --json`, stop, () => stop.abort())
  expect(status).toBe(1)
  expect(lastOf(stdout)).toMatchObject({ event: 'error', code: 'INTERRUPTED' })
}
