/**
 * A network of one test's own: a namespace with nothing but `lo`, which has more addresses, as Transmission does not
 * dial 127/8. Nothing that runs in it can reach, or be reached from, anywhere else. With it go a temporary folder and the
 * programs, all of which end with the test. `until` is the only wait: it looks again whenever a program says something.
 */
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NEEDS } from '../../../scripts/debian.mjs'
import { Program, type ProgramOptions } from './program.ts'

/** An address of this namespace that Transmission dials. */
export const ADDRESS = '10.200.0.1'
/** More, for it takes all peers of one address for one peer. */
export const MORE_ADDRESSES = ['10.200.0.2', '10.200.0.3'] as const
const START_LIMIT = 10_000
/** One of IPv6, for aria2 does not count `::1`. */
export const ADDRESS6 = 'fd53:686f:616c::1'
const ADDRESSES = [...[ADDRESS, ...MORE_ADDRESSES].map((address) => `${address}/32`), `${ADDRESS6}/128 nodad`]
const UP = ['ip link set lo up', ...ADDRESSES.map((address) => `ip addr add dev lo ${address}`), 'echo up', 'exec cat']

/** Part of the test context of Vitest. */
interface Ending {
  onTestFinished(end: () => Promise<void>): void
}

export class Machine {
  readonly folder: string
  private readonly programs: Program[] = []
  private readonly watchers = new Set<() => void>()
  private holder!: Program
  /** How to get into the namespace. */
  private entry: readonly string[] = []

  private constructor(folder: string) {
    this.folder = folder
  }

  /** @param ending ends everything with the test */
  static async start(ending: Ending): Promise<Machine> {
    const machine = new Machine(await mkdtemp(join(await realpath(tmpdir()), 'shoal-interop-')))
    ending.onTestFinished(() => machine.end())
    await machine.open()
    return machine
  }

  path(...names: readonly string[]): string {
    return join(this.folder, ...names)
  }

  /** Starts a program in the namespace. Should this process die, it dies too. */
  run(name: string, command: readonly string[], options: ProgramOptions = {}): Program {
    return this.start(name, [...this.entry, 'setpriv', '--pdeathsig', 'KILL', ...command], options)
  }

  /** Resolves with what `check` gives once it is neither undefined nor false. @throws with all output after `limit` ms */
  until<T>(limit: number, what: string, check: () => T | undefined | false): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        clearTimeout(timer)
        this.watchers.delete(look)
        act()
      }
      const look = () => {
        try {
          const found = check()
          if (found !== undefined && found !== false) settle(() => resolve(found))
        } catch (error) {
          settle(() => reject(this.failure(String(error))))
        }
      }
      const late = () => settle(() => reject(this.failure(`Not within ${limit / 1_000} s: ${what}`)))
      const timer = setTimeout(late, limit)
      this.watchers.add(look)
      look()
    })
  }

  /** The same for a promise. */
  async within<T>(limit: number, what: string, promise: Promise<T>): Promise<T> {
    let outcome: { value: T } | { error: unknown } | undefined
    const settled = promise.then(
      (value) => {
        outcome = { value }
        this.notify()
      },
      (error: unknown) => {
        outcome = { error }
        this.notify()
      },
    )
    const result = await this.until(limit, what, () => outcome)
    await settled
    if ('error' in result) throw result.error
    return result.value
  }

  /** Something may have changed that a wait looks for. */
  readonly notify = (): void => {
    for (const look of [...this.watchers]) look()
  }

  private async open(): Promise<void> {
    // Root in a container may or may not make namespaces; anybody else needs a user namespace around it.
    const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']
    this.holder = this.start('namespace', ['unshare', ...user, '--net', 'sh', '-c', UP.join(' && ')], {})
    await this.until(START_LIMIT, `the network namespace (${NEEDS.namespaces.why})`, () => {
      if (this.holder.outcome !== undefined)
        throw new Error('a network namespace cannot be made; run as root, or allow user namespaces')
      return this.holder.output.startsWith('up')
    })
    const into = user.length > 0 ? ['--user', '--preserve-credentials'] : []
    this.entry = ['nsenter', '--target', String(this.holder.pid), ...into, '--net', '--']
  }

  private start(name: string, command: readonly string[], options: ProgramOptions): Program {
    const program = new Program(name, command, options, this.notify)
    this.programs.push(program)
    return program
  }

  private failure(what: string): Error {
    return new Error([what, ...this.programs.map((program) => program.tail())].join('\n'))
  }

  private async end(): Promise<void> {
    await Promise.all(this.programs.map((program) => program.kill()))
    await rm(this.folder, { recursive: true, force: true })
  }
}
