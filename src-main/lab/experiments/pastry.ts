/** The Pastry experiment for the Lab: the same lookups in networks of growing size, beside what others say. */
import {
  type Experiment,
  evenly,
  filled,
  type LabChart,
  type LabReport,
  type LabSeries,
  type LabTable,
  numberOf,
  type OptionValues,
} from '../experiment.ts'
import { PASTRY_DEFAULTS, type PastryOptions, type PastryResult, runPastry } from '../pastry/pastry.ts'
import { PASTRY_BOUND, PASTRY_HOPS, PASTRY_STATIC } from '../published/figures.ts'
import { publishedSeries, sourceOf } from '../published/published.ts'
import { networkSizes } from './kademlia.ts'
import { pastryDescription } from './pastry-description.ts'
import { curve, measured, percent } from './series.ts'

export interface PastryRow {
  readonly nodes: number
  readonly result: PastryResult
}

export const pastryExperiment: Experiment = {
  description: pastryDescription,
  async run(options, watcher, breathe): Promise<LabReport> {
    const rows: PastryRow[] = []
    const leaves = numberOf(options, 'leaves')
    const series = networkSizes(numberOf(options, 'nodes'), numberOf(options, 'sizes'))
    const all = series.reduce((sum, nodes) => sum + nodes, 0)
    let done = 0
    for (const nodes of series) {
      await breathe()
      const result = await runPastry(runOptions(options, nodes), {
        signal: watcher.signal,
        progress: (fraction, phase) => watcher.progress((done + fraction * nodes) / all, `${nodes} nodes, ${phase}`),
      })
      done += nodes
      rows.push({ nodes, result })
      watcher.report(pastryReport(rows, leaves))
    }
    return pastryReport(rows, leaves)
  },
}

function runOptions(options: OptionValues, nodes: number): PastryOptions {
  const number = (name: string) => numberOf(options, name)
  return {
    ...PASTRY_DEFAULTS,
    ...{ nodes, seed: number('seed'), lookups: number('lookups'), leaves: number('leaves') },
    ...{ churn: number('churn'), fail: number('fail') / 100, join: options.start === 'join' },
  }
}

export function pastryReport(rows: readonly PastryRow[], leaves: number): LabReport {
  return filled([hopsChart(rows, leaves), costChart(rows), latencyChart(rows), table(rows)])
}

const NODES: LabChart['x'] = { label: 'Nodes', scale: 'log' }
const BOUND = `⌈log16 N⌉ with b = 4: the mean is below it. ${sourceOf(PASTRY_BOUND)}`
const BITS_OF_DIGIT = 4
/** Of the formula, whose steps are at powers of 16. */
const POINTS = 121

function lines(id: string, title: string, y: LabChart['y'], series: LabChart['series']): LabChart {
  return { kind: 'chart', id, title, shape: 'lines', categories: [], x: NODES, y, series }
}

function hopsChart(rows: readonly PastryRow[], leaves: number): LabChart {
  const sizes = rows.map(({ nodes }) => Math.log2(nodes))
  const at = evenly(Math.min(...sizes), Math.max(...sizes), POINTS).map((bits) => 2 ** bits)
  return lines('hops', 'Hops of a lookup as the network grows', { label: 'Hops', scale: 'linear' }, [
    measured('Mean', rows, ({ nodes, result }) => [nodes, result.hops.mean]),
    measured('99th percentile', rows, ({ nodes, result }) => [nodes, result.hops.p99]),
    ...(rows.length > 0 ? [curve('⌈log16 N⌉', BOUND, at, digitsOf)] : []),
    ...calculated(leaves),
    publishedSeries('Pastry 2001, about', PASTRY_HOPS, ({ nodes, hops }) => [nodes, hops]),
  ])
}

function digitsOf(nodes: number): number {
  // A hair less, so that what is a power of 16 but for rounding counts as one.
  return Math.max(1, Math.ceil(Math.log2(nodes) / BITS_OF_DIGIT - 1e-9))
}

/** Only where they were calculated for leaf sets of this size. */
function calculated(leaves: number): LabSeries[] {
  const series = publishedSeries('Calculated, perfect state', PASTRY_STATIC, (row) =>
    row.leaves === leaves ? [row.nodes, row.hops] : undefined,
  )
  return series.points.length === 0 ? [] : [series]
}

function costChart(rows: readonly PastryRow[]): LabChart {
  return lines('requests', 'What a lookup costs', { label: 'Messages', scale: 'linear' }, [
    measured('Messages towards the key, mean', rows, ({ nodes, result }) => [nodes, result.requests.mean]),
    measured('Without an answer, mean', rows, ({ nodes, result }) => [nodes, result.timeouts.mean]),
  ])
}

function latencyChart(rows: readonly PastryRow[]): LabChart {
  return lines('latency', 'How long a lookup takes', { label: 'Time', unit: 'ms', scale: 'linear' }, [
    measured('Median', rows, ({ nodes, result }) => [nodes, result.latency.p50]),
    measured('99th percentile', rows, ({ nodes, result }) => [nodes, result.latency.p99]),
  ])
}

function table(rows: readonly PastryRow[]): LabTable {
  return {
    ...{ kind: 'table', id: 'lookups', title: 'Lookups of random keys from random nodes' },
    columns: [
      { label: 'Nodes', digits: 0 },
      { label: 'Found the nearest', unit: '%', digits: 2 },
      { label: 'Hops, mean', digits: 2 },
      { label: 'Hops, 99th percentile', digits: 0 },
      { label: '⌈log16 N⌉', digits: 0 },
      { label: 'Messages towards the key, mean', digits: 2 },
      { label: 'Time-outs, mean', digits: 2 },
      { label: 'Time, median', unit: 'ms', digits: 0 },
      { label: 'Time, 99th percentile', unit: 'ms', digits: 0 },
      { label: 'Nodes that a node knows', digits: 1 },
      { label: 'Messages', digits: 0 },
    ],
    rows: rows.map(({ nodes, result }) => [
      ...[nodes, percent(result.success), result.hops.mean, result.hops.p99, digitsOf(nodes), result.requests.mean],
      ...[result.timeouts.mean, result.latency.p50, result.latency.p99, result.stateSize.mean, result.messages],
    ]),
  }
}
