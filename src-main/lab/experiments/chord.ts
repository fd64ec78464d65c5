/** The Chord experiments for the Lab, part by part, each of them row by row. */

import { SeededRandom } from '../../simulation/random.ts'
import { CHORD_DEFAULTS, type ChordOptions, runChord } from '../chord/chord.ts'
import { runComingAndGoing } from '../chord/coming-and-going.ts'
import { runFailure } from '../chord/failure.ts'
import { measureLoad } from '../chord/load.ts'
import { runStoredKeys } from '../chord/stored-keys.ts'
import { type Experiment, filled, type LabReport, numberOf, type OptionValues, severalOf } from '../experiment.ts'
import { chordDescription } from './chord-description.ts'
import { chordReport } from './chord-report.ts'
import { type ChordRows, noChordRows } from './chord-rows.ts'
import { networkSizes } from './kademlia.ts'

const LOADS = [1, 2, 5, 10, 20]
/** Hosts that join a second, and as many that fail, of 500: less where there are fewer. */
const RATES = [0.01, 0.02, 0.05, 0.1]
const RATED_HOSTS = 500
const FAILURES = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5]
const STORE_FAILURES = [0.1, 0.2, 0.3]
const ITEMS_OF_A_HOST = 10
const REPAIR_MINUTES = 5
const KEYS_OF_A_HOST = 100
const FAILING_KEYS_OF_A_HOST = 2
/** Seconds, as in the papers. */
const PAPER_ROUND = 30
const ROUTES = ['fingers', 'all'] as const

/** A row to be. `cost`: how long it takes beside the others, in lookups. */
interface Step {
  readonly part: string
  readonly cost: number
  run(watcher: { readonly signal: AbortSignal; readonly progress: (fraction: number) => void }): Promise<void>
}

export const chordExperiment: Experiment = {
  description: chordDescription,
  async run(options, watcher, breathe): Promise<LabReport> {
    const rows = noChordRows()
    const chosen = severalOf(options, 'parts')
    const steps = stepsOf(options, rows).filter(({ part }) => chosen.includes(part))
    const all = steps.reduce((sum, { cost }) => sum + cost, 0)
    const report = () => filled(chordReport(rows, numberOf(options, 'churnHosts')))
    let done = 0
    for (const { part, cost, run } of steps) {
      await breathe()
      watcher.signal.throwIfAborted()
      const progress = (fraction: number) => watcher.progress(Math.min(1, (done + fraction * cost) / all), part)
      progress(0)
      await run({ signal: watcher.signal, progress })
      done += cost
      watcher.report(report())
    }
    return report()
  },
}

function stepsOf(options: OptionValues, rows: ChordRows): readonly Step[] {
  return [...stillSteps(options, rows), ...churnSteps(options, rows), ...failureSteps(options, rows)]
}

/** Without churn and failures. */
function stillSteps(options: OptionValues, rows: ChordRows): readonly Step[] {
  const number = (name: string) => numberOf(options, name)
  const [seed, successors, lookups] = [number('seed'), number('successors'), number('lookups')]
  const still = (nodes: number, route: ChordOptions['route']): ChordOptions => ({
    ...{ ...CHORD_DEFAULTS, nodes, seed, successors, lookups, route },
  })
  const size = (nodes: number): Step => ({
    ...{ part: 'size', cost: 2 * (nodes + lookups) },
    async run({ signal, progress }) {
      const half = (from: number) => ({ signal, progress: (part: number) => progress(from + part / 2) })
      const fingers = await runChord(still(nodes, 'fingers'), half(0))
      rows.size.push({ nodes, fingers, all: await runChord(still(nodes, 'all'), half(0.5)) })
    },
  })
  const paths = (nodes: number): Step => ({
    ...{ part: 'paths', cost: nodes + lookups },
    async run(watcher) {
      rows.paths.push({ nodes, result: await runChord(still(nodes, 'fingers'), watcher) })
    },
  })
  const load = (virtualNodes: number): Step => ({
    ...{ part: 'load', cost: number('loadHosts') * 2 },
    async run() {
      const nodes = number('loadHosts')
      const shape = { nodes, keys: KEYS_OF_A_HOST * nodes, virtualNodes, byAddress: true }
      const result = measureLoad(shape, SeededRandom.of(seed).split(`load ${virtualNodes}`))
      rows.load.push({ virtualNodes, result })
    },
  })
  const sizes = networkSizes(number('nodes'), number('sizes'))
  return [...sizes.map(size), paths(number('nodes')), ...LOADS.map(load)]
}

function churnSteps(options: OptionValues, rows: ChordRows): readonly Step[] {
  const number = (name: string) => numberOf(options, name)
  const [nodes, minutes] = [number('churnHosts'), number('minutes')]
  const shape = { nodes, minutes, seed: number('seed'), successors: number('successors'), stabilise: PAPER_ROUND }
  return RATES.map((rate) => (rate * Math.min(nodes, RATED_HOSTS)) / RATED_HOSTS).flatMap((rate) =>
    ROUTES.map(
      (route): Step => ({
        ...{ part: 'churn', cost: nodes * minutes },
        async run(watcher) {
          rows.churn.push({ rate, route, result: await runComingAndGoing({ ...shape, route, rate }, watcher) })
        },
      }),
    ),
  )
}

function failureSteps(options: OptionValues, rows: ChordRows): readonly Step[] {
  const number = (name: string) => numberOf(options, name)
  const usual = { seed: number('seed'), successors: number('successors'), virtualNodes: 1 }
  const failure = (fail: number): Step => ({
    ...{ part: 'failure', cost: 20 * number('failHosts') },
    async run(watcher) {
      const nodes = number('failHosts')
      const shape = { nodes, fail, keys: FAILING_KEYS_OF_A_HOST * nodes, stabilise: PAPER_ROUND }
      const result = await runFailure({ ...usual, ...shape, lookups: number('lookups') }, watcher)
      rows.failure.push({ fail, result })
    },
  })
  const store = (fail: number): Step => ({
    ...{ part: 'store', cost: 100 * number('storeHosts') },
    async run(watcher) {
      const nodes = number('storeHosts')
      const shape = { nodes, fail, items: ITEMS_OF_A_HOST * nodes, minutes: REPAIR_MINUTES }
      const stabilise = CHORD_DEFAULTS.stabilise
      rows.store.push({ fail, result: await runStoredKeys({ ...usual, ...shape, stabilise }, watcher) })
    },
  })
  return [...FAILURES.map(failure), ...STORE_FAILURES.map(store)]
}
