/** The experiments themselves, by name. Loads every simulation: for the thread of the Lab. */
import type { Experiment } from './experiment.ts'
import { chainExperiment } from './experiments/chain.ts'
import { chordExperiment } from './experiments/chord.ts'
import { compareExperiment } from './experiments/compare.ts'
import { difficultyExperiment } from './experiments/difficulty.ts'
import { gnutellaExperiment } from './experiments/gnutella.ts'
import { kademliaExperiment } from './experiments/kademlia.ts'
import { pastryExperiment } from './experiments/pastry.ts'
import { swarmExperiment } from './experiments/swarm.ts'

export const EXPERIMENTS: readonly Experiment[] = [
  chainExperiment,
  chordExperiment,
  compareExperiment,
  difficultyExperiment,
  gnutellaExperiment,
  kademliaExperiment,
  pastryExperiment,
  swarmExperiment,
]
