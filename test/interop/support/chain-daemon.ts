/** A daemon of the chain on a profile of its own, and the commands that are given to it. */
import type { Machine } from './machine.ts'
import { type Line, ShoalCommand, shoalDone } from './shoal-command.ts'

const LIMIT = 60_000
/** For blocks that take their work. */
const WORK_LIMIT = 300_000

export class ChainDaemon {
  readonly profile: string
  readonly machine: Machine
  readonly name: string
  chainListen = ''
  listen = ''
  readonly #args: readonly string[]
  readonly #network: string
  #command: ShoalCommand | undefined
  #commands = 0

  constructor(machine: Machine, name: string, args: readonly string[] = [], network = 'local') {
    this.machine = machine
    this.name = name
    this.#args = args
    this.#network = network
    this.profile = machine.path(name)
  }

  /** On loopback alone, knowing nobody unless its arguments or these say otherwise. */
  async start(...more: string[]): Promise<void> {
    const given = [...this.#args, ...more]
    const unless = (flag: string, value: string) => (given.includes(flag) ? [] : [flag, value])
    const node = [
      ...unless('--dht', 'off'),
      ...unless('--local-discovery', 'off'),
      ...unless('--listen', '127.0.0.1:0'),
    ]
    const chain = ['--chain', 'on', ...unless('--chain-listen', this.chainListen || '127.0.0.1:0')]
    const args = [
      'daemon',
      '--profile',
      this.profile,
      '--offline',
      '--network',
      this.#network,
      ...node,
      ...chain,
      ...given,
    ]
    this.#command = new ShoalCommand(this.machine, `${this.name} daemon`, args)
    const ready = await this.#command.event(LIMIT, 'ready')
    this.listen = String(ready.listen)
    const { listening } = await this.untilInfo('that it listens', ({ listening }) => typeof listening === 'string')
    this.chainListen = String(listening)
  }

  /** Runs a command on its profile to its end. @throws where that is not `done` */
  run(...args: string[]): Promise<Line> {
    return shoalDone(this.machine, this.#nameOf(args), [...args, '--profile', this.profile], LIMIT)
  }

  /** The rows that a command lists, and its last line. */
  async rows(...args: string[]): Promise<{ rows: readonly Line[]; done: Line }> {
    const command = new ShoalCommand(this.machine, this.#nameOf(args), [...args, '--profile', this.profile])
    const done = await command.done(LIMIT)
    return { rows: command.lines.filter(({ event }) => event === 'row'), done }
  }

  /** What a command that must fail ends with. */
  async refused(...args: string[]): Promise<Line> {
    const command = new ShoalCommand(this.machine, this.#nameOf(args), [...args, '--profile', this.profile])
    return command.event(LIMIT, 'error')
  }

  info(): Promise<Line> {
    return this.run('chain', 'info')
  }

  /** Asks until the chain is so. */
  untilInfo(what: string, fits: (info: Line) => boolean): Promise<Line> {
    return this.until(what, fits, 'chain', 'info')
  }

  /** Asks by a command until its answer is so. */
  until(what: string, fits: (answer: Line) => boolean, ...args: string[]): Promise<Line> {
    return this.#until(what, fits, LIMIT, args)
  }

  /** Until a block is found where each takes its work, by threads that give way to whatever else runs here. */
  untilMined(height: number): Promise<Line> {
    const fits = (info: Line) => Number(info.height) >= height
    return this.#until(`block ${height} is mined`, fits, WORK_LIMIT, ['chain', 'info'])
  }

  async #until(what: string, fits: (answer: Line) => boolean, limit: number, args: readonly string[]): Promise<Line> {
    const ends = performance.now() + limit
    let last: Line | undefined
    while (performance.now() < ends) {
      last = await this.run(...args)
      if (fits(last)) return last
    }
    throw new Error(`${this.name} did not come to it in ${limit / 1_000} s: ${what}; last was ${JSON.stringify(last)}`)
  }

  async kill(): Promise<void> {
    await this.#command?.kill('SIGKILL')
  }

  async stop(): Promise<void> {
    await this.#command?.kill('SIGTERM')
  }

  #nameOf(args: readonly string[]): string {
    return `${this.name} ${args.slice(0, 2).join(' ')} ${this.#commands++}`
  }
}
