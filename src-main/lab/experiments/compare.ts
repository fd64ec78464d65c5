/** The comparison of the overlays for the Lab: charts and tables of its rows, and the designs with measured figures in their cells. */
import {
  COMPARE_PARTS,
  type CompareOptions,
  type CompareResult,
  type OverlayRow,
  runCompare,
} from '../compare/compare.ts'
import { designTable } from '../compare/design-table.ts'
import { OVERLAY_TITLES, OVERLAYS } from '../compare/overlay-lab.ts'
import {
  type Experiment,
  filled,
  type LabChart,
  type LabReport,
  type LabSeries,
  type LabTable,
  numberOf,
  type OptionValues,
  severalOf,
} from '../experiment.ts'
import { BAMBOO_CHURN, CHURN_SETTING } from '../published/figures.ts'
import { compareDescription } from './compare-description.ts'
import { measured, percent } from './series.ts'

type Rows = Omit<CompareResult, 'checksum'>

export const compareExperiment: Experiment = {
  description: compareDescription,
  async run(options, watcher, breathe): Promise<LabReport> {
    const { signal, progress } = watcher
    const chosen = optionsOf(options)
    const found = (rows: Rows) => watcher.report(compareReport(rows))
    return compareReport(await runCompare(chosen, { signal, progress, found }, breathe))
  },
}

function optionsOf(options: OptionValues): CompareOptions {
  const number = (name: string) => numberOf(options, name)
  const parts = severalOf(options, 'parts')
  return {
    ...{ seed: number('seed'), nodes: number('nodes'), lookups: number('lookups'), share: number('share') / 100 },
    ...{ churnNodes: number('churnNodes'), lifetime: number('lifetime'), lookupEvery: number('lookupEvery') },
    ...{ minutes: number('minutes'), parts: COMPARE_PARTS.filter((part) => parts.includes(part)) },
  }
}

export function compareReport(rows: Rows): LabReport {
  const still = rows.rows.filter(({ part }) => part === 'lookups')
  const churn = rows.rows.filter(({ part }) => part === 'churn')
  return filled([
    bars('compare-hops', 'Hops of a lookup', { label: 'Hops, mean', scale: 'linear' }, still, ({ hops }) => hops.mean),
    bars(
      'compare-latency',
      'Time of a lookup',
      { label: 'Time, median', unit: 'ms', scale: 'linear' },
      still,
      ({ latency }) => latency.p50,
    ),
    bars(
      'compare-messages',
      'Messages of a lookup',
      { label: 'Messages', scale: 'log' },
      still,
      (row) => row.messagesPerLookup,
    ),
    stillTable(still),
    trafficChart(churn),
    churnTable(churn),
    ...(rows.rows.length > 0 || rows.chain ? [designTable(rows)] : []),
  ])
}

function bars(
  id: string,
  title: string,
  y: LabChart['y'],
  rows: readonly OverlayRow[],
  of: (row: OverlayRow) => number,
): LabChart {
  const points = rows.map((row, n) => [n, of(row)] as const)
  return {
    ...{ kind: 'chart', id, title, shape: 'bars', categories: rows.map(({ overlay }) => OVERLAY_TITLES[overlay]) },
    ...{ x: { label: 'Overlay', scale: 'linear' }, y },
    series: [{ label: 'Measured', origin: 'measured', source: '', points }],
  }
}

const LOOKUP_COLUMNS: LabTable['columns'] = [
  { label: 'Overlay' },
  { label: 'Setting' },
  { label: 'Lookups', digits: 0 },
  { label: 'Found', unit: '%', digits: 2 },
  { label: 'Hops, mean', digits: 2 },
  { label: 'Time, median', unit: 'ms', digits: 0 },
  { label: 'Time, mean', unit: 'ms', digits: 0 },
  { label: 'Time, 99th percentile', unit: 'ms', digits: 0 },
]

/** Other overlays end with the first that has the key: their times are not of the same thing. */
const ENDS = 'Kademlia’s end once all k nearest have answered'

function lookupCells({ overlay, setting, lookups, success, hops, latency }: OverlayRow): LabTable['rows'][number] {
  const times = lookups > 0 ? [latency.p50, latency.mean, latency.p99] : [null, null, null]
  return [OVERLAY_TITLES[overlay], setting, lookups, percent(success), hops.mean, ...times]
}

function stillTable(rows: readonly OverlayRow[]): LabTable {
  return {
    ...{
      kind: 'table',
      id: 'compare-table',
      title: `Lookups of random keys from random nodes, without churn; ${ENDS}`,
    },
    columns: [
      ...LOOKUP_COLUMNS,
      { label: 'Messages of a lookup', digits: 1 },
      { label: 'Traffic of a lookup', unit: 'B', digits: 0 },
      { label: 'Nodes that a node knows', digits: 1 },
    ],
    rows: rows.map((row) => [...lookupCells(row), row.messagesPerLookup, row.bytesPerLookup, row.state.mean]),
  }
}

/** The two axes of the churn studies. */
function trafficChart(rows: readonly OverlayRow[]): LabChart {
  const series: LabSeries[] = OVERLAYS.map((overlay) => {
    const own = rows
      .filter((row) => row.overlay === overlay && row.bytesPerSecond > 0 && row.latency.mean > 0)
      .sort((one, other) => one.bytesPerSecond - other.bytesPerSecond)
    const points = measured(OVERLAY_TITLES[overlay], own, (row) => [row.bytesPerSecond, row.latency.mean])
    return { ...points, names: own.map(({ setting }) => setting) }
  }).filter(({ points }) => points.length > 0)
  return {
    ...{ kind: 'chart', id: 'compare-churn', title: 'Latency against traffic under churn, a point for each setting' },
    ...{ shape: 'points', categories: [], series },
    x: { label: 'Traffic of a node', unit: 'B/s', scale: 'log' },
    y: { label: 'Time of a lookup, mean', unit: 'ms', scale: 'log' },
  }
}

function churnTable(rows: readonly OverlayRow[]): LabTable {
  const [bamboo, setting] = [BAMBOO_CHURN.rows[0], CHURN_SETTING.rows[0]]
  const { authors, year } = BAMBOO_CHURN.in ?? {}
  const published = bamboo && [
    ...[
      `Bamboo (${authors}, ${year}), as its abstract says`,
      `${bamboo.nodes} nodes, median ${bamboo.sessionMinutes} min, below`,
    ],
    ...[...Array<null>(7).fill(null), bamboo.bytesPerSecond, null],
  ]
  const study = setting ? `; in the churn studies ${setting.nodes} nodes for ${setting.lifetimeMinutes} min` : ''
  return {
    ...{
      kind: 'table',
      id: 'compare-churn-table',
      title: `Lookups while nodes come and go; ${ENDS}${study}`,
    },
    columns: [
      ...LOOKUP_COLUMNS,
      { label: 'Time-outs, mean', digits: 2 },
      { label: 'Traffic of a node', unit: 'B/s', digits: 1 },
      { label: 'Nodes that a node knows', digits: 1 },
    ],
    rows: [
      ...rows.map((row) => [...lookupCells(row), row.timeouts.mean, row.bytesPerSecond, row.state.mean]),
      ...(rows.length > 0 && published ? [published] : []),
    ],
  }
}
