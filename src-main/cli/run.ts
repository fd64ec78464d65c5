/** Finds the command of a line, runs it, and turns what comes of it into words and an exit status. */
import { isAbsolute, resolve } from 'node:path'
import { networkName } from '#shared/contract/chain.ts'
import type { LogLevel } from '../kernel/log.ts'
import type { NetworkPolicy } from '../kernel/network-policy.ts'
import {
  type Command,
  type CommandContext,
  type CommandHost,
  type Commands,
  EXIT,
  helpOf,
  readLine,
  TimedOut,
  UsageError,
} from './command.ts'
import { Output, type TextStream } from './output.ts'
import type { System } from './system.ts'

export interface Terminal {
  readonly stdout: TextStream
  readonly stderr: TextStream
  readonly workingDirectory: string
  readonly stop: AbortSignal
  /** @param level undefined: only errors */
  openHost(policy: NetworkPolicy, level: LogLevel | undefined): CommandHost
  readonly system: System
}

const LEVELS = ['debug', 'info', 'warn', 'error'] as const

/** @param args what follows `shoal`. @returns the exit status: 0 done, 1 failed, 2 wrong usage, 3 timed out */
export async function runCommandLine(
  commands: Commands,
  version: string,
  args: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const out = new Output(args.includes('--json'), terminal.stdout, terminal.stderr)
  try {
    return await run(commands, version, args, terminal, out)
  } catch (error) {
    out.failed(error)
    return error instanceof UsageError ? EXIT.usage : error instanceof TimedOut ? EXIT.timedOut : EXIT.failed
  }
}

async function run(
  commands: Commands,
  version: string,
  args: readonly string[],
  terminal: Terminal,
  out: Output,
): Promise<number> {
  const at = commandAt(args)
  const name = args[at]
  if (args.includes('--version') && name === undefined) {
    terminal.stdout.write(`shoal ${version}\n`)
    return EXIT.done
  }
  if (name === undefined || name === 'help') {
    const asked = name === 'help' || args.includes('--help')
    const topic = await find(commands, args[at + 1])
    const text = topic ? helpOf(topic, args[at + 2]) : overview(await all(commands), version)
    ;(asked ? terminal.stdout : terminal.stderr).write(`${text}\n`)
    return asked ? EXIT.done : EXIT.usage
  }
  const command = await find(commands, name)
  if (!command) throw new UsageError(`There is no command "${name}". See: shoal help`)
  const line = readLine(command, [...args.slice(0, at), ...args.slice(at + 1)])
  if (line.flags.help === true) {
    terminal.stdout.write(`${helpOf(command, line.positionals[0])}\n`)
    return EXIT.done
  }
  await command.run(line as never, contextOf(line.flags, terminal, out))
  return EXIT.done
}

async function find(commands: Commands, name: string | undefined): Promise<Command | undefined> {
  return name !== undefined && Object.hasOwn(commands, name) ? commands[name]?.() : undefined
}

function all(commands: Commands): Promise<readonly Command[]> {
  return Promise.all(Object.values(commands).map((load) => load()))
}

/** Index of the command's name: the first word that is neither a flag nor the value of a global one. */
function commandAt(args: readonly string[]): number {
  for (let i = 0; i < args.length; i++) {
    const word = args[i] as string
    if (word === '--profile' || word === '--log' || word === '--network') i++
    else if (!word.startsWith('-')) return i
  }
  return args.length
}

function contextOf(flags: Record<string, unknown>, terminal: Terminal, out: Output): CommandContext {
  const { profile, log, network } = flags as { profile?: string; log?: string; network?: string }
  const level = LEVELS.find((known) => known === log)
  if (log !== undefined && level === undefined)
    throw new UsageError(`There is no log level "${log}": use debug, info, warn or error.`)
  if (profile === '') throw new UsageError('--profile needs the path of a folder.')
  const chosen = networkName.options.find((known) => known === network)
  if (network !== undefined && chosen === undefined)
    throw new UsageError(`There is no network "${network}": use ${networkName.options.join(', ')}.`)
  const directory = terminal.workingDirectory
  return {
    out,
    network: chosen,
    profile: profile === undefined || isAbsolute(profile) ? profile : resolve(directory, profile),
    workingDirectory: directory,
    stop: terminal.stop,
    openHost: (policy) => terminal.openHost(policy, level),
    system: terminal.system,
  }
}

function overview(commands: readonly Command[], version: string): string {
  return [
    `shoal ${version}: share files and send coins directly between desktops`,
    '',
    'Usage: shoal COMMAND …',
    '',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`),
    '',
    'shoal COMMAND --help tells more. Exit status: 0 done, 1 failed, 2 wrong usage, 3 timed out.',
  ].join('\n')
}
