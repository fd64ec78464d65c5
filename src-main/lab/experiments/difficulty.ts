/** The difficulty experiment for the Lab: a rule a row, and what a liar about the time gains by it. */
import { type DifficultyRow, LIARS, runDifficulty } from '../difficulty.ts'
import {
  type Experiment,
  filled,
  type LabChart,
  type LabReport,
  type LabTable,
  numberOf,
  severalOf,
} from '../experiment.ts'
import { difficultyDescription } from './difficulty-description.ts'
import { percent } from './series.ts'

export const difficultyExperiment: Experiment = {
  description: difficultyDescription,
  async run(options, watcher, breathe): Promise<LabReport> {
    const rows: DifficultyRow[] = []
    const chosen = {
      rules: severalOf(options, 'rules'),
      seeds: numberOf(options, 'seeds'),
      seed: numberOf(options, 'seed'),
    }
    await runDifficulty(
      chosen,
      {
        signal: watcher.signal,
        progress: watcher.progress,
        row(row) {
          rows.push(row)
          watcher.report(difficultyReport(rows))
        },
      },
      breathe,
    )
    return difficultyReport(rows)
  },
}

const COUNT = { digits: 0 }
const MINUTES = { unit: 'min', digits: 0 }

const SITUATIONS = [
  ['day', 'A day'],
  ['half-day', 'Half a day after a night'],
  ['hour', 'First hour after it'],
  ['few', 'A twentieth back, 6 h'],
] as const

export function difficultyReport(rows: readonly DifficultyRow[]): LabReport {
  const gaps = bars(
    'gap-chart',
    'Longest gap after a strong miner has gone',
    { label: 'Gap', unit: 'min', scale: 'linear' },
    rows,
    [['30 times the hash rate for 2 h', ({ longestGap }) => longestGap / 60]],
  )
  const few = bars(
    'few-chart',
    'Blocks in 6 h after a night from which a twentieth comes back',
    { label: 'Blocks', scale: 'linear' },
    rows,
    [
      ['Median', (row) => row.few],
      ['360 would be right', () => 360],
    ],
  )
  const gains = bars(
    'lies-chart',
    'More blocks a day by lying about the time',
    { label: 'Gain', unit: '%', scale: 'linear' },
    rows,
    LIARS.map((share) => [`${percent(share)} % of all hashing`, (row) => percent(dailyGain(row, share))]),
  )
  const right = few.series[1]
  const series = few.series.map((one) =>
    one === right ? { ...one, origin: 'formula' as const, source: 'a block a minute for six hours' } : one,
  )
  return filled([gaps, { ...few, series }, honestTable(rows), gains, liesTable(rows)])
}

function bars(
  id: string,
  title: string,
  y: LabChart['y'],
  rows: readonly DifficultyRow[],
  series: readonly (readonly [label: string, value: (row: DifficultyRow) => number])[],
): LabChart {
  return {
    ...{ kind: 'chart', id, title, shape: 'bars', y },
    categories: rows.map(({ rule }) => rule),
    x: { label: 'Rule', scale: 'linear' },
    series: series.map(([label, value]) => ({
      ...{ label, origin: 'measured', source: '' },
      points: rows.map((row, index) => [index, value(row)]),
    })),
  }
}

function honestTable(rows: readonly DifficultyRow[]): LabTable {
  return {
    ...{ kind: 'table', id: 'honest', title: 'Among honest miners, medians of the runs' },
    columns: [
      { label: 'Rule' },
      { label: 'Noise of the difficulty', unit: '%', digits: 1 },
      { label: 'Spacing', unit: 's', digits: 1 },
      { label: '×30 for 2 h', unit: 'blocks', ...COUNT },
      { label: 'Gap after it', ...MINUTES },
      { label: 'Settled', unit: 'h', digits: 1 },
      { label: 'All back, 1 h', unit: 'blocks', ...COUNT },
      { label: 'Lowest difficulty', digits: 3 },
      { label: 'A twentieth back, 6 h', unit: 'blocks', ...COUNT },
    ],
    rows: rows.map(({ rule, noise, spacing, burstBlocks, longestGap, settled, hour, lowest, few }) => [
      ...[rule, percent(noise), spacing, burstBlocks, longestGap / 60],
      ...[Number.isFinite(settled) ? settled / 3_600 : 'never', hour, lowest, few],
    ]),
  }
}

function liesTable(rows: readonly DifficultyRow[]): LabTable {
  const cases = SITUATIONS.flatMap(([situation, title]) => LIARS.map((share) => ({ situation, title, share })))
  return {
    ...{ kind: 'table', id: 'lies', title: 'More blocks for a liar about the time, with the best lie that was found' },
    columns: [
      { label: 'Rule' },
      ...cases.map(({ title, share }) => ({ label: `${title}, ${percent(share)} % lie`, unit: '%', digits: 1 })),
    ],
    rows: rows.map((row) => [row.rule, ...cases.map(({ situation, share }) => percent(gain(row, situation, share)))]),
  }
}

function gain({ attacks }: DifficultyRow, situation: string, share: number): number {
  return attacks.find((attack) => attack.situation === situation && attack.share === share)?.gain ?? 0
}

/** What can be had again every day. */
function dailyGain(row: DifficultyRow, share: number): number {
  return Math.max(gain(row, 'day', share), gain(row, 'half-day', share))
}
