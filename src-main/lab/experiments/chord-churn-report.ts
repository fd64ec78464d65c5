/** Chord with hosts that come and go or fail at once, as sections of a report, beside the figures of the papers. */
import { COPIES } from '../chord/chord-lookups.ts'
import type { ComingAndGoingResult } from '../chord/coming-and-going.ts'
import type { LabReport, LabSeries, LabTable } from '../experiment.ts'
import { CHORD_CHURN, CHORD_CHURN_RULE, CHORD_FAILURES, CHORD_LOST_KEYS } from '../published/figures.ts'
import { originOf, publishedSeries, sourceOf } from '../published/published.ts'
import type { ChordRows } from './chord-rows.ts'
import { curve, lineChart, measured, percent } from './series.ts'

const ROUTE_NAMES = { fingers: 'fingers', all: 'lists too' } as const

export function churnSections(rows: ChordRows['churn'], hosts: number): LabReport {
  if (rows.length === 0) return []
  const x = { label: 'Hosts that join, and that fail', unit: '1/s', scale: 'linear' } as const
  const by = (route: 'fingers' | 'all', label: string, of: (result: ComingAndGoingResult) => number) =>
    measured(
      `${label}, ${ROUTE_NAMES[route]}`,
      rows.filter((row) => row.route === route),
      ({ rate, result }) => [rate, of(result)],
    )
  const both = (label: string, of: (result: ComingAndGoingResult) => number) =>
    (['fingers', 'all'] as const).map((route) => by(route, label, of)).filter(({ points }) => points.length > 0)
  const remembered = publishedSeries(`Chord 2003, ${hosts} nodes`, CHORD_CHURN, (row) =>
    row.nodes === hosts ? [row.rate, row.timeouts] : undefined,
  )
  return [
    lineChart('churn', 'Lookups while hosts come and go', x, { label: 'Lookups', unit: '%', scale: 'linear' }, [
      ...both('Failed', ({ success }) => percent(1 - success)),
      ...both('Met a time-out', ({ untroubled }) => percent(1 - untroubled)),
      ...churnRule(rows, hosts),
    ]),
    lineChart(
      'churn-timeouts',
      'Time-outs of a lookup while hosts come and go',
      x,
      { label: 'Time-outs', scale: 'linear' },
      [...both('Mean', ({ timeouts }) => timeouts.mean), ...(remembered.points.length > 0 ? [remembered] : [])],
    ),
    {
      ...{ kind: 'table', id: 'churn-table', title: `Lookups of ${hosts} hosts, stabilising every 30 s` },
      columns: [
        { label: 'Join and fail', unit: '1/s', digits: 3 },
        { label: 'Over' },
        { label: 'Lookups', digits: 0 },
        { label: 'Failed', unit: '%', digits: 2 },
        { label: 'Met a time-out', unit: '%', digits: 1 },
        { label: 'Time-outs, mean', digits: 3 },
        { label: 'Hops, mean', digits: 2 },
        { label: 'Time, median', unit: 'ms', digits: 0 },
        { label: 'Traffic of a host', unit: 'B/s', digits: 1 },
      ],
      rows: rows.map(({ rate, route, result }) => [
        ...[rate, ROUTE_NAMES[route], result.lookups, percent(1 - result.success), percent(1 - result.untroubled)],
        ...[result.timeouts.mean, result.hops.mean, result.latency.p50, result.bytesPerSecond],
      ]),
    },
  ]
}

/** Only for as many hosts as it was said of. Nothing was tried again there. */
function churnRule(rows: ChordRows['churn'], hosts: number): readonly LabSeries[] {
  const rule = CHORD_CHURN_RULE.rows.find(({ nodes }) => nodes === hosts)
  if (!rule) return []
  const rates = [...new Set(rows.map(({ rate }) => rate))].sort((a, b) => a - b)
  const points = rates.map((rate) => [rate, rule.percentPerFailure * rate * 30] as const)
  const source = sourceOf(CHORD_CHURN_RULE)
  return [{ label: 'Chord 2001, without trying again', origin: originOf(CHORD_CHURN_RULE.known), source, points }]
}

