/** A program under test: its output is kept, and it never outlives the tests. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'

/** What is kept of a program's output: the end. */
const KEPT_CHARACTERS = 256 * 1024
const SHOWN_LINES = 40

type Child = ChildProcessByStdio<Writable, Readable, Readable>

/** Every program that runs now, of all tests of this process. */
const running = new Set<Child>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Takes standard output instead of keeping it, for a program that speaks a protocol there. */
  readonly stdout?: (chunk: Uint8Array) => void
}

export class Program {
  readonly name: string
  readonly ended: Promise<void>
  /** `code 1` or `signal SIGKILL`, once it has ended. */
  outcome: string | undefined
  private readonly child: Child
  private text = ''
  private readonly changed: () => void

  /** @param changed called after each piece of output and at the end */
  constructor(name: string, command: readonly string[], options: ProgramOptions, changed: () => void) {
    this.name = name
    this.changed = changed
    const [file, ...args] = command as [string, ...string[]]
    const env = { ...process.env, LC_ALL: 'C.UTF-8', ...options.env }
    this.child = spawn(file, args, { env, stdio: ['pipe', 'pipe', 'pipe'] })
    running.add(this.child)
    this.child.stdout.on('data', options.stdout ?? ((chunk) => this.keep(chunk)))
    this.child.stderr.on('data', (chunk) => this.keep(chunk))
    // A program that has gone leaves a broken pipe behind.
    this.child.stdin.on('error', () => {})
    this.ended = new Promise((resolve) => {
      const end = (outcome: string) => {
        if (this.outcome !== undefined) return
        running.delete(this.child)
        this.outcome = outcome
        this.changed()
        resolve()
      }
      this.child.on('error', (error) => end(error.message))
      this.child.on('close', (code, signal) => end(signal ? `signal ${signal}` : `code ${code}`))
    })
  }

  get pid(): number | undefined {
    return this.child.pid
  }

  /** What it has printed: standard error, and standard output unless that is taken elsewhere. */
  get output(): string {
    return this.text
  }

  write(bytes: Uint8Array): void {
    this.child.stdin.write(bytes)
  }

  /** Sends a signal that it may survive. */
  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal)
  }

  /** Resolves when it has gone. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (this.outcome === undefined) this.child.kill(signal)
    await this.ended
  }

  /** The end of its output, for the message of a failed wait. */
  tail(): string {
    const all = this.text.split(/[\r\n]+/).map((line) => line.trim())
    const lines = all.filter((line, index) => line !== '' && line !== all[index - 1])
    const state = this.outcome === undefined ? 'running' : `ended with ${this.outcome}`
    return `── ${this.name} (${state}) ──\n${lines.slice(-SHOWN_LINES).join('\n')}`
  }

  private keep(chunk: Uint8Array): void {
    this.text = (this.text + Buffer.from(chunk).toString('utf8')).slice(-KEPT_CHARACTERS)
    this.changed()
  }
}
