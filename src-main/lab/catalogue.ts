/** What the Lab offers, in the order of its list: descriptions only, so that whoever lists them loads no simulation. */
import type { ExperimentDescription } from './experiment.ts'
import { chainDescription } from './experiments/chain-description.ts'
import { chordDescription } from './experiments/chord-description.ts'
import { compareDescription } from './experiments/compare-description.ts'
import { difficultyDescription } from './experiments/difficulty-description.ts'
import { gnutellaDescription } from './experiments/gnutella-description.ts'
import { kademliaDescription } from './experiments/kademlia-description.ts'
import { pastryDescription } from './experiments/pastry-description.ts'
import { swarmDescription } from './experiments/swarm-description.ts'
import { LabError } from './lab-error.ts'

export const CATALOGUE: readonly ExperimentDescription[] = [
  chainDescription,
  chordDescription,
  compareDescription,
  difficultyDescription,
  gnutellaDescription,
  kademliaDescription,
  pastryDescription,
  swarmDescription,
]

/** @throws LabError NO_SUCH_EXPERIMENT */
export function descriptionOf(name: string): ExperimentDescription {
  const found = CATALOGUE.find((description) => description.name === name)
  if (!found) throw new LabError({ code: 'NO_SUCH_EXPERIMENT', experiment: name })
  return found
}
