/** Experiments and reports of the mock: made up, and alike in every test. */
import type { LabBlock, LabExperiment, LabSection } from '../client/types.ts'

export const EXPERIMENTS: readonly LabExperiment[] = [
  {
    ...{
      name: 'chain',
      title: 'Chain',
      summary: 'How blocks fork, and why a changed block breaks the chain after it.',
    },
    options: [
      {
        ...{ kind: 'several', name: 'parts', label: 'Parts', default: ['forks', 'tamper'] },
        choices: [
          { value: 'forks', label: 'Forks' },
          { value: 'tamper', label: 'Tampering' },
        ],
      },
      { kind: 'number', name: 'nodes', label: 'Nodes', min: 10, max: 500, step: 1, default: 60 },
      {
        ...{ kind: 'number', name: 'seed', label: 'Seed', min: 0, max: 1_000_000_000, step: 1, default: 1 },
        hint: 'The same seed gives the same result.',
      },
    ],
  },
  {
    ...{ name: 'difficulty', title: 'Difficulty', summary: 'How rules bear a strong miner who comes and goes.' },
    options: [
      {
        ...{ kind: 'one', name: 'start', label: 'Nodes start', default: 'warm' },
        choices: [
          { value: 'warm', label: 'With good tables' },
          { value: 'join', label: 'One after the other' },
        ],
      },
      { kind: 'toggle', name: 'wire', label: 'Encode every message', hint: 'Slower.', default: false },
    ],
  },
]

const hashOf = (height: number, salt: number): string =>
  `000${((height * 7_919 + salt * 104_729) * 2_654_435_761).toString(16)}`.padEnd(64, 'c4d').slice(0, 64)

const BLOCKS = 6
const CHANGED = 3

/** A row whose third block is changed, if that has a `state`. */
function blocksOf(state: LabBlock['state'] | undefined): LabBlock[] {
  return Array.from({ length: BLOCKS }, (_, index) => {
    const height = index + 1
    const isChanged = state !== undefined && height === CHANGED
    return {
      ...{ height, hash: hashOf(height, isChanged ? 1 : 0), previous: hashOf(height - 1, 0), changed: isChanged },
      state: isChanged ? state : state !== undefined && height > CHANGED ? 'after' : 'valid',
      reason: isChanged ? 'bad-txnmrklroot' : '',
    }
  })
}

const FORKS = [
  [0.1, 0.12],
  [0.8, 0.83],
  [5, 4.9],
  [19, 17.4],
] as const

/** A report of so many rows: charts and tables of them, and the drawing. */
export function reportOf(experiment: string, rows: number): LabSection[] {
  if (rows === 0) return []
  return experiment === 'difficulty' ? [gapChart(rows)] : [forkChart(rows), forkTable(rows), drawing()]
}

function forkChart(rows: number): LabSection {
  const shown = FORKS.slice(0, rows)
  return {
    ...{ kind: 'chart', id: 'forks-chart', title: 'Stale rate against delay', shape: 'lines', categories: [] },
    x: { label: 'Delay, of the interval', unit: '%', scale: 'log' },
    y: { label: 'Stale blocks', unit: '%', scale: 'linear' },
    series: [
      { label: 'Measured', origin: 'measured', source: '', points: shown.map(([x, y]) => [x, y]) },
      {
        ...{ label: '1 − exp(−d / T)', origin: 'formula', source: 'Decker and Wattenhofer, 2013' },
        points: shown.map(([x]) => [x, 100 * (1 - Math.exp(-x / 100))]),
      },
      {
        ...{ label: 'A survey', origin: 'from memory', source: 'A survey of 2014, quoted from memory' },
        points: [
          [0.1, 0.3],
          [19, 15],
        ],
      },
    ],
  }
}

function forkTable(rows: number): LabSection {
  return {
    ...{ kind: 'table', id: 'forks', title: 'Forks: blocks that end beside the best chain' },
    columns: [{ label: 'Delay', unit: '%', digits: 1 }, { label: 'Stale', unit: '%', digits: 2 }, { label: 'One tip' }],
    rows: FORKS.slice(0, rows).map(([x, y]) => [x, y, 'yes']),
  }
}

function drawing(): LabSection {
  return {
    ...{ kind: 'blocks', id: 'tamper-blocks', title: 'A changed block breaks the chain after it' },
    steps: [
      { title: 'nothing is changed', verdict: 'valid', blocks: blocksOf(undefined) },
      { title: 'a payment is changed', verdict: 'bad-txnmrklroot', blocks: blocksOf('broken') },
    ],
  }
}

const RULES = ['bitcoin-2016', 'asert-6h', 'lwma-60', 'wtema-80+8x20']

function gapChart(rows: number): LabSection {
  const categories = RULES.slice(0, rows)
  return {
    ...{ kind: 'chart', id: 'gap-chart', title: 'Longest gap', shape: 'bars', categories },
    x: { label: 'Rule', scale: 'linear' },
    y: { label: 'Gap', unit: 'min', scale: 'linear' },
    series: [
      { label: 'After it', origin: 'measured', source: '', points: categories.map((_, n) => [n, 60 / (n + 1)]) },
      { label: 'As due', origin: 'formula', source: 'a block a minute', points: categories.map((_, n) => [n, 1]) },
    ],
  }
}
