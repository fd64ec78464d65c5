import type { ExperimentDescription } from '../experiment.ts'
import { SEED } from './seed-option.ts'

export const kademliaDescription: ExperimentDescription = {
  name: 'kademlia',
  title: 'Kademlia',
  summary: 'What lookups in the overlay cost as the network grows, with churn, failures and routers in the way.',
  options: [
    { kind: 'number', name: 'nodes', label: 'Nodes', min: 8, max: 10_000, step: 1, default: 1_000 },
    {
      ...{ kind: 'number', name: 'sizes', label: 'Network sizes', min: 1, max: 5, step: 1, default: 3 },
      hint: 'Each a quarter of the next.',
    },
    { kind: 'number', name: 'lookups', label: 'Lookups', min: 1, max: 20_000, step: 1, default: 1_000 },
    { kind: 'number', name: 'k', label: 'Entries of a bucket (k)', min: 1, max: 100, step: 1, default: 8 },
    { kind: 'number', name: 'alpha', label: 'Requests at once (α)', min: 1, max: 32, step: 1, default: 3 },
    {
      ...{
        kind: 'number',
        name: 'churn',
        label: 'Median session',
        unit: 'min',
        min: 0,
        max: 10_000,
        step: 1,
        default: 0,
      },
      hint: '0: nobody comes or goes.',
    },
    { kind: 'number', name: 'fail', label: 'Fail at once', unit: '%', min: 0, max: 95, step: 1, default: 0 },
    { kind: 'number', name: 'nat', label: 'Behind routers', unit: '%', min: 0, max: 95, step: 1, default: 0 },
    {
      ...{ kind: 'number', name: 'values', label: 'Stored items', min: 0, max: 10_000, step: 1, default: 0 },
      hint: 'Looked for after the failure.',
    },
    {
      ...{ kind: 'one', name: 'start', label: 'Nodes start', default: 'warm' },
      choices: [
        { value: 'warm', label: 'With good tables' },
        { value: 'join', label: 'One after the other' },
      ],
    },
    {
      ...{ kind: 'toggle', name: 'wire', label: 'Encode every message', default: false },
      hint: 'Slower: messages are bytes, as on a network.',
    },
    SEED,
  ],
}
