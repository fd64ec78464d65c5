/** For tests: the built `shoal` as a process, its lines of JSON, and what it ends with. Waits for lines, never for time. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { afterEach } from 'vitest'
import { root } from '../../scripts/build-if-stale.mjs'

export const CLI = join(root, 'out/main/cli.js')

export type Line = Readonly<Record<string, unknown>> & { readonly event: string }

const running = new Set<ShoalRun>()

afterEach(async () => {
  const left = [...running]
  for (const run of left) run.kill()
  await Promise.all(left.map((run) => run.ended))
})

export interface RunOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

export class ShoalRun {
  readonly lines: Line[] = []
  stderr = ''
  /** Settles with the exit status, or the signal that ended it. */
  readonly ended: Promise<number | string>
  private readonly child: ChildProcessByStdio<null, Readable, Readable>
  private readonly waiting = new Set<() => void>()
  private over: number | string | undefined

  constructor(args: readonly string[], { cwd, env }: RunOptions = {}) {
    this.child = spawn(process.execPath, [CLI, ...args, '--json'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
      ...(cwd && { cwd }),
    })
    running.add(this)
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
    })
    createInterface({ input: this.child.stdout }).on('line', (text) => {
      this.lines.push(JSON.parse(text) as Line)
      for (const look of [...this.waiting]) look()
    })
    this.ended = new Promise((resolve) => {
      this.child.on('close', (status, signal) => {
        this.over = status ?? signal ?? 'unknown'
        running.delete(this)
        for (const look of [...this.waiting]) look()
        resolve(this.over)
      })
    })
  }

  get pid(): number {
    return this.child.pid as number
  }

  get last(): Line | undefined {
    return this.lines.at(-1)
  }

  /** The first line that fits, also of those that came already. Fails where the process ends without it. */
  line(fits: (line: Line) => boolean): Promise<Line> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = this.lines.find(fits)
        if (found === undefined && this.over === undefined) return
        this.waiting.delete(look)
        if (found) resolve(found)
        else reject(new Error(`it ended (${this.over}) without that line: ${JSON.stringify(this.last)} ${this.stderr}`))
      }
      this.waiting.add(look)
      look()
    })
  }

  event(name: string): Promise<Line> {
    return this.line(({ event }) => event === name)
  }

  /** Ctrl-C. */
  interrupt(): Promise<number | string> {
    this.child.kill('SIGINT')
    return this.ended
  }

  /** kill -9. */
  kill(): void {
    this.child.kill('SIGKILL')
  }
}

/** Runs a command to its end. */
export async function shoal(
  args: readonly string[],
  options?: RunOptions,
): Promise<{ status: number | string; run: ShoalRun; last: Line }> {
  const run = new ShoalRun(args, options)
  const status = await run.ended
  return { status, run, last: run.last as Line }
}
