/** The rows of the Chord experiments as sections of a report, beside the figures of the papers. */
import { evenly, type LabChart, type LabReport, type LabTable } from '../experiment.ts'
import { CHORD_LOAD, CHORD_PATH, CHORD_PEAK, CHORD_STATIC } from '../published/figures.ts'
import { publishedSeries, sourceOf } from '../published/published.ts'
import { churnSections, failureSections, storeTable } from './chord-churn-report.ts'
import type { ChordRows } from './chord-rows.ts'
import { curve, lineChart, measured, percent } from './series.ts'

/** Of the rows so far; sections without any are empty. */
export function chordReport(rows: ChordRows, churnHosts: number): LabReport {
  return [
    ...sizeSections(rows.size),
    ...pathSections(rows.paths),
    ...loadSections(rows.load),
    ...churnSections(rows.churn, churnHosts),
    ...failureSections(rows.failure),
    storeTable(rows.store),
  ]
}

const HOPS = { label: 'Hops', scale: 'linear' } as const
const BINOMIAL =
  'One step and as many more as a random number of log2 N bits has ones, half of them on average: the ones of the distance are taken away one by one'

function sizeSections(rows: ChordRows['size']): LabReport {
  const bits = rows.map(({ nodes }) => Math.log2(nodes))
  const at = rows.length === 0 ? [] : evenly(Math.min(...bits), Math.max(...bits), 21).map((value) => 2 ** value)
  const share = CHORD_PATH.rows[0]?.log2Share ?? 0
  const table: LabTable = {
    ...{ kind: 'table', id: 'size-table', title: 'Lookups of random keys from random nodes' },
    columns: [
      { label: 'Nodes', digits: 0 },
      { label: 'Found the owner', unit: '%', digits: 2 },
      { label: 'Hops over fingers, mean', digits: 2 },
      { label: 'Hops, 1st percentile', digits: 0 },
      { label: 'Hops, 99th percentile', digits: 0 },
      { label: 'Hops over lists too, mean', digits: 2 },
      { label: 'Time over fingers, median', unit: 'ms', digits: 0 },
      { label: 'Time over lists too, median', unit: 'ms', digits: 0 },
      { label: 'Members that a node knows', digits: 1 },
    ],
    rows: rows.map(({ nodes, fingers, all }) => [
      ...[nodes, percent(Math.min(fingers.success, all.success)), fingers.hops.mean, fingers.hops.p1, fingers.hops.p99],
      ...[all.hops.mean, fingers.latency.p50, all.latency.p50, all.stateSize.mean],
    ]),
  }
  const series = [
    measured('Fingers alone, mean', rows, ({ nodes, fingers }) => [nodes, fingers.hops.mean]),
    measured('Fingers alone, 99th percentile', rows, ({ nodes, fingers }) => [nodes, fingers.hops.p99]),
    measured('Successor lists too, mean', rows, ({ nodes, all }) => [nodes, all.hops.mean]),
    curve(
      '½ log2 N',
      `${share} log2 N, without the last step. ${sourceOf(CHORD_PATH)}`,
      at,
      (n) => share * Math.log2(n),
    ),
    publishedSeries('Calculated, fingers', CHORD_STATIC, ({ nodes, fingers }) => [nodes, fingers]),
    publishedSeries('Calculated, lists of 16 too', CHORD_STATIC, ({ nodes, all }) => [nodes, all]),
  ]
  return rows.length === 0
    ? []
    : [lineChart('size', 'Hops of a lookup as the ring grows', { label: 'Nodes', scale: 'log' }, HOPS, series), table]
}

function pathSections(rows: ChordRows['paths']): LabReport {
  return rows.flatMap(({ nodes, result }): LabReport => {
    const { hopCounts, hops } = result
    const all = hopCounts.reduce((sum, count) => sum + count, 0)
    const bits = Math.round(Math.log2(nodes))
    const steps = Array.from({ length: Math.max(hopCounts.length, bits + 2) }, (_, n) => n)
    const shares = steps.map((n) => percent((hopCounts[n] ?? 0) / all))
    const bars: LabChart = {
      ...{ kind: 'chart', id: 'paths', title: 'Distribution of the path length, over fingers alone', shape: 'bars' },
      categories: steps.map(String),
      x: { label: 'Hops', scale: 'linear' },
      y: { label: 'Lookups', unit: '%', scale: 'linear' },
      series: [
        {
          label: `${nodes} nodes`,
          origin: 'measured',
          source: '',
          points: shares.map((share, n) => [n, share] as const),
        },
        curve('½ of log2 N, and one', BINOMIAL, steps, (n) => percent(binomial(bits, n - 1))),
      ],
    }
    const peak = CHORD_PEAK.rows.find((row) => row.nodes === nodes)
    const table: LabTable = {
      ...{ kind: 'table', id: 'paths-table', title: `Path length of ${nodes} nodes` },
      columns: [
        { label: 'Whose' },
        { label: 'Hops, mean', digits: 2 },
        { label: '1st percentile', digits: 0 },
        { label: '99th percentile', digits: 0 },
        { label: 'Most often', digits: 0 },
      ],
      rows: [
        ['Measured', hops.mean, hops.p1, hops.p99, hopCounts.indexOf(Math.max(...hopCounts))],
        ...(peak ? [[sourceOf(CHORD_PEAK), null, null, null, peak.hops]] : []),
      ],
    }
    return [bars, table]
  })
}

/** The chance of `ones` among so many fair bits. */
function binomial(bits: number, ones: number): number {
  if (ones < 0 || ones > bits) return 0
  let ways = 1
  for (let i = 0; i < ones; i++) ways = (ways * (bits - i)) / (i + 1)
  return ways / 2 ** bits
}

function loadSections(rows: ChordRows['load']): LabReport {
  const x = { label: 'Virtual nodes of a host', scale: 'log' } as const
  const y = { label: 'Keys of a host, of the mean', scale: 'linear' } as const
  const of = (name: 'p1' | 'p50' | 'p99', label: string) =>
    measured(label, rows, ({ virtualNodes, result }) => [virtualNodes, result.load[name]])
  return [
    lineChart('load', 'How evenly keys fall on hosts', x, y, [
      of('p99', '99th percentile'),
      of('p50', 'Median'),
      of('p1', '1st percentile'),
      publishedSeries('Chord 2001, 99th percentile', CHORD_LOAD, ({ virtualNodes, p99 }) => [virtualNodes, p99]),
      publishedSeries('Chord 2001, 1st percentile', CHORD_LOAD, ({ virtualNodes, p1 }) => [virtualNodes, p1]),
    ]),
    {
      ...{
        kind: 'table',
        id: 'load-table',
        title: 'Keys of a host in multiples of the mean, places by address and slot',
      },
      columns: [
        { label: 'Virtual nodes', digits: 0 },
        { label: '1st percentile', digits: 2 },
        { label: 'Median', digits: 2 },
        { label: '99th percentile', digits: 2 },
        { label: 'Most', digits: 2 },
        { label: 'Hosts without any', unit: '%', digits: 1 },
        { label: 'Keys of a host, mean', digits: 0 },
      ],
      rows: rows.map(({ virtualNodes, result: { load, idle, mean } }) => [
        ...[virtualNodes, load.p1, load.p50, load.p99, load.max, percent(idle), mean],
      ]),
    },
  ]
}
