/**
 * What a command says. For people: text on stdout, progress in place on stderr where it is a terminal. With `--json`: one
 * object a line on stdout, the last one `{"event":"done",…}` or `{"event":"error","code","message"}`, and nothing else.
 */
import { CodedError, codeOf, messageOf } from '../kernel/errors.ts'

export interface TextStream {
  write(text: string): unknown
  readonly isTTY?: boolean | undefined
}

/** The system's errors that a command may meet bare, as a sentence with a next step. */
const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'There is no such file or folder; check the path.',
  EACCES: 'Permission denied; choose a place you may read and write.',
  EISDIR: 'That is a folder where a file is meant; name a file.',
  ENOTDIR: 'That is a file where a folder is meant; name a folder.',
  ENOSPC: 'The disk is full; free some space and try again.',
  EADDRINUSE: 'That port is in use; choose another or 0 for any.',
}

/** Milliseconds between two lines of progress: to a program or in place on a terminal, and to a file that only grows. */
const LIVE_PERIOD = 250
const PLAIN_PERIOD = 2_000

export class Output {
  private readonly json: boolean
  private readonly stdout: TextStream
  private readonly stderr: TextStream
  private progressShown = false

  constructor(json: boolean, stdout: TextStream, stderr: TextStream) {
    this.json = json
    this.stdout = stdout
    this.stderr = stderr
  }

  /** How often `progress` should be called at most, in milliseconds. */
  get progressPeriod(): number {
    return this.json || this.stderr.isTTY ? LIVE_PERIOD : PLAIN_PERIOD
  }

  /** Something happened on the way. @param text for people, or undefined to say nothing to them */
  event(event: string, facts: Readonly<Record<string, unknown>>, text?: string): void {
    if (this.json) this.line({ event, ...facts })
    else if (text !== undefined) this.print(text)
  }

  /** Where it stands; the text replaces the one before it. `progressPeriod` says how often at most. */
  progress(facts: Readonly<Record<string, unknown>>, text: string): void {
    if (this.json) this.line({ event: 'progress', ...facts })
    else if (this.stderr.isTTY) {
      this.stderr.write(`\r\x1b[2K${printable(text)}`)
      this.progressShown = true
    } else this.stderr.write(`${printable(text)}\n`)
  }

  /** The last word of a command that worked. */
  done(facts: Readonly<Record<string, unknown>>, text: string): void {
    if (this.json) this.line({ event: 'done', ...facts })
    else if (text !== '') this.print(text)
  }

  /** The last word of one that did not. */
  failed(error: unknown): void {
    const { code, message } = describe(error)
    if (this.json) this.line({ event: 'error', code, message })
    else {
      this.endProgress()
      this.stderr.write(`${printable(message)} [${code}]\n`)
    }
  }

  private print(text: string): void {
    this.endProgress()
    this.stdout.write(`${printable(text)}\n`)
  }

  /** What stands in place has had its time: the line is wiped. */
  private endProgress(): void {
    if (this.progressShown) this.stderr.write('\r\x1b[2K')
    this.progressShown = false
  }

  private line(value: object): void {
    const text = JSON.stringify(value, (_key, item) => (typeof item === 'bigint' ? item.toString() : item))
    this.stdout.write(`${text}\n`)
  }
}

/** Names and comments of torrents come from strangers: nothing in them may steer a terminal. */
function printable(text: string): string {
  return text.replace(/(?!\n)\p{Cc}/gu, '')
}

export function describe(error: unknown): { code: string; message: string } {
  const code = codeOf(error)
  if (error instanceof CodedError) return { code, message: error.message }
  const path = (error as { path?: unknown } | null)?.path
  const known = SYSTEM_ERRORS[code]
  const message = known ? (typeof path === 'string' ? `"${path}": ${known}` : known) : messageOf(error)
  return { code, message }
}
