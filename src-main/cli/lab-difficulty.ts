/** `shoal lab difficulty`: rules for the target of the next block, among honest miners and with a liar about the time. */
import { formatCount, formatPercent } from '#shared/format.ts'
import { pause } from '../kernel/clock.ts'
import {
  type Attack,
  DIFFICULTY_RULES,
  type DifficultyRow,
  LIARS,
  MAX_DIFFICULTY_SEEDS,
  runDifficulty,
} from '../lab/difficulty.ts'
import type { CommandContext, Flags, ValuesOf } from './command.ts'
import { runExperiment } from './lab-run.ts'
import { integerOf, wordsOf } from './values.ts'
import { type Column, table } from './words.ts'

export const DIFFICULTY_FLAGS = {
  rules: { type: 'string', value: 'A,B', summary: 'which rules, by their names in its table; all' },
  seeds: { type: 'string', value: 'N', summary: 'runs of each figure, from seed S on; 50' },
} as const satisfies Flags

type Given = ValuesOf<typeof DIFFICULTY_FLAGS>

const DEFAULT_SEEDS = 50

export async function difficultyExperiment(flags: Given, seed: number, context: CommandContext): Promise<void> {
  const rules = flags.rules === undefined ? DIFFICULTY_RULES : wordsOf(flags.rules, '--rules', DIFFICULTY_RULES)
  const range = { min: 1, max: MAX_DIFFICULTY_SEEDS }
  const seeds = flags.seeds === undefined ? DEFAULT_SEEDS : integerOf(flags.seeds, '--seeds', range)
  const { out } = context
  await runExperiment(
    context,
    'Fewer --rules or --seeds take less time.',
    ({ clock, signal, progress }) => {
      const watcher = {
        signal,
        progress: (fraction: number, rule: string) => progress({ fraction, rule }, rule),
        row: (row: DifficultyRow) =>
          out.event('row', { ...row, settled: Number.isFinite(row.settled) ? row.settled : null }),
      }
      return runDifficulty({ rules, seeds, seed }, watcher, () => pause(clock, 0))
    },
    ({ rows, checksum }, seconds) => {
      const summary = `${formatCount(seeds)} runs of each, in ${seconds.toFixed(1)} s; seed ${seed}, checksum ${checksum}`
      out.done({ rules: rows.map(({ rule }) => rule), seeds, seed, checksum }, `${report(rows)}\n\n${summary}`)
    },
  )
}

const minutes = (seconds: number) => `${(seconds / 60).toFixed(0)} min`
/** Of a median: where not even half of the runs settled. */
const hours = (seconds: number) => (Number.isFinite(seconds) ? `${(seconds / 3_600).toFixed(1)} h` : 'never')

function column(title: string, cell: (row: DifficultyRow) => string): Column<DifficultyRow> {
  return { title, align: 'right', cell }
}

const RULE: Column<DifficultyRow> = { title: 'rule', align: 'left', cell: ({ rule }) => rule }

const HONEST: readonly Column<DifficultyRow>[] = [
  RULE,
  column('noise', ({ noise }) => formatPercent(noise)),
  column('spacing', ({ spacing }) => `${spacing.toFixed(1)} s`),
  column('x30, 2 h', ({ burstBlocks }) => `${burstBlocks}`),
  column('gap after', ({ longestGap }) => minutes(longestGap)),
  column('settled', ({ settled }) => hours(settled)),
  column('all back, 1 h', (row) => `${row.hour} (${row.hourP10}-${row.hourP90})`),
  column('lowest', ({ lowest }) => lowest.toFixed(3)),
  column('1/20 back, 6 h', (row) => `${row.few} (${row.fewP10}-${row.fewP90})`),
]

const SITUATIONS = [
  ['day', 'a day'],
  ['half-day', 'half day after a night'],
  ['hour', 'first hour after it'],
  ['few', '1/20 back, 6 h'],
] as const

const LYING: readonly Column<DifficultyRow>[] = [
  RULE,
  ...SITUATIONS.map(([name, title]) => column(title, ({ attacks }) => gains(attacks, name))),
]

function gains(attacks: readonly Attack[], situation: string): string {
  return LIARS.map((share) => {
    const gain = attacks.find((attack) => attack.situation === situation && attack.share === share)?.gain ?? 0
    return `${(100 * gain).toFixed(1)}`
  }).join(' / ')
}

function report(rows: readonly DifficultyRow[]): string {
  return [
    'Among honest miners; a block is due each minute. Medians of the runs (10th to 90th percentile):',
    'noise of the difficulty; 30 times the hash rate for 2 h (blocks, longest gap after, until at most 1.5 times as hard);',
    'nobody for 12 h, then all (blocks in 1 h, lowest difficulty) or a twentieth (blocks in 6 h, 360 would be right).',
    table(HONEST, rows),
    '',
    `More blocks, in per cent, for ${LIARS.map((share) => `${100 * share} %`).join(', ')} of the hash rate with the best lie about the time that was found`,
    table(LYING, rows),
  ].join('\n')
}
