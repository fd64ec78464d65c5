/** The rows of the chain experiments as sections of a report. */

import { FORMULAS, type Formula, nakamoto, rosenfeld, selfishRevenue, staleRate } from '../chain/formulas.ts'
import type { TamperStep } from '../chain/tampering.ts'
import type { ForkRow, OvertakingRow, PartitionRow, PropagationRow, SelfishRow } from '../chain.ts'
import { evenly, type LabChart, type LabDrawing, type LabReport, type LabSeries, type LabTable } from '../experiment.ts'
import { curve, groupsOf, measured, percent, sourceOf } from './series.ts'

export interface ChainRows {
  readonly propagation: PropagationRow[]
  readonly forks: ForkRow[]
  readonly partition: PartitionRow[]
  readonly tamper: TamperStep[]
  readonly majority: OvertakingRow[]
  readonly selfish: SelfishRow[]
}

export function noRows(): ChainRows {
  return { propagation: [], forks: [], partition: [], tamper: [], majority: [], selfish: [] }
}

/** Of the rows so far; sections without any are empty. */
export function chainReport(rows: ChainRows, drawing: LabDrawing): LabReport {
  return [
    ...propagationSections(rows.propagation),
    ...forkSections(rows.forks),
    ...partitionSections(rows.partition),
    drawing,
    tamperTable(rows.tamper),
    ...majoritySections(rows.majority),
    ...selfishSections(rows.selfish),
  ]
}

const SECONDS = { unit: 's', digits: 2 }
const PERCENT = { unit: '%', digits: 1 }
const COUNT = { digits: 0 }

function propagationSections(rows: readonly PropagationRow[]): LabReport {
  const table: LabTable = {
    ...{ kind: 'table', id: 'propagation', title: 'Flooding: until a part of all nodes has a block' },
    columns: [
      { label: 'Connections', ...COUNT },
      { label: 'A link', unit: 's', digits: 1 },
      ...['50 % have it', '90 % have it', '99 % have it'].map((label) => ({ label, ...SECONDS })),
    ],
    rows: rows.map(({ opens, delay, half, ninety, ninetyNine }) => [2 * opens, delay, half, ninety, ninetyNine]),
  }
  const chart: LabChart = {
    ...{ kind: 'chart', id: 'propagation-chart', title: 'Flooding: until 90 % of the nodes have a block' },
    ...{ shape: 'lines', categories: [] },
    x: { label: 'Delay of a link', unit: 's', scale: 'log' },
    y: { label: 'Time', unit: 's', scale: 'log' },
    series: groupsOf(rows, ({ opens }) => opens).map(([opens, group]) =>
      measured(`${2 * opens} connections`, group, ({ delay, ninety }) => [delay, ninety]),
    ),
  }
  return [chart, table]
}

function forkSections(rows: readonly ForkRow[]): LabReport {
  const table: LabTable = {
    ...{ kind: 'table', id: 'forks', title: 'Forks: blocks that end beside the best chain' },
    columns: [
      { label: 'Interval', unit: 's', digits: 0 },
      { label: 'A link', unit: 's', digits: 1 },
      { label: 'To miners', ...SECONDS },
      { label: 'Blocks', ...COUNT },
      { label: 'Stale', ...COUNT },
      { label: 'Stale, measured', ...PERCENT },
      { label: 'Stale, formula', ...PERCENT },
      { label: 'Deepest', unit: 'blocks', ...COUNT },
      { label: 'One tip' },
    ],
    rows: rows.map(({ interval, delay, reach, blocks, stale, deepest, agrees, ...rates }) => [
      ...[interval, delay, reach, blocks, stale, percent(rates.staleRate), percent(rates.published), deepest],
      agrees ? 'yes' : 'no',
    ]),
  }
  const ratio = ({ reach, interval }: ForkRow) => percent(reach / interval)
  const ratios = rows.map(ratio)
  const chart: LabChart = {
    ...{
      kind: 'chart',
      id: 'forks-chart',
      title: 'Stale rate against delay and interval',
      shape: 'lines',
      categories: [],
    },
    x: { label: 'Delay to the miners, of the interval', unit: '%', scale: 'log' },
    y: { label: 'Stale blocks', unit: '%', scale: 'linear' },
    series:
      rows.length === 0
        ? []
        : [
            measured('Stale blocks', rows, (row) => [ratio(row), percent(row.staleRate)]),
            // Evenly on the logarithmic axis.
            curve(
              '1 − exp(−d / T)',
              sourceOf(FORMULAS.stale),
              logarithmically(Math.min(...ratios), Math.max(...ratios)),
              (x) => percent(staleRate(x, 100)),
            ),
          ],
  }
  return [chart, table]
}

function logarithmically(from: number, to: number): readonly number[] {
  return evenly(Math.log(from), Math.log(to), CURVE_POINTS).map(Math.exp)
}

const CURVE_POINTS = 41

