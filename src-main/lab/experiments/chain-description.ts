import type { ExperimentDescription } from '../experiment.ts'
import { SEED } from './seed-option.ts'

const PARTS = [
  ['propagation', 'Flooding'],
  ['forks', 'Forks'],
  ['partition', 'Partition'],
  ['tamper', 'Tampering'],
  ['majority', 'Majority'],
  ['selfish', 'Selfish mining'],
] as const

export const chainDescription: ExperimentDescription = {
  name: 'chain',
  title: 'Chain',
  summary:
    'How blocks spread and fork, how a split network heals, why a changed block breaks the chain after it, and what a majority or a selfish miner can do.',
  options: [
    {
      ...{ kind: 'several', name: 'parts', label: 'Parts' },
      choices: PARTS.map(([value, label]) => ({ value, label })),
      default: PARTS.map(([value]) => value),
    },
    { kind: 'number', name: 'nodes', label: 'Nodes', min: 10, max: 500, step: 1, default: 60 },
    {
      ...{ kind: 'number', name: 'blocks', label: 'Blocks', min: 1, max: 20_000, step: 1, default: 1_000 },
      hint: 'Mined for each row of forks.',
    },
    {
      ...{ kind: 'number', name: 'tries', label: 'Tries', min: 1, max: 500_000, step: 1, default: 20_000 },
      hint: 'Races for each row of the majority.',
    },
    SEED,
  ],
}
