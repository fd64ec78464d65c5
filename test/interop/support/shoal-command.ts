/** The built `shoal` command line in a machine of these tests: its lines of JSON, and what it ends with. */
import { join } from 'node:path'
import { root } from '../../../scripts/build-if-stale.mjs'
import type { Machine } from './machine.ts'
import type { Program } from './program.ts'

const CLI = join(root, 'out/main/cli.js')

export type Line = Readonly<Record<string, unknown>> & { readonly event: string }

export class ShoalCommand {
  readonly lines: Line[] = []
  private readonly machine: Machine
  private readonly program: Program
  private rest = ''

  constructor(machine: Machine, name: string, args: readonly string[]) {
    this.machine = machine
    this.program = machine.run(name, [process.execPath, CLI, ...args, '--json'], {
      env: { HOME: machine.folder },
      stdout: (chunk) => this.take(Buffer.from(chunk).toString('utf8')),
    })
  }

  get last(): Line | undefined {
    return this.lines.at(-1)
  }

  /** The first line that fits, also of those that came already. */
  line(limit: number, what: string, fits: (line: Line) => boolean): Promise<Line> {
    return this.machine.until(limit, `${this.program.name}: ${what}`, () => {
      const found = this.lines.find(fits)
      if (!found && this.program.outcome !== undefined)
        throw new Error(`it ended with ${this.program.outcome}: ${JSON.stringify(this.last)}`)
      return found
    })
  }

  event(limit: number, name: string): Promise<Line> {
    return this.line(limit, `the line ${name}`, ({ event }) => event === name)
  }

  /** Its last line, once it has ended by itself. @throws where that is not `done` */
  async done(limit: number): Promise<Line> {
    await this.machine.until(limit, `${this.program.name} ends`, () => this.program.outcome)
    if (this.program.outcome !== 'code 0' || this.last?.event !== 'done')
      throw new Error(`${this.program.name} ended with ${this.program.outcome}: ${JSON.stringify(this.last)}`)
    return this.last
  }

  kill(signal: NodeJS.Signals): Promise<void> {
    return this.program.kill(signal)
  }

  /** It stands still until it is killed: what it is asked meanwhile goes unanswered. */
  freeze(): void {
    this.program.signal('SIGSTOP')
  }

  private take(text: string): void {
    const lines = (this.rest + text).split('\n')
    this.rest = lines.pop() as string
    for (const line of lines) this.lines.push(JSON.parse(line) as Line)
    this.machine.notify()
  }
}

/** Runs a command to its end. */
export function shoalDone(machine: Machine, name: string, args: readonly string[], limit = 20_000): Promise<Line> {
  return new ShoalCommand(machine, name, args).done(limit)
}
