import type { ExperimentDescription } from '../experiment.ts'
import { SEED } from './seed-option.ts'

export const gnutellaDescription: ExperimentDescription = {
  name: 'gnutella',
  title: 'Flooding',
  summary: 'How far a search gets where everybody passes every query on, as in Gnutella, and what that costs.',
  options: [
    { kind: 'number', name: 'nodes', label: 'Nodes', min: 10, max: 20_000, step: 1, default: 10_000 },
    {
      ...{ kind: 'number', name: 'ttl', label: 'Steps at most (TTL)', min: 1, max: 12, step: 1, default: 8 },
      hint: 'Queries of one step, of two, and so on up to this.',
    },
    {
      ...{ kind: 'number', name: 'lookups', label: 'Searches', min: 1, max: 1_000, step: 1, default: 20 },
      hint: 'For each number of steps.',
    },
    {
      ...{ kind: 'number', name: 'degree', label: 'Connections', min: 2, max: 20, step: 2, default: 4 },
      hint: 'Of a node on average. Each opens half of them.',
    },
    {
      ...{ kind: 'number', name: 'share', label: 'Hold the item', unit: '%', min: 0, max: 100, step: 0.01, default: 1 },
      hint: 'One node at least.',
    },
    { kind: 'number', name: 'fail', label: 'Fail at once', unit: '%', min: 0, max: 95, step: 1, default: 0 },
    {
      ...{ kind: 'toggle', name: 'uneven', label: 'Delays differ', default: false },
      hint: 'A query may then arrive first by a way of more steps, and goes less far.',
    },
    SEED,
  ],
}
