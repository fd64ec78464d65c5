/** How the structured overlays, flooding and a chain differ, point by point: what stands beside the measured figures. */
import type { OverlayName } from './overlay-lab.ts'

export type Design = OverlayName | 'chain'

export interface DesignPoint {
  readonly point: string
  readonly of: Readonly<Record<Design, string>>
}

export const DESIGN_TITLES: Readonly<Record<Design, string>> = {
  ...{ chord: 'Chord', kademlia: 'Kademlia', pastry: 'Pastry', gnutella: 'Flooding', chain: 'Chain' },
}

export const DESIGN_POINTS: readonly DesignPoint[] = [
  {
    point: 'Topology',
    of: {
      chord: 'a ring, with fingers across it',
      kademlia: 'a tree by common prefix (XOR), buckets of k',
      pastry: 'a tree by prefix of digits, and a ring of leaves',
      gnutella: 'a random graph',
      chain: 'a random graph',
    },
  },
  {
    point: 'Routing',
    of: {
      chord: 'to the nearest known before the key',
      kademlia: 'to the nearest known by XOR, several at once',
      pastry: 'one more digit right with each step',
      gnutella: 'everybody to everybody, as far as the TTL goes',
      chain: 'none: everything floods to all',
    },
  },
  {
    point: 'Data model',
    of: {
      chord: 'key to value, at the owner and the next three hosts',
      kademlia: 'key to value, at the k nearest',
      pastry: 'key to the node nearest to it',
      gnutella: 'what each holds itself, found by any words',
      chain: 'one log of transactions, whole at every node',
    },
  },
  {
    point: 'Consistency',
    of: {
      chord: 'the newest signed version, copies compared in each round',
      kademlia: 'the newest signed version, put again each hour',
      pastry: "the application's",
      gnutella: 'none',
      chain: 'one order for all, by the most work',
    },
  },
  {
    point: 'Who may take part, and as whom',
    of: {
      chord: 'anybody; the address gives 64 places',
      kademlia: 'anybody; the address gives part of the id (BEP 42)',
      pastry: 'anybody; the id is drawn',
      gnutella: 'anybody; nobody has an id that counts',
      chain: 'anybody; work counts, not nodes',
    },
  },
  {
    point: 'Incentives',
    of: {
      chord: 'none: who looks up serves too, or is a client',
      kademlia: 'none: who looks up serves too, or only reads',
      pastry: 'none',
      gnutella: 'none: who shares nothing finds as much',
      chain: 'rewards and fees for blocks',
    },
  },
]
