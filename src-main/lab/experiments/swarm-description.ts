import type { ExperimentDescription } from '../experiment.ts'
import { SEED } from './seed-option.ts'

export const swarmDescription: ExperimentDescription = {
  name: 'swarm',
  title: 'Swarm',
  summary: 'How long until everybody in a lecture hall has a file, from one server and among themselves.',
  options: [
    { kind: 'number', name: 'nodes', label: 'Peers', min: 1, max: 200, step: 1, default: 20 },
    { kind: 'number', name: 'size', label: 'File', unit: 'MB', min: 0.1, max: 100, step: 0.1, default: 8 },
    {
      kind: 'number',
      name: 'serverUp',
      label: 'Server sends',
      unit: 'kB/s',
      min: 10,
      max: 1_000_000,
      step: 1,
      default: 2_500,
    },
    {
      kind: 'number',
      name: 'peerUp',
      label: 'A peer sends',
      unit: 'kB/s',
      min: 10,
      max: 1_000_000,
      step: 1,
      default: 250,
    },
    {
      kind: 'number',
      name: 'peerDown',
      label: 'A peer receives',
      unit: 'kB/s',
      min: 10,
      max: 1_000_000,
      step: 1,
      default: 2_500,
    },
    SEED,
  ],
}
