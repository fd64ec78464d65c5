/**
 * Another process of this program, whose lines are read as they come. It is told to end when this process ends, however
 * that happens: a channel between the two closes by itself, and the child takes that as its signal to stop.
 */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** Of what the child says on standard error, the end is kept for the message about its failure. */
const MAX_ERROR_CHARACTERS = 4_000

export interface ChildEnd {
  /** Exit status; undefined where a signal ended it or it could not be started. */
  readonly status: number | undefined
  /** The end of its standard error, and why it could not be started. */
  readonly errorText: string
}

export interface ChildProgram {
  readonly pid: number | undefined
  /** Settles once it has ended and all its lines were handed over. Never rejects. */
  readonly ended: Promise<ChildEnd>
  /** Asks it to end in good order. */
  stop(): void
  /** Ends it at once. */
  kill(): void
}

/** @param line gets each line of its standard output */
export function startProgram(program: string, args: readonly string[], line: (text: string) => void): ChildProgram {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], windowsHide: true })
  let errorText = ''
  const note = (text: string) => {
    errorText = (errorText + text).slice(-MAX_ERROR_CHARACTERS)
  }
  child.stderr?.setEncoding('utf8').on('data', note)
  if (child.stdout) createInterface({ input: child.stdout }).on('line', line)
  const ended = new Promise<ChildEnd>((resolve) => {
    child.on('error', (error) => {
      note(error.message)
      if (child.pid === undefined) resolve({ status: undefined, errorText })
    })
    child.on('close', (status) => resolve({ status: status ?? undefined, errorText }))
  })
  return {
    pid: child.pid,
    ended,
    stop: () => void child.kill('SIGTERM'),
    kill: () => void child.kill('SIGKILL'),
  }
}
