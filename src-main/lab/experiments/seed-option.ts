import type { OptionDescription } from '../experiment.ts'

/** The same options with the same seed give the same report on any machine. */
export const SEED: OptionDescription = {
  ...{ kind: 'number', name: 'seed', label: 'Seed', min: 0, max: 1_000_000_000, step: 1, default: 1 },
  hint: 'The same seed gives the same result.',
}