export function failureSections(rows: ChordRows['failure']): LabReport {
  if (rows.length === 0) return []
  const x = { label: 'Hosts that fail at once', unit: '%', scale: 'linear' } as const
  const parts = rows.map(({ fail }) => fail)
  const lostPerFailed = CHORD_LOST_KEYS.rows[0]?.lostPerFailed ?? 0
  const lostAlone: LabSeries = {
    ...{ label: 'Chord 2001, owner alone', origin: originOf(CHORD_LOST_KEYS.known), source: sourceOf(CHORD_LOST_KEYS) },
    points: parts.map((fail) => [percent(fail), percent(lostPerFailed * fail)] as const),
  }
  const allGone = `p^${COPIES + 1}: the owner and the ${COPIES} hosts behind it have failed`
  const copies = curve('All holders fail', allGone, parts.map(percent), (fail) => percent((fail / 100) ** (COPIES + 1)))
  const hops = publishedSeries('Chord 2003, path, lists of 20', CHORD_FAILURES, ({ failed, path }) => [
    percent(failed),
    path,
  ])
  const outs = publishedSeries('Chord 2003, time-outs, lists of 20', CHORD_FAILURES, ({ failed, timeouts }) => [
    percent(failed),
    timeouts,
  ])
  return [
    lineChart(
      'failure',
      'Keys lost when a part of the hosts fails at once',
      x,
      { label: 'Keys', unit: '%', scale: 'linear' },
      [
        measured('Owner alone', rows, ({ fail, result }) => [percent(fail), percent(result.lost)]),
        measured(`${COPIES} copies`, rows, ({ fail, result }) => [percent(fail), percent(result.lostWithCopies)]),
        ...[lostAlone, copies],
      ],
    ),
    lineChart('failure-path', 'Lookups right after the failure', x, { label: 'Of a lookup, mean', scale: 'linear' }, [
      measured('Hops', rows, ({ fail, result }) => [percent(fail), result.atOnce.hops.mean]),
      measured('Time-outs', rows, ({ fail, result }) => [percent(fail), result.atOnce.timeouts.mean]),
      ...[hops, outs],
    ]),
    {
      ...{ kind: 'table', id: 'failure-table', title: 'A part of the hosts fails at once' },
      columns: [
        { label: 'Fail', unit: '%', digits: 0 },
        { label: 'Lookups that failed, at once', unit: '%', digits: 2 },
        { label: 'Hops, at once', digits: 2 },
        { label: 'Time-outs, at once', digits: 2 },
        { label: 'Repaired after', unit: 's', digits: 0 },
        { label: 'Rings', digits: 0 },
        { label: 'Lookups that failed, later', unit: '%', digits: 2 },
        { label: 'Keys lost, owner alone', unit: '%', digits: 2 },
        { label: `Keys lost, ${COPIES} copies`, unit: '%', digits: 2 },
      ],
      rows: rows.map(({ fail, result: { atOnce, later, ...result } }) => [
        ...[percent(fail), percent(1 - atOnce.success), atOnce.hops.mean, atOnce.timeouts.mean],
        ...[result.ideal ? result.repairedAfter : null, result.rings, percent(1 - later.success)],
        ...[percent(result.lost), percent(result.lostWithCopies)],
      ]),
    },
  ]
}

export function storeTable(rows: ChordRows['store']): LabTable {
  return {
    ...{
      kind: 'table',
      id: 'store-table',
      title: 'Items in the stores of the hosts, a part of which fails, and again as many',
    },
    columns: [
      { label: 'Fail', unit: '%', digits: 0 },
      { label: 'Stored at', unit: 'hosts', digits: 2 },
      { label: 'No holder left', unit: '%', digits: 2 },
      { label: 'Not found after the repair', unit: '%', digits: 2 },
      { label: 'Then held by', unit: 'hosts', digits: 2 },
      { label: 'No holder left, second time', unit: '%', digits: 2 },
      { label: 'Not found, second time', unit: '%', digits: 2 },
      { label: 'Then held by, second time', unit: 'hosts', digits: 2 },
      { label: 'Messages', digits: 0 },
    ],
    rows: rows.map(({ fail, result: { stored, first, second, messages } }) => [
      ...[percent(fail), stored.mean, percent(first.gone), percent(first.lost), first.holders.mean],
      ...[percent(second.gone), percent(second.lost), second.holders.mean, messages],
    ]),
  }
}
