import type { ExperimentDescription } from '../experiment.ts'
import { SEED } from './seed-option.ts'

export const compareDescription: ExperimentDescription = {
  name: 'compare',
  title: 'Comparison',
  summary:
    'Chord, Kademlia, Pastry and flooding on the same simulated network: what lookups cost, latency against traffic under churn, and how a chain differs.',
  options: [
    {
      ...{ kind: 'several', name: 'parts', label: 'Parts', default: ['lookups', 'churn', 'chain'] },
      choices: [
        { value: 'lookups', label: 'Lookups without churn' },
        { value: 'churn', label: 'Latency and traffic' },
        { value: 'chain', label: 'A chain beside them' },
      ],
    },
    {
      ...{ kind: 'number', name: 'nodes', label: 'Nodes', min: 20, max: 10_000, step: 1, default: 1_000 },
      hint: 'Without churn.',
    },
    {
      ...{ kind: 'number', name: 'lookups', label: 'Lookups', min: 1, max: 20_000, step: 1, default: 1_000 },
      hint: 'Without churn; by flooding at most 50.',
    },
    {
      ...{ kind: 'number', name: 'share', label: 'Hold the item', unit: '%', min: 0, max: 100, step: 0.01, default: 1 },
      hint: 'Of what is searched by flooding; one node at least.',
    },
    { kind: 'number', name: 'churnNodes', label: 'Nodes under churn', min: 20, max: 2_000, step: 1, default: 256 },
    {
      ...{ kind: 'number', name: 'lifetime', label: 'Mean lifetime', unit: 'min', min: 1, max: 10_000, step: 1 },
      ...{ default: 60, hint: 'Memoryless; whoever goes is replaced at once. The churn studies have an hour.' },
    },
    {
      ...{ kind: 'number', name: 'lookupEvery', label: 'A lookup every', unit: 'min', min: 1, max: 1_000, step: 1 },
      ...{ default: 10, hint: 'Of each node, on average.' },
    },
    {
      ...{
        kind: 'number',
        name: 'minutes',
        label: 'Churn measured',
        unit: 'min',
        min: 1,
        max: 240,
        step: 1,
        default: 20,
      },
      hint: 'Virtual time of each setting, after as much without lookups.',
    },
    SEED,
  ],
}
