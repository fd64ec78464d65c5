/** How a command of `shoal` is described: one file each in `commands/`; help and parsing come from the description. */
import { parseArgs } from 'node:util'
import type { NetworkName } from '#shared/contract/chain.ts'
import type { RealHost } from '../host/real-host.ts'
import { CodedError } from '../kernel/errors.ts'
import type { Host } from '../kernel/host.ts'
import type { NetworkPolicy } from '../kernel/network-policy.ts'
import type { Output } from './output.ts'
import type { System } from './system.ts'

/** Exit status: scripts rely on it. */
export const EXIT = { done: 0, failed: 1, usage: 2, timedOut: 3 } as const

export interface Flag {
  readonly type: 'string' | 'boolean'
  /** May be given several times; the values are a list. */
  readonly multiple?: boolean
  /** One letter: `-o`. */
  readonly short?: string
  /** What stands for the value in the help: `DIR`, `HOST:PORT`. */
  readonly value?: string
  readonly summary: string
}
export type Flags = Readonly<Record<string, Flag>>

type ValueOf<F extends Flag> = F extends { type: 'boolean' }
  ? boolean | undefined
  : F extends { multiple: true }
    ? readonly string[]
    : string | undefined
export type ValuesOf<F extends Flags> = { readonly [K in keyof F]: ValueOf<F[K]> }

/** What every command gets beside its own flags. */
export interface CommandContext {
  readonly out: Output
  /** Absolute path of the profile folder, or undefined where none was named. */
  readonly profile: string | undefined
  /** Which chain, or undefined where none was named. */
  readonly network: NetworkName | undefined
  /** Where relative paths are meant from. */
  readonly workingDirectory: string
  /** Aborted by Ctrl-C or a termination signal: save, say so, stop. */
  readonly stop: AbortSignal
  /** The real world, with its log on stderr. Whoever opens it closes it. */
  openHost(policy: NetworkPolicy): CommandHost
  readonly system: System
}

/** Every port of the engine, to be closed. */
export type CommandHost = Pick<RealHost, keyof Host | 'close'>

/** Part of a command that has flags and examples of its own. */
export interface HelpTopic {
  readonly summary: string
  readonly flags: Flags
  readonly examples: readonly string[]
}

export interface Command<F extends Flags = Flags> {
  readonly name: string
  readonly summary: string
  /** Names of the positional arguments: `FILE`; `[PATH]` is optional, `[PATH…]` takes all that follow. */
  readonly positionals: readonly string[]
  readonly flags: F
  readonly examples: readonly string[]
  /** By the first word that follows: what the help tells of that alone. */
  readonly topics?: Readonly<Record<string, HelpTopic>>
  run(
    args: { readonly positionals: readonly string[]; readonly flags: ValuesOf<F> },
    context: CommandContext,
  ): Promise<void>
}

/** By name, in the order of the help. */
export type Commands = Readonly<Record<string, () => Promise<Command>>>

export function command<const F extends Flags>(definition: Command<F>): Command {
  return definition as unknown as Command
}

export class UsageError extends CodedError<{ code: 'USAGE' }> {
  constructor(message: string) {
    super({ code: 'USAGE' }, message)
  }
}

export class TimedOut extends CodedError<{ code: 'TIMED_OUT'; seconds: number }> {}

/** The value of a flag that must be given. @throws UsageError */
export function required(value: string | undefined, flag: string, command: string): string {
  if (value === undefined) throw new UsageError(`Missing ${flag}. See: shoal ${command} --help`)
  return value
}

export const GLOBAL_FLAGS = {
  profile: { type: 'string', value: 'DIR', summary: 'the profile folder' },
  network: { type: 'string', value: 'NAME', summary: 'which chain: main, test or local; else as in the settings' },
  json: { type: 'boolean', summary: 'one JSON object a line' },
  log: { type: 'string', value: 'LEVEL', summary: 'debug, info, warn or error on stderr' },
  help: { type: 'boolean', summary: 'this help' },
} as const satisfies Flags

