import type { ExperimentDescription } from '../experiment.ts'
import { SEED } from './seed-option.ts'

/** All rules that `shoal lab difficulty` compares. */
const RULES: readonly string[] = [
  'bitcoin-2016',
  'asert-1h',
  'asert-6h',
  'asert-1h/10',
  'lwma-60',
  'dgw-24',
  'wtema-60/60',
  'wtema-30/10',
  'wtema-180/3',
  'wtema-60+8x20',
  'wtema-30+3x8',
  'wtema-20+3x10',
  'wtema-80+8x20',
]

export const difficultyDescription: ExperimentDescription = {
  name: 'difficulty',
  title: 'Difficulty',
  summary:
    'How rules for the target of the next block bear a strong miner who comes and goes, a night without miners, and a liar about the time.',
  options: [
    {
      ...{ kind: 'several', name: 'rules', label: 'Rules' },
      choices: RULES.map((value) => ({ value, label: value })),
      default: ['bitcoin-2016', 'asert-6h', 'lwma-60', 'wtema-80+8x20'],
    },
    {
      ...{ kind: 'number', name: 'seeds', label: 'Runs', min: 1, max: 500, step: 1, default: 5 },
      hint: 'Of each figure. Every rule takes a few seconds for each.',
    },
    SEED,
  ],
}
