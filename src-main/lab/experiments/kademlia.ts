/** The Kademlia experiment for the Lab: the same lookups in networks of growing size. */
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
import { KADEMLIA_DEFAULTS, type KademliaOptions, type KademliaResult, runKademlia } from '../kademlia.ts'
import { KADEMLIA_BOUND, KADEMLIA_STATIC } from '../published/figures.ts'
import { publishedSeries, sourceOf } from '../published/published.ts'
import { kademliaDescription } from './kademlia-description.ts'
import { curve, measured, percent } from './series.ts'

export interface KademliaRow {
  readonly nodes: number
  readonly result: KademliaResult
}

export const kademliaExperiment: Experiment = {
  description: kademliaDescription,
  async run(options, watcher, breathe): Promise<LabReport> {
    const rows: KademliaRow[] = []
    const shape = { k: numberOf(options, 'k'), alpha: numberOf(options, 'alpha') }
    const series = networkSizes(numberOf(options, 'nodes'), numberOf(options, 'sizes'))
    const all = series.reduce((sum, nodes) => sum + nodes, 0)
    let done = 0
    for (const nodes of series) {
      await breathe()
      const result = await runKademlia(runOptions(options, nodes), {
        signal: watcher.signal,
        progress: (fraction, phase) => watcher.progress((done + fraction * nodes) / all, `${nodes} nodes, ${phase}`),
      })
      done += nodes
      rows.push({ nodes, result })
      watcher.report(kademliaReport(rows, shape))
    }
    return kademliaReport(rows, shape)
  },
}

const FEWEST_NODES = 2

/** Up to `nodes`, each a quarter of the next. */
export function networkSizes(nodes: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, n) => Math.round(nodes / 4 ** n))
    .filter((size) => size >= FEWEST_NODES)
    .reverse()
}

function runOptions(options: OptionValues, nodes: number): KademliaOptions {
  const number = (name: string) => numberOf(options, name)
  return {
    ...KADEMLIA_DEFAULTS,
    ...{ nodes, seed: number('seed'), lookups: number('lookups'), k: number('k'), alpha: number('alpha') },
    ...{ churn: number('churn'), fail: number('fail') / 100, nat: number('nat') / 100, values: number('values') },
    join: options.start === 'join',
    mode: options.wire === true ? 'wire' : 'objects',
  }
}

/** Of lookups. */
interface Shape {
  readonly k: number
  readonly alpha: number
}

export function kademliaReport(rows: readonly KademliaRow[], shape: Shape): LabReport {
  return filled([hopsChart(rows, shape), costChart(rows, shape), latencyChart(rows), table(rows)])
}

/** Only where it was calculated for lookups of this shape. */
function calculated({ k, alpha }: Shape, of: 'hops' | 'requests'): readonly LabSeries[] {
  const series = publishedSeries('Calculated, perfect tables', KADEMLIA_STATIC, (row) =>
    row.k === k && row.alpha === alpha ? [row.nodes, row[of]] : undefined,
  )
  return series.points.length === 0 ? [] : [series]
}

const NODES: LabChart['x'] = { label: 'Nodes', scale: 'log' }
const BOUND = `⌈log2 N⌉: at most so many steps, each at least a bit nearer. ${sourceOf(KADEMLIA_BOUND)}`

function lines(id: string, title: string, y: LabChart['y'], series: LabChart['series']): LabChart {
  return { kind: 'chart', id, title, shape: 'lines', categories: [], x: NODES, y, series }
}

function hopsChart(rows: readonly KademliaRow[], shape: Shape): LabChart {
  const sizes = rows.map(({ nodes }) => Math.log2(nodes))
  const at = evenly(Math.min(...sizes), Math.max(...sizes), 21).map((bits) => 2 ** bits)
  return lines('hops', 'Hops of a lookup as the network grows', { label: 'Hops', scale: 'linear' }, [
    measured('Mean', rows, ({ nodes, result }) => [nodes, result.hops.mean]),
    measured('99th percentile', rows, ({ nodes, result }) => [nodes, result.hops.p99]),
    ...(rows.length > 0 ? [curve('log2 N', BOUND, at, Math.log2)] : []),
    ...calculated(shape, 'hops'),
  ])
}

function costChart(rows: readonly KademliaRow[], shape: Shape): LabChart {
  return lines('requests', 'What a lookup costs', { label: 'Requests', scale: 'linear' }, [
    measured('Requests, mean', rows, ({ nodes, result }) => [nodes, result.requests.mean]),
    measured('Without an answer, mean', rows, ({ nodes, result }) => [nodes, result.timeouts.mean]),
    ...calculated(shape, 'requests'),
  ])
}

function latencyChart(rows: readonly KademliaRow[]): LabChart {
  return lines('latency', 'How long a lookup takes', { label: 'Time', unit: 'ms', scale: 'linear' }, [
    measured('Median', rows, ({ nodes, result }) => [nodes, result.latency.p50]),
    measured('99th percentile', rows, ({ nodes, result }) => [nodes, result.latency.p99]),
  ])
}

function table(rows: readonly KademliaRow[]): LabTable {
  return {
    ...{ kind: 'table', id: 'lookups', title: 'Lookups of random targets from random nodes' },
    columns: [
      { label: 'Nodes', digits: 0 },
      { label: 'Found the nearest', unit: '%', digits: 2 },
      { label: 'Hops, mean', digits: 2 },
      { label: 'Hops, 99th percentile', digits: 0 },
      { label: 'Requests, mean', digits: 1 },
      { label: 'Time-outs, mean', digits: 2 },
      { label: 'Time, median', unit: 'ms', digits: 0 },
      { label: 'Time, 99th percentile', unit: 'ms', digits: 0 },
      { label: 'Queries answered by a node', digits: 1 },
      { label: 'Entries of a table', digits: 1 },
      { label: 'Stored items found', unit: '%', digits: 1 },
      { label: 'Messages', digits: 0 },
    ],
    rows: rows.map(({ nodes, result }) => [
      ...[
        nodes,
        percent(result.success),
        result.hops.mean,
        result.hops.p99,
        result.requests.mean,
        result.timeouts.mean,
      ],
      ...[result.latency.p50, result.latency.p99, result.load.mean, result.tableSize.mean],
      ...[result.valuesStored === 0 ? null : percent(result.valuesFound / result.valuesStored), result.messages],
    ]),
  }
}
