/** Flooding for the Lab: the same searches in the same network, with queries that go one step, two, and so on. */
import {
  type Experiment,
  filled,
  type LabChart,
  type LabReport,
  type LabSeries,
  type LabTable,
  numberOf,
  type OptionValues,
} from '../experiment.ts'
import { expectedReach, REACH_FORMULA } from '../gnutella/formulas.ts'
import { type GnutellaOptions, type GnutellaResult, runGnutella } from '../gnutella/run.ts'
import { FLOODING_DEGREE, FLOODING_STATIC } from '../published/figures.ts'
import { publishedSeries } from '../published/published.ts'
import { gnutellaDescription } from './gnutella-description.ts'
import { curve, measured, percent } from './series.ts'

export interface GnutellaRow {
  readonly ttl: number
  readonly result: GnutellaResult
}

/** Without the steps, which differ from row to row. */
type Setting = Omit<GnutellaOptions, 'ttl'>

export const gnutellaExperiment: Experiment = {
  description: gnutellaDescription,
  async run(options, watcher, breathe): Promise<LabReport> {
    const setting = settingOf(options)
    const most = numberOf(options, 'ttl')
    const cost = (ttl: number) => expectedReach(setting.nodes, setting.degree, ttl).messages
    const rows: GnutellaRow[] = []
    const all = sum(Array.from({ length: most }, (_, n) => cost(n + 1)))
    let done = 0
    for (let ttl = 1; ttl <= most; ttl++) {
      await breathe()
      const share = cost(ttl) / all
      const result = await runGnutella(
        { ...setting, ttl },
        {
          signal: watcher.signal,
          progress: (fraction) => watcher.progress(Math.min(1, done + fraction * share), `TTL ${ttl}`),
        },
      )
      done += share
      rows.push({ ttl, result })
      watcher.report(gnutellaReport(setting, rows))
    }
    return gnutellaReport(setting, rows)
  },
}

function settingOf(options: OptionValues): Setting {
  const number = (name: string) => numberOf(options, name)
  return {
    ...{ nodes: number('nodes'), seed: number('seed'), lookups: number('lookups'), degree: number('degree') },
    ...{ share: number('share') / 100, fail: number('fail') / 100, uneven: options.uneven === true },
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

export function gnutellaReport(setting: Setting, rows: readonly GnutellaRow[]): LabReport {
  return filled([reachChart(setting, rows), costChart(setting, rows), foundChart(rows), table(rows)])
}

function lines(id: string, title: string, y: LabChart['y'], series: LabChart['series']): LabChart {
  const x = { label: 'Steps of a query (TTL)', scale: 'linear' } as const
  return { kind: 'chart', id, title, shape: 'lines', categories: [], x, y, series }
}

function reachChart(setting: Setting, rows: readonly GnutellaRow[]): LabChart {
  return lines('reach', 'How much of the network a query reaches', { label: 'Nodes', unit: '%', scale: 'linear' }, [
    measured('Mean', rows, ({ ttl, result }) => [ttl, percent(result.reached.mean)]),
    ...beside(setting, rows, ({ reached }) => percent(reached)),
  ])
}

function costChart(setting: Setting, rows: readonly GnutellaRow[]): LabChart {
  return lines('messages', 'What a search costs', { label: 'Messages', scale: 'log' }, [
    // Of nodes without a neighbour left nothing goes out, which a logarithmic axis cannot show.
    measured(
      'Queries, mean',
      rows.filter(({ result }) => result.requests.mean > 0),
      ({ ttl, result }) => [ttl, result.requests.mean],
    ),
    ...beside(setting, rows, ({ messages }) => messages),
  ])
}

/** What a formula and a calculation say of the same network: of one where nobody fails, delays are alike, and, for the latter, of its size. */
function beside(
  { nodes, degree, fail }: Setting,
  rows: readonly GnutellaRow[],
  of: (reach: { readonly reached: number; readonly messages: number }) => number,
): readonly LabSeries[] {
  if (fail > 0 || rows.length === 0) return []
  const steps = rows.map(({ ttl }) => ttl)
  const formula = curve('Delays alike, by formula', REACH_FORMULA, steps, (ttl) =>
    of(expectedReach(nodes, degree, ttl)),
  )
  const apart = publishedSeries('Delays alike, computed apart', FLOODING_STATIC, (row) =>
    row.nodes === nodes && steps.includes(row.ttl) ? [row.ttl, of(row)] : undefined,
  )
  return degree !== FLOODING_DEGREE || apart.points.length === 0 ? [formula] : [formula, apart]
}

function foundChart(rows: readonly GnutellaRow[]): LabChart {
  return lines('found', 'How often a search finds the item', { label: 'Searches', unit: '%', scale: 'linear' }, [
    measured('Found', rows, ({ ttl, result }) => [ttl, percent(result.success)]),
  ])
}

function table(rows: readonly GnutellaRow[]): LabTable {
  return {
    ...{ kind: 'table', id: 'searches', title: 'Searches from random nodes for items that random nodes hold' },
    columns: [
      { label: 'Steps', digits: 0 },
      { label: 'Nodes reached', unit: '%', digits: 1 },
      { label: 'Found', unit: '%', digits: 1 },
      { label: 'Hops to the first, mean', digits: 2 },
      { label: 'Hops, 99th percentile', digits: 0 },
      { label: 'Queries, mean', digits: 0 },
      { label: 'Had already', unit: '%', digits: 1 },
      { label: 'Holders that answered, mean', digits: 1 },
      { label: 'Time to the first, mean', unit: 'ms', digits: 0 },
      { label: 'Traffic of a search', unit: 'kB', digits: 1 },
    ],
    rows: rows.map(({ ttl, result }) => {
      const { success, reached, hops, requests, duplicates, hits, latency, searchBytes } = result
      const found = success > 0
      return [
        ...[ttl, percent(reached.mean), percent(success), found ? hops.mean : null, found ? hops.p99 : null],
        ...[requests.mean, requests.mean > 0 ? percent(duplicates.mean / requests.mean) : null, hits.mean],
        ...[found ? latency.mean : null, searchBytes.mean / 1_000],
      ]
    }),
  }
}
