/**
 * A program that is being measured: its output line by line, and what it has used of processor and memory.
 *
 * Both are read from /proc while it runs, because Node does not tell a child's usage; so processor time is exact to one
 * reading (`SAMPLE_MS`) and a clock tick of 10 ms. Peak memory is the kernel's own high-water mark (VmHWM).
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

const SAMPLE_MS = 20
const CLOCK_TICKS_PER_SECOND = 100
const STOP_MS = 10_000

export interface Usage {
  /** Of all its threads, user and system. */
  readonly cpuSeconds: number
  /** Bytes. */
  readonly peakMemory: number
}

export class Run {
  readonly startedAt = performance.now()
  readonly pid: number
  private readonly child: ChildProcess
  private readonly name: string
  private readonly lines: string[] = []
  private readonly waiting = new Set<() => void>()
  private readonly timer: NodeJS.Timeout
  private last: Usage = { cpuSeconds: 0, peakMemory: 0 }
  private ended = false

  constructor(command: readonly string[], options: { readonly env?: NodeJS.ProcessEnv } = {}) {
    const [program = '', ...args] = command
    this.name = `${program.split('/').at(-1)} ${args.slice(0, 2).join(' ')}`
    this.child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...options.env },
    })
    this.pid = this.child.pid ?? 0
    for (const stream of [this.child.stdout, this.child.stderr])
      if (stream) createInterface({ input: stream }).on('line', (line) => this.heard(line))
    this.child.on('error', (error) => this.heard(error.message))
    this.child.on('close', () => {
      this.ended = true
      clearInterval(this.timer)
      this.wake()
    })
    this.timer = setInterval(() => this.sample(), SAMPLE_MS)
    this.sample()
  }

  /** What it has used so far. */
  usage(): Usage {
    this.sample()
    return this.last
  }

  /** Resolves with the first line, past ones included, that matches. @throws where it ends without one */
  async line(pattern: RegExp): Promise<string> {
    for (let at = 0; ; ) {
      for (; at < this.lines.length; at++) if (pattern.test(this.lines[at] as string)) return this.lines[at] as string
      if (this.ended) throw this.failure(`ended (${this.child.exitCode ?? this.child.signalCode})`)
      await new Promise<void>((resolve) => this.waiting.add(resolve))
    }
  }

  /** Resolves when it has ended by itself, with success. @throws otherwise */
  async finished(): Promise<void> {
    if (!this.ended) await once(this.child, 'close')
    if (this.child.exitCode !== 0) throw this.failure(`failed (${this.child.exitCode ?? this.child.signalCode})`)
  }

  /** Asks it to end, and ends it where it does not. */
  async stop(): Promise<void> {
    if (this.ended || this.pid === 0) return
    this.child.kill('SIGTERM')
    const timer = setTimeout(() => this.child.kill('SIGKILL'), STOP_MS)
    if (!this.ended) await once(this.child, 'close')
    clearTimeout(timer)
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal)
  }

  private heard(line: string): void {
    this.lines.push(line)
    this.wake()
  }

  private wake(): void {
    for (const resolve of this.waiting) resolve()
    this.waiting.clear()
  }

  private failure(how: string): Error {
    return new Error(`${this.name} ${how}:\n${this.lines.slice(-12).join('\n')}`)
  }

  private sample(): void {
    try {
      const stat = readFileSync(`/proc/${this.pid}/stat`, 'latin1')
      const status = readFileSync(`/proc/${this.pid}/status`, 'latin1')
      const peak = /VmHWM:\s+(\d+) kB/.exec(status)?.[1]
      // The name in brackets may hold anything; after it, the 12th and 13th fields are user and system time.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      const ticks = Number(fields[11]) + Number(fields[12])
      // One that has ended has no memory any more: the last figures stand.
      if (peak) this.last = { cpuSeconds: ticks / CLOCK_TICKS_PER_SECOND, peakMemory: Number(peak) * 1024 }
    } catch {
      // It has ended between two readings: the last figures stand.
    }
  }
}
