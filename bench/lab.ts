/** The simulated networks of `shoal lab`, all four overlays: how long they take and what they need of memory, each in a process of its own. */
import { type Bench, megabytes, shoal } from './bench.ts'
import { type Goal, median, type Row, spread } from './report.ts'
import { Run } from './run.ts'

export const ABOUT_LAB = 'from the start of `shoal lab` to its end'

interface Experiment {
  readonly name: string
  readonly words: readonly string[]
  readonly goals: { readonly seconds: number; readonly megabytes?: number } | undefined
}

const FULL = { seconds: 5, megabytes: 500 }

const EXPERIMENTS: readonly Experiment[] = [
  {
    name: 'Chord: 10,000 nodes, warm start, 2,000 lookups',
    words: ['chord', '--nodes', '10000', '--lookups', '2000'],
    goals: FULL,
  },
  {
    name: 'Kademlia: 10,000 nodes, warm start, 2,000 lookups',
    words: ['kademlia', '--nodes', '10000', '--lookups', '2000'],
    goals: FULL,
  },
  {
    name: 'Pastry: 10,000 nodes, warm start, 2,000 lookups',
    words: ['pastry', '--nodes', '10000', '--lookups', '2000'],
    goals: FULL,
  },
  {
    name: 'Flooding: 10,000 nodes, 50 searches, TTL 7',
    words: ['gnutella', '--nodes', '10000', '--lookups', '50', '--ttl', '7'],
    goals: FULL,
  },
  {
    name: 'Kademlia: 2,000 nodes joining one by one',
    words: ['kademlia', '--nodes', '2000', '--lookups', '100', '--join'],
    goals: { seconds: 5 },
  },
  {
    name: 'Kademlia: 1,000 nodes, 2,000 lookups, encoded',
    words: ['kademlia', '--nodes', '1000', '--lookups', '2000', '--wire'],
    goals: undefined,
  },
]

interface Sample {
  readonly seconds: number
  readonly cpuSeconds: number
  readonly peakMemory: number
  readonly messages: number
}

export async function lab(bench: Bench): Promise<{ rows: Row[]; goals: Goal[] }> {
  const samples = new Map<Experiment, Sample[]>(EXPERIMENTS.map((experiment) => [experiment, []]))
  for (let run = 0; run < bench.runs; run++) {
    for (const [experiment, all] of samples) all.push(await sample(experiment))
    bench.say(`lab: ${run + 1} of ${bench.runs}`)
  }
  const rows = [...samples].map(([{ name }, all]) => rowOf(name, all))
  const goals = [...samples].flatMap(([experiment, all]) => goalsOf(experiment, all))
  return { rows, goals }
}

async function sample({ words }: Experiment): Promise<Sample> {
  const run = new Run(shoal('lab', ...words, '--json'))
  const line = await run.line(/"event":"done"/)
  const seconds = (performance.now() - run.startedAt) / 1_000
  const { cpuSeconds, peakMemory } = run.usage()
  await run.finished()
  return { seconds, cpuSeconds, peakMemory, messages: (JSON.parse(line) as { messages: number }).messages }
}

function rowOf(name: string, all: readonly Sample[]): Row {
  return {
    name,
    cells: {
      seconds: spread(
        all.map(({ seconds }) => seconds),
        2,
      ),
      'CPU seconds': spread(
        all.map(({ cpuSeconds }) => cpuSeconds),
        2,
      ),
      'peak MB': spread(
        all.map(({ peakMemory }) => megabytes(peakMemory)),
        0,
      ),
      'messages/CPU s': spread(
        all.map(({ messages, cpuSeconds }) => messages / cpuSeconds),
        0,
      ),
    },
  }
}

function goalsOf({ name, goals }: Experiment, all: readonly Sample[]): Goal[] {
  if (goals === undefined) return []
  const time = { text: name, value: median(all.map(({ seconds }) => seconds)), below: goals.seconds, unit: 's' }
  if (goals.megabytes === undefined) return [time]
  const memory = median(all.map(({ peakMemory }) => megabytes(peakMemory)))
  return [time, { text: `${name}: memory`, value: memory, below: goals.megabytes, unit: 'MB' }]
}