/** Reads a command's part of the line. @throws UsageError with the sentence for the user */
export function readLine(
  definition: Command,
  args: readonly string[],
): { positionals: readonly string[]; flags: Record<string, unknown> } {
  const all: Flags = { ...GLOBAL_FLAGS, ...definition.flags }
  const options = Object.fromEntries(
    Object.entries(all).map(([name, { type, multiple, short }]) => [
      name,
      { type, multiple: multiple === true, ...(short && { short }) },
    ]),
  )
  let parsed: ReturnType<typeof parseArgs>
  try {
    parsed = parseArgs({ args: withNegatives(args, all), options, strict: true, allowPositionals: true })
  } catch (error) {
    throw new UsageError(`${refusal(error as Error)} See: shoal ${definition.name} --help`)
  }
  if (parsed.values.help !== true) checkCount(definition, parsed.positionals.length)
  const flags: Record<string, unknown> = { ...parsed.values }
  for (const [name, flag] of Object.entries(all)) if (flag.multiple) flags[name] ??= []
  return { positionals: parsed.positionals, flags }
}

/** A number below zero is a value, not a flag: what is wrong with it is for its flag to say. */
function withNegatives(args: readonly string[], flags: Flags): string[] {
  const joined: string[] = []
  for (const word of args) {
    const last = joined.at(-1)
    const isValue = /^-\d/.test(word) && last?.startsWith('--') && flags[last.slice(2)]?.type === 'string'
    if (isValue) joined[joined.length - 1] = `${last}=${word}`
    else joined.push(word)
  }
  return joined
}

/** What the parser refused, in our words. */
function refusal({ message, code }: Error & { readonly code?: string }): string {
  const flag = (/'(?:-\w, )?(--[\w-]+)/.exec(message) ?? /'(-[^\s',=]*)/.exec(message))?.[1] ?? 'A flag'
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return `There is no ${flag} here.`
  if (message.includes('does not take')) return `${flag} takes no value.`
  return `${flag} needs a value; one that begins with a dash is written ${flag}=-….`
}

function checkCount({ name, positionals }: Command, count: number): void {
  const required = positionals.filter((text) => !text.startsWith('[')).length
  const endless = positionals.some((text) => text.endsWith('…]'))
  if (count < required) throw new UsageError(`Missing ${positionals[count]}. See: shoal ${name} --help`)
  if (!endless && count > positionals.length) throw new UsageError(`One argument too many. See: shoal ${name} --help`)
}

/** The help of one command, or of its topic of that name. Of a command with topics: only the flags that all of them have. */
export function helpOf(command: Command, topicName = ''): string {
  const { name, positionals, topics = {} } = command
  const topic = Object.hasOwn(topics, topicName) ? topics[topicName] : undefined
  const { summary, flags, examples } = topic ?? command
  const others = topic ? [] : Object.values(topics)
  const shown = Object.entries(flags).filter(([flag]) => others.every((other) => Object.hasOwn(other.flags, flag)))
  const line = (flag: [string, Flag]) => {
    const left = `  ${flag[1].short ? `-${flag[1].short}, ` : ''}--${flag[0]}${flag[1].value ? ` ${flag[1].value}` : ''}${flag[1].multiple ? ' …' : ''}`
    return `${left.padEnd(28)} ${flag[1].summary}`
  }
  return [
    `shoal ${[name, ...(topic ? [topicName] : positionals)].join(' ')}`,
    `  ${summary}`,
    '',
    ...[...shown, ...Object.entries(GLOBAL_FLAGS)].map(line),
    ...(others.length > 0 ? ['', `shoal ${name} ${positionals[0]} --help tells the flags of one.`] : []),
    ...(examples.length > 0 ? ['', 'Examples:', ...examples.map((example) => `  shoal ${example}`)] : []),
  ].join('\n')
}
