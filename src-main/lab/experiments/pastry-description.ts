import type { ExperimentDescription } from '../experiment.ts'
import { SEED } from './seed-option.ts'

export const pastryDescription: ExperimentDescription = {
  name: 'pastry',
  title: 'Pastry',
  summary:
    'Routing by prefix: what lookups cost as the network grows, with churn and failures, beside the bound of the paper.',
  options: [
    { kind: 'number', name: 'nodes', label: 'Nodes', min: 8, max: 10_000, step: 1, default: 1_000 },
    {
      ...{ kind: 'number', name: 'sizes', label: 'Network sizes', min: 1, max: 5, step: 1, default: 3 },
      hint: 'Each a quarter of the next.',
    },
    { kind: 'number', name: 'lookups', label: 'Lookups', min: 1, max: 20_000, step: 1, default: 1_000 },
    { kind: 'number', name: 'leaves', label: 'Leaf set (L)', min: 2, max: 64, step: 2, default: 16 },
    {
      ...{ kind: 'number', name: 'churn', label: 'Median session', unit: 'min' },
      ...{ min: 0, max: 10_000, step: 1, default: 0 },
      hint: '0: nobody comes or goes.',
    },
    {
      ...{ kind: 'number', name: 'fail', label: 'Fail at once', unit: '%', min: 0, max: 95, step: 1, default: 0 },
      hint: 'Just before the lookups, which go on while the rest repairs what it knows.',
    },
    {
      ...{ kind: 'one', name: 'start', label: 'Nodes start', default: 'warm' },
      choices: [
        { value: 'warm', label: 'With perfect state' },
        { value: 'join', label: 'One after the other' },
      ],
    },
    SEED,
  ],
}
