/** `shoal lab swarm`: the lecture hall. */
import { formatCount, formatPlural } from '#shared/format.ts'
import { MAX_NODES, runSwarm, SWARM_DEFAULTS, type SwarmOptions } from '../lab/swarm.ts'
import type { CommandContext, Flags, ValuesOf } from './command.ts'
import { swarmReport } from './lab-report.ts'
import { runExperiment } from './lab-run.ts'
import { integerOf } from './values.ts'

const FILE_BYTES = { min: 65_536, max: 100_000_000 }
/** Bytes per second. */
const RATE = { min: 10_000, max: 1_000_000_000 }

export const SWARM_FLAGS = {
  nodes: { type: 'string', value: 'N', summary: 'peers at most; 20' },
  size: { type: 'string', value: 'BYTES', summary: 'of the file; 8000000 if left out' },
  'server-up': { type: 'string', value: 'RATE', summary: 'bytes a second that the server sends; 2500000' },
  'peer-up': { type: 'string', value: 'RATE', summary: 'bytes a second that each peer sends; 250000' },
  'peer-down': { type: 'string', value: 'RATE', summary: 'bytes a second that each peer receives; 2500000' },
} as const satisfies Flags

type Given = ValuesOf<typeof SWARM_FLAGS>

export async function swarmExperiment(flags: Given, seed: number, context: CommandContext): Promise<void> {
  const number = (flag: keyof Given, otherwise: number, range: { min: number; max: number }) => {
    const text = flags[flag]
    return text === undefined ? otherwise : integerOf(text, `--${flag}`, range)
  }
  const defaults = SWARM_DEFAULTS
  await run(context, {
    nodes: number('nodes', defaults.nodes, { min: 1, max: MAX_NODES }),
    seed,
    fileBytes: number('size', defaults.fileBytes, FILE_BYTES),
    serverUp: number('server-up', defaults.serverUp, RATE),
    peerUp: number('peer-up', defaults.peerUp, RATE),
    peerDown: number('peer-down', defaults.peerDown, RATE),
  })
}

async function run(context: CommandContext, options: SwarmOptions): Promise<void> {
  const { out } = context
  await runExperiment(
    context,
    'A smaller --nodes takes less time.',
    ({ signal, progress }) =>
      runSwarm(options, {
        signal,
        progress: (fraction, nodes) => progress({ fraction, nodes }, formatPlural(nodes, 'peer')),
        row: (row) => out.event('row', { ...row }),
      }),
    ({ rows, events, checksum }, seconds) => {
      const summary = `${formatCount(events)} events in ${seconds.toFixed(1)} s; seed ${options.seed}, checksum ${checksum}`
      out.done({ ...options, ...rows.at(-1), events, checksum }, `${swarmReport(options, rows)}\n\n${summary}`)
    },
  )
}
