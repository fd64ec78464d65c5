import type { Clients } from '#shared/contract/index.ts'
import type { MinerStatus, PauseReason } from '#shared/contract/miner.ts'
import { formatAbout, formatBytes, formatCount, formatEstimate, formatPlural } from '#shared/format.ts'
import { amount, withAmounts } from '../amounts.ts'
import { pairs } from '../chain-text.ts'
import { type CommandContext, command, type Flags, UsageError, type ValuesOf } from '../command.ts'
import { interrupted } from '../interrupted.ts'
import { Pace } from '../pace.ts'
import { integerOf } from '../values.ts'
import { withChain } from '../with-chain.ts'
import { LOCAL_ONLY, withHost } from '../with-host.ts'

const FLAGS = {
  threads: { type: 'string', value: 'N', summary: 'start: how many threads; else as in the settings' },
  share: { type: 'string', value: 'PERCENT', summary: "start: of each thread's time; else as in the settings" },
  address: { type: 'string', value: 'A', summary: 'start, generate: where rewards go; else as in the settings' },
} as const satisfies Flags

interface Line {
  readonly argument: string | undefined
  readonly flags: ValuesOf<typeof FLAGS>
}
type Work = (clients: Clients, context: CommandContext) => Promise<void>

const THREADS = { min: 1, max: 256 }
const SHARE = { min: 1, max: 100 }
const BLOCKS = { min: 1, max: 10_000 }

export const miner = command({
  name: 'miner',
  summary: 'mining by the Shoal that runs on the profile',
  positionals: ['start|stop|status|generate', '[N]'],
  flags: FLAGS,
  examples: ['miner start --threads 2 --address shl1q…', 'miner status', 'miner generate 101 --address lshl1q…'],
  run: async ({ positionals: [name = '', argument], flags }, context) => {
    const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name as keyof typeof ACTIONS] : undefined
    if (!action) throw new UsageError(`There is no "miner ${name}"; use ${Object.keys(ACTIONS).join(', ')}.`)
    checkLine(name as keyof typeof ACTIONS, argument, flags)
    const work = action({ argument, flags })
    await withChain(context, (clients) => work(clients, context))
  },
})

const ACTIONS = { start, stop: () => stop, status: () => status, generate } satisfies Readonly<
  Record<string, (line: Line) => Work>
>

const FLAGS_OF: Readonly<Record<keyof typeof ACTIONS, readonly string[]>> = {
  start: ['threads', 'share', 'address'],
  stop: [],
  status: [],
  generate: ['address'],
}

/** @throws UsageError */
function checkLine(name: keyof typeof ACTIONS, argument: string | undefined, flags: Line['flags']): void {
  if (name === 'generate' && argument === undefined) throw new UsageError('Use: shoal miner generate N')
  if (name !== 'generate' && argument !== undefined) throw new UsageError(`"miner ${name}" takes no argument.`)
  for (const flag of Object.keys(FLAGS) as (keyof typeof FLAGS)[]) {
    if (flags[flag] === undefined || FLAGS_OF[name].includes(flag)) continue
    throw new UsageError(`--${flag} is not for "miner ${name}". See: shoal miner --help`)
  }
  if (flags.address === '') throw new UsageError('--address is empty; name an address of the network.')
}

function start({ flags: { threads, share, address } }: Line): Work {
  const wish = {
    ...(threads !== undefined && { threads: integerOf(threads, '--threads', THREADS) }),
    ...(share !== undefined && { share: integerOf(share, '--share', SHARE) }),
    ...(address !== undefined && { address }),
  }
  return async (clients, context) => {
    await clients.miner.start(wish)
    await status(clients, context)
  }
}

async function stop(clients: Clients, { out }: CommandContext): Promise<void> {
  await clients.miner.stop()
  const state = await clients.miner.status()
  out.done(factsOf(state), `Mining is off; ${formatPlural(state.blocksFound, 'block')} found since Shoal started.`)
}

async function status(clients: Clients, { out }: CommandContext): Promise<void> {
  const state = await clients.miner.status()
  out.done(factsOf(state), statusText(state))
}

/** Between two parts it can be stopped, and says how far it is. */
const PART = 50

function generate({ argument = '', flags: { address } }: Line): Work {
  const wanted = integerOf(argument, 'N', BLOCKS)
  return async (clients, context) => {
    const { out, stop } = context
    const blocks: string[] = []
    // Only for its clock, which paces the lines of progress.
    await withHost(context, LOCAL_ONLY, async ({ clock }) => {
      const pace = new Pace(clock, out.progressPeriod)
      for (;;) {
        const count = Math.min(PART, wanted - blocks.length)
        const made = await clients.miner.generate({ blocks: count, ...(address !== undefined && { address }) })
        blocks.push(...made.blocks)
        if (blocks.length >= wanted) return
        const far = `${formatCount(blocks.length)} of ${formatPlural(wanted, 'block')}`
        if (pace.due()) out.progress({ done: blocks.length, total: wanted }, far)
        if (stop.aborted) throw interrupted(`${far} were made, and stay.`)
      }
    })
    const { height, tip } = await clients.chain.info()
    // What is to be known of the wallet that they pay to.
    const { notice } = address === undefined ? await clients.miner.status() : { notice: '' }
    const made = `Made ${formatPlural(blocks.length, 'block')}; height ${formatCount(height)}, tip ${tip}`
    out.done({ blocks, height, tip, ...(notice !== '' && { notice }) }, notice === '' ? made : `${made}\n${notice}`)
  }
}

/** `running`: it hashes now; a miner that rests is not. */
function factsOf(state: MinerStatus): Record<string, unknown> {
  return { running: state.state === 'mining', ...withAmounts(state) }
}

const PAUSES: Readonly<Record<PauseReason, string>> = {
  battery: 'on battery',
  'user-active': 'while somebody uses the machine',
  'chain-not-synced': 'until the chain is up to date',
  'no-address': 'without an address: give one with --address',
}

function statusText(state: MinerStatus): string {
  const { pausedBecause, threads, share, maxThreads, blockInterval, expectedSeconds, difficulty, notice } = state
  const pace = blockInterval === undefined ? formatEstimate(expectedSeconds) : `each ${blockInterval} ms, paced`
  return pairs([
    ['state', pausedBecause === undefined ? state.state : `${state.state} ${PAUSES[pausedBecause]}`],
    ['kernel', state.kernel],
    ['threads', `${threads} of ${maxThreads}, ${share} % of each`],
    ['address', state.address],
    ['hash rate', `${hashes(state.hashesPerSecond)}/s`],
    ['difficulty', `${formatAbout(difficulty)} hashes a block`],
    ['a block', state.state === 'off' ? undefined : pace],
    ['attempts', `${hashes(state.attempts)}, ${state.expectedBlocks.toFixed(2)} blocks expected`],
    ['found', formatPlural(state.blocksFound, 'block')],
    ['matured', amount(state.matured)],
    ['immature', `${amount(state.immature)} in ${formatPlural(state.immatureBlocks, 'block')}`],
    [
      'orphaned',
      state.orphanedBlocks === 0
        ? undefined
        : `${amount(state.orphaned)} in ${formatPlural(state.orphanedBlocks, 'block')}`,
    ],
    ['notice', notice],
  ])
}

/** `5.50 MH`: decimal steps as for bytes. */
function hashes(count: number): string {
  return formatBytes(count).replace(/B$/, 'H')
}
