/** What the chain experiments found, for people: a table for each, with the formula that it stands beside. */
import { formatCount, formatPercent, formatPlural } from '#shared/format.ts'
import {
  type ChainResult,
  FORMULAS,
  type ForkRow,
  type Formula,
  type OvertakingRow,
  type PartitionRow,
  type PropagationRow,
  type SelfishRow,
  type TamperResult,
} from '../lab/chain.ts'
import { type Column, table } from './words.ts'

export function chainReport(result: ChainResult): string {
  const { propagation, forks, partition, tamper, majority, selfish } = result
  const parts = [
    section('Flooding: seconds until a part of all nodes has a block', PROPAGATION, propagation),
    section('Forks: blocks that end beside the best chain', FORKS, forks, [FORMULAS.stale]),
    section('A partition that heals: the smaller side leaves its blocks', PARTITION, partition),
    ...(tamper ? [tamperText(tamper)] : []),
    section('A majority, or less: how often a secret branch overtakes a payment', MAJORITY, majority, [
      FORMULAS.nakamoto,
      FORMULAS.rosenfeld,
    ]),
    section('Selfish mining: share of the rewards', SELFISH, selfish, [FORMULAS.selfish]),
  ]
  return parts.filter((text) => text !== '').join('\n\n')
}

function section<Row>(
  title: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  formulas: readonly Formula[] = [],
): string {
  if (rows.length === 0) return ''
  return [
    title,
    table(columns, rows),
    ...formulas.map(({ name, text, source }) => `  ${name}: ${text} (${source})`),
  ].join('\n')
}

function right<Row>(title: string, cell: (row: Row) => string): Column<Row> {
  return { title, align: 'right', cell }
}

const seconds = (value: number) => `${value.toFixed(value < 10 ? 2 : 0)} s`
/** Probabilities that differ by their smallness, which `formatPercent` would round alike. */
const probability = (value: number) => (value >= 0.0001 || value <= 0 ? value.toFixed(4) : value.toExponential(1))
const percent = (value: number) => `${(100 * value).toFixed(1)} %`

const PROPAGATION: readonly Column<PropagationRow>[] = [
  right('connections', ({ opens }) => `${2 * opens}`),
  right('a link', ({ delay }) => seconds(delay)),
  right('50 %', ({ half }) => seconds(half)),
  right('90 %', ({ ninety }) => seconds(ninety)),
  right('99 %', ({ ninetyNine }) => seconds(ninetyNine)),
]

const FORKS: readonly Column<ForkRow>[] = [
  right('interval', ({ interval }) => seconds(interval)),
  right('a link', ({ delay }) => seconds(delay)),
  right('to miners', ({ reach }) => seconds(reach)),
  right('blocks', ({ blocks }) => formatCount(blocks)),
  right('stale', ({ stale }) => formatCount(stale)),
  right('measured', (row) => percent(row.staleRate)),
  right('published', ({ published }) => percent(published)),
  right('deepest', ({ deepest }) => `${deepest}`),
  right('one tip', ({ agrees }) => (agrees ? 'yes' : 'no')),
]

const PARTITION: readonly Column<PartitionRow>[] = [
  right('smaller side', ({ share }) => formatPercent(share)),
  right('for', ({ minutes }) => `${minutes} min`),
  right('its blocks', ({ smaller }) => formatCount(smaller)),
  right("the others'", ({ larger }) => formatCount(larger)),
  right('depth', ({ depth }) => formatCount(depth)),
  right('nodes', ({ reorganised }) => formatCount(reorganised)),
  right('healed in', ({ healedIn }) => seconds(healedIn)),
  right('one tip', ({ agrees }) => (agrees ? 'yes' : 'no')),
]

type Step = TamperResult['steps'][number]
const TAMPER: readonly Column<Step>[] = [
  { title: 'done', align: 'left', cell: ({ done }) => done },
  right('block', ({ height }) => `${height}`),
  { title: 'verdict', align: 'left', cell: ({ verdict }) => verdict },
  right('hashes', ({ hashes }) => (hashes === 0 ? '' : formatCount(hashes))),
  right('lost after it', ({ lostSuccessors }) => (lostSuccessors === 0 ? '' : `${lostSuccessors}`)),
]

function tamperText({ blocks, tampered, steps, tieKeepsFirst, longerWins }: TamperResult): string {
  const tie = tieKeepsFirst ? 'nodes that have the old branch keep it' : 'nodes change over'
  const longer = longerWins ? 'they change over' : 'they still keep it'
  return [
    `Tampering with block ${tampered} of ${formatPlural(blocks, 'real block')}, by the rules of every node`,
    table(TAMPER, steps),
    `  At the same work ${tie}; with one block more ${longer}.`,
  ].join('\n')
}

const MAJORITY: readonly Column<OvertakingRow>[] = [
  right('attacker', ({ share }) => percent(share)),
  right('confirmations', ({ confirmations }) => `${confirmations}`),
  right('measured', ({ success }) => probability(success)),
  right('Nakamoto', ({ nakamoto }) => probability(nakamoto)),
  right('Rosenfeld', ({ rosenfeld }) => probability(rosenfeld)),
  right('intervals taken', ({ intervals }) => (intervals === undefined ? '' : intervals.toFixed(1))),
]

const SELFISH: readonly Column<SelfishRow>[] = [
  right('α', ({ share }) => percent(share)),
  right('γ', ({ gamma }) => `${gamma}`),
  right('measured', ({ revenue }) => percent(revenue)),
  right('published', ({ published }) => percent(published)),
  right('pays', ({ share, revenue }) => (revenue > share ? 'yes' : 'no')),
  right('stale blocks', ({ stale }) => percent(stale)),
]