function partitionSections(rows: readonly PartitionRow[]): LabReport {
  const table: LabTable = {
    ...{ kind: 'table', id: 'partition', title: 'A partition that heals: the smaller side leaves its blocks' },
    columns: [
      { label: 'Smaller side', unit: '%', digits: 0 },
      { label: 'For', unit: 'min', digits: 0 },
      { label: 'Its blocks', ...COUNT },
      { label: 'The others’ blocks', ...COUNT },
      { label: 'Depth', unit: 'blocks', ...COUNT },
      { label: 'Nodes that reorganise', ...COUNT },
      { label: 'Healed in', ...SECONDS },
      { label: 'One tip' },
    ],
    rows: rows.map(({ share, minutes, smaller, larger, depth, reorganised, healedIn, agrees }) => [
      ...[percent(share), minutes, smaller, larger, depth, reorganised, healedIn],
      agrees ? 'yes' : 'no',
    ]),
  }
  const chart: LabChart = {
    ...{ kind: 'chart', id: 'partition-chart', title: 'Depth of the reorganisation when a partition heals' },
    ...{ shape: 'lines', categories: [] },
    x: { label: 'Time apart', unit: 'min', scale: 'log' },
    y: { label: 'Depth', unit: 'blocks', scale: 'log' },
    series: groupsOf(rows, ({ share }) => share).flatMap(([share, group]) => [
      measured(`${percent(share)} % on the smaller side`, group, ({ minutes, depth }) => [minutes, depth]),
      curve(
        `${percent(share)} %, expected`,
        'share × time / interval: what the smaller side mines on average, at a block a minute',
        group.map(({ minutes }) => minutes),
        (minutes) => share * minutes,
      ),
    ]),
  }
  return [chart, table]
}

function tamperTable(steps: readonly TamperStep[]): LabTable {
  return {
    ...{ kind: 'table', id: 'tamper', title: 'Tampering, by the rules of every node' },
    columns: [
      { label: 'Done' },
      { label: 'Block', ...COUNT },
      { label: 'Verdict' },
      { label: 'Hashes', ...COUNT },
      { label: 'Lost after it', unit: 'blocks', ...COUNT },
    ],
    rows: steps.map(({ done, height, verdict, hashes, lostSuccessors }) => [
      ...[done, height, verdict, hashes === 0 ? null : hashes, lostSuccessors === 0 ? null : lostSuccessors],
    ]),
  }
}

function majoritySections(rows: readonly OvertakingRow[]): LabReport {
  const table: LabTable = {
    ...{ kind: 'table', id: 'majority', title: 'How often a secret branch overtakes a payment' },
    columns: [
      { label: 'Attacker', ...PERCENT },
      { label: 'Confirmations', ...COUNT },
      ...['Measured', 'Nakamoto', 'Rosenfeld'].map((label) => ({ label, digits: 5 })),
      { label: 'Intervals taken', digits: 1 },
    ],
    rows: rows.map(({ share, confirmations, success, intervals, ...formulas }) => [
      ...[percent(share), confirmations, success, formulas.nakamoto, formulas.rosenfeld, intervals ?? null],
    ]),
  }
  const shares = rows.map(({ share }) => share)
  const at = evenly(Math.min(...shares), Math.max(...shares), CURVE_POINTS)
  const formula = (known: Formula, z: number, of: typeof nakamoto) =>
    curve(`${known.name}, ${confirmationsText(z)}`, sourceOf(known), at.map(percent), (x) => percent(of(x / 100, z)))
  const chart: LabChart = {
    ...{
      kind: 'chart',
      id: 'majority-chart',
      title: 'A secret branch overtakes a payment',
      shape: 'lines',
      categories: [],
    },
    x: { label: 'Attacker’s share of all hashing', unit: '%', scale: 'linear' },
    y: { label: 'Succeeds', unit: '%', scale: 'linear' },
    series: groupsOf(rows, ({ confirmations }) => confirmations).flatMap(([z, group]): LabSeries[] => [
      measured(confirmationsText(z), group, ({ share, success }) => [percent(share), percent(success)]),
      formula(FORMULAS.nakamoto, z, nakamoto),
      formula(FORMULAS.rosenfeld, z, rosenfeld),
    ]),
  }
  return [chart, table]
}

function confirmationsText(count: number): string {
  return count === 1 ? '1 confirmation' : `${count} confirmations`
}

function selfishSections(rows: readonly SelfishRow[]): LabReport {
  const table: LabTable = {
    ...{ kind: 'table', id: 'selfish', title: 'Selfish mining: share of the rewards' },
    columns: [
      { label: 'α', ...PERCENT },
      { label: 'γ', digits: 1 },
      { label: 'Rewards, measured', ...PERCENT },
      { label: 'Rewards, formula', ...PERCENT },
      { label: 'Pays' },
      { label: 'Stale blocks', ...PERCENT },
    ],
    rows: rows.map(({ share, gamma, revenue, published, stale }) => [
      ...[percent(share), gamma, percent(revenue), percent(published), revenue > share ? 'yes' : 'no', percent(stale)],
    ]),
  }
  const shares = rows.map(({ share }) => percent(share))
  const at = evenly(Math.min(...shares), Math.max(...shares), CURVE_POINTS)
  const honest = curve('An honest miner', 'rewards in proportion to hashing', at, (x) => x)
  const chart: LabChart = {
    ...{
      kind: 'chart',
      id: 'selfish-chart',
      title: 'Selfish mining: rewards against hashing',
      shape: 'lines',
      categories: [],
    },
    x: { label: 'Share of all hashing (α)', unit: '%', scale: 'linear' },
    y: { label: 'Share of the rewards', unit: '%', scale: 'linear' },
    series: [
      ...groupsOf(rows, ({ gamma }) => gamma).flatMap(([gamma, group]): LabSeries[] => [
        measured(`γ ${gamma}`, group, ({ share, revenue }) => [percent(share), percent(revenue)]),
        curve(`γ ${gamma}, Eyal and Sirer`, sourceOf(FORMULAS.selfish), at, (x) =>
          percent(selfishRevenue(x / 100, gamma)),
        ),
      ]),
      ...(rows.length > 0 ? [honest] : []),
    ],
  }
  return [chart, table]
}
