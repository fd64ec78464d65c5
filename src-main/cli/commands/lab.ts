import { formatCount, formatPercent, formatPlural } from '#shared/format.ts'
import { MAX_NODES, runSwarm, SWARM_DEFAULTS, type SwarmOptions } from '../../lab/swarm.ts'
import { type CommandContext, command } from '../command.ts'
import { interrupted } from '../interrupted.ts'
import { swarmReport } from '../lab-report.ts'
import { Pace } from '../pace.ts'
import { integerOf, wordOf } from '../values.ts'
import { LOCAL_ONLY, withHost } from '../with-host.ts'
import { bar } from '../words.ts'

const EXPERIMENTS = ['swarm'] as const
const FILE_BYTES = { min: 65_536, max: 100_000_000 }
/** Bytes per second. */
const RATE = { min: 10_000, max: 1_000_000_000 }

export const lab = command({
  name: 'lab',
  summary: 'an experiment on a simulated network: swarm (one server against a swarm, 1 to N peers)',
  positionals: ['EXPERIMENT'],
  flags: {
    nodes: { type: 'string', value: 'N', summary: `how many peers at most, up to ${MAX_NODES}; 20 if left out` },
    seed: { type: 'string', value: 'S', summary: 'the same seed gives the same run; 1 if left out' },
    size: { type: 'string', value: 'BYTES', summary: 'of the file; 8000000 if left out' },
    'server-up': { type: 'string', value: 'RATE', summary: 'bytes a second that the server sends; 2500000' },
    'peer-up': { type: 'string', value: 'RATE', summary: 'bytes a second that each peer sends; 250000' },
    'peer-down': { type: 'string', value: 'RATE', summary: 'bytes a second that each peer receives; 2500000' },
  },
  examples: ['lab swarm --nodes 20', 'lab swarm --nodes 100 --seed 7 --json'],
  run: async ({ positionals, flags }, context) => {
    wordOf(positionals[0] as string, 'EXPERIMENT', EXPERIMENTS)
    const number = (flag: keyof typeof flags, otherwise: number, range: { min: number; max: number }) => {
      const text = flags[flag]
      return text === undefined ? otherwise : integerOf(text, `--${flag}`, range)
    }
    const defaults = SWARM_DEFAULTS
    await swarm(context, {
      nodes: number('nodes', defaults.nodes, { min: 1, max: MAX_NODES }),
      seed: number('seed', defaults.seed, { min: 0, max: 999_999_999_999_999 }),
      fileBytes: number('size', defaults.fileBytes, FILE_BYTES),
      serverUp: number('server-up', defaults.serverUp, RATE),
      peerUp: number('peer-up', defaults.peerUp, RATE),
      peerDown: number('peer-down', defaults.peerDown, RATE),
    })
  },
})

async function swarm(context: CommandContext, options: SwarmOptions): Promise<void> {
  const { out, stop } = context
  // Only for its clock, which paces the lines of progress: the experiment runs on hosts of its own.
  await withHost(context, LOCAL_ONLY, async (host) => {
    const pace = new Pace(host.clock, out.progressPeriod)
    const progress = (fraction: number, nodes: number) => {
      if (!pace.due()) return
      out.progress({ fraction, nodes }, `${bar(fraction)} ${formatPercent(fraction)}  ${formatPlural(nodes, 'peer')}`)
    }
    const begin = host.clock.now()
    const result = await runSwarm(options, {
      progress,
      row: (row) => out.event('row', { ...row }),
      signal: stop,
    }).catch((error) => {
      throw stop.aborted ? interrupted('A smaller --nodes takes less time.') : error
    })
    const seconds = (host.clock.now() - begin) / 1_000
    const { rows, events, checksum } = result
    const summary = `${formatCount(events)} events in ${seconds.toFixed(1)} s; seed ${options.seed}, checksum ${checksum}`
    out.done({ ...options, ...rows.at(-1), events, checksum }, `${swarmReport(options, rows)}\n\n${summary}`)
  })
}
