/** What each overlay is set to in the comparison: the usual first, then others, for the plot of latency against traffic. */
import { floodingLab } from './flooding-lab.ts'
import type { LabShape, OverlayLab, OverlayName } from './overlay-lab.ts'
import { chordLab, kademliaLab, pastryLab } from './structured-labs.ts'

export interface OverlaySetting {
  readonly overlay: OverlayName
  readonly label: string
  /** Whether it is what lookups without churn are measured with. */
  readonly isUsual: boolean
  make(shape: LabShape): OverlayLab | Promise<OverlayLab>
}

/** r of 16 and a round in 30 s are the literature's; Shoal itself has a round in 5 s. */
const CHORD = [
  { stabilise: 30, successors: 16 },
  { stabilise: 5, successors: 16 },
  { stabilise: 15, successors: 16 },
  { stabilise: 60, successors: 16 },
  { stabilise: 120, successors: 16 },
  { stabilise: 30, successors: 4 },
]
const KADEMLIA = [
  { k: 8, alpha: 3 },
  { k: 8, alpha: 1 },
  { k: 8, alpha: 8 },
  { k: 4, alpha: 3 },
  { k: 20, alpha: 3 },
]
const PASTRY = [{ leaves: 16 }, { leaves: 8 }, { leaves: 32 }]
const FLOODING = [7, 5, 6, 8]

/** `share`: part of the nodes that hold what is searched by flooding. */
export function settingsOf(overlay: OverlayName, share: number): readonly OverlaySetting[] {
  switch (overlay) {
    case 'chord':
      return CHORD.map((setting, n) => ({
        ...{ overlay, isUsual: n === 0, label: `round ${setting.stabilise} s, r ${setting.successors}` },
        make: (shape) => chordLab(shape, setting),
      }))
    case 'kademlia':
      return KADEMLIA.map((setting, n) => ({
        ...{ overlay, isUsual: n === 0, label: `k ${setting.k}, α ${setting.alpha}` },
        make: (shape) => kademliaLab(shape, setting),
      }))
    case 'pastry':
      return PASTRY.map((setting, n) => ({
        ...{ overlay, isUsual: n === 0, label: `L ${setting.leaves}` },
        make: (shape) => pastryLab(shape, setting),
      }))
    case 'gnutella':
      return FLOODING.map((ttl, n) => ({
        ...{ overlay, isUsual: n === 0, label: `TTL ${ttl}` },
        make: (shape) => floodingLab(shape, { ttl, degree: 4, share }),
      }))
  }
}
