import type { ExperimentDescription } from '../experiment.ts'
import { SEED } from './seed-option.ts'

export const chordDescription: ExperimentDescription = {
  name: 'chord',
  title: 'Chord',
  summary:
    'Lookups on a ring: what they cost as it grows, how evenly keys fall, and what churn and failures do, beside the figures of the papers.',
  options: [
    {
      ...{
        kind: 'several',
        name: 'parts',
        label: 'Parts',
        default: ['size', 'paths', 'load', 'churn', 'failure', 'store'],
      },
      choices: [
        { value: 'size', label: 'Hops as the ring grows' },
        { value: 'paths', label: 'Path lengths' },
        { value: 'load', label: 'Keys of a host' },
        { value: 'churn', label: 'Coming and going' },
        { value: 'failure', label: 'Failure at once' },
        { value: 'store', label: 'Stored items' },
      ],
    },
    {
      ...{ kind: 'number', name: 'nodes', label: 'Nodes', min: 8, max: 16_384, step: 1, default: 4_096 },
      hint: 'Of the largest ring without churn and failures.',
    },
    {
      ...{ kind: 'number', name: 'sizes', label: 'Ring sizes', min: 1, max: 5, step: 1, default: 4 },
      hint: 'Each a quarter of the next.',
    },
    { kind: 'number', name: 'lookups', label: 'Lookups', min: 1, max: 20_000, step: 1, default: 2_000 },
    { kind: 'number', name: 'successors', label: 'Successor list (r)', min: 1, max: 64, step: 1, default: 16 },
    {
      ...{
        kind: 'number',
        name: 'loadHosts',
        label: 'Hosts with keys',
        min: 10,
        max: 20_000,
        step: 1,
        default: 10_000,
      },
      hint: 'With 100 keys each on average.',
    },
    { kind: 'number', name: 'churnHosts', label: 'Hosts with churn', min: 20, max: 2_000, step: 1, default: 500 },
    {
      ...{ kind: 'number', name: 'minutes', label: 'Churn lasts', unit: 'min', min: 1, max: 120, step: 1, default: 30 },
      hint: 'Virtual time, for each rate.',
    },
    {
      ...{
        kind: 'number',
        name: 'failHosts',
        label: 'Hosts that may fail',
        min: 20,
        max: 10_000,
        step: 1,
        default: 1_000,
      },
      hint: 'With two keys each on average.',
    },
    {
      ...{
        kind: 'number',
        name: 'storeHosts',
        label: 'Hosts with a store',
        min: 12,
        max: 1_000,
        step: 1,
        default: 120,
      },
      hint: 'Real stores of keys, ten items for each, all copied and repaired.',
    },
    SEED,
  ],
}
