import type { Demonstration } from './pictures.ts'
import { RingDemonstration } from './ring-demonstration.ts'
import { TreeDemonstration } from './tree-demonstration.ts'

/** An example in its opening state. */
export function demonstrationOf(example: 'chord' | 'kademlia'): Demonstration {
  return example === 'chord' ? new RingDemonstration() : new TreeDemonstration()
}
