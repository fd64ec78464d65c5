/** Chord, Kademlia and Pastry for the comparison, each with what may be set. */
import { NodeId } from '../../kademlia/node-id.ts'
import type { Millis } from '../../kernel/clock.ts'
import { MessageNetwork } from '../../simulation/message-network.ts'
import { CHORD_DEFAULTS, knownTo, randomPlace, worldOptions } from '../chord/chord.ts'
import { ChordLookups, USUAL_WAY } from '../chord/chord-lookups.ts'
import { ChordWorld, chordNetwork } from '../chord/chord-world.ts'
import { runChurn } from '../kademlia-churn.ts'
import { LookupMeasure } from '../kademlia-lookups.ts'
import { KademliaWorld } from '../kademlia-world.ts'
import { NEIGHBOURS } from '../pastry/pastry.ts'
import { randomId } from '../pastry/pastry-id.ts'
import { PastryLookups } from '../pastry/pastry-lookups.ts'
import { PastryWorld, pastryNetwork } from '../pastry/pastry-world.ts'
import { summaryOf } from '../summary.ts'
import { COMPARED_LATENCY, type LabShape, type OverlayLab, UDP_HEADERS } from './overlay-lab.ts'

/** Seconds between two rounds of stabilising, and r. */
export interface ChordSetting {
  readonly stabilise: number
  readonly successors: number
}

export function chordLab({ nodes, seed, upkeep }: LabShape, setting: ChordSetting): OverlayLab {
  const network = chordNetwork({ seed, ...COMPARED_LATENCY })
  const world = new ChordWorld(network, { ...worldOptions({ ...CHORD_DEFAULTS, ...setting }), upkeep })
  const random = network.random.split('experiment')
  world.startWarm(nodes)
  const measure = new ChordLookups(world, network, USUAL_WAY)
  return lab(network, {
    bytes: () => network.deliveredBytes + UDP_HEADERS * network.delivered,
    churn: (median) => world.churn(median),
    lookUp: () => measure.start(world.pick(), randomPlace(random)),
    finish: () => measure.finish(),
    // Kademlia's counts as found whatever the k nearest keep: so here what the owner and the hosts with copies do.
    figures: () => ({ ...measure.summary(), success: measure.summary().held }),
    state: () => summaryOf(world.ring.all.map(knownTo)),
  })
}

/** Entries of a bucket, requests at once. */
export interface KademliaSetting {
  readonly k: number
  readonly alpha: number
}

export async function kademliaLab({ nodes, seed, upkeep }: LabShape, setting: KademliaSetting): Promise<OverlayLab> {
  const network = new MessageNetwork({ seed, ...COMPARED_LATENCY })
  const rules = { enlarged: false, natFraction: 0, upkeep, asksBack: upkeep }
  const world = new KademliaWorld({ network, ...setting, ...rules })
  const random = network.random.split('experiment')
  await world.startWarm(nodes)
  const measure = new LookupMeasure(world, network)
  return lab(network, {
    bytes: () => network.deliveredBytes + UDP_HEADERS * network.delivered,
    churn: (median) => runChurn(world, network, median),
    lookUp: () => measure.start(world.pick(), NodeId.random(random)),
    finish: () => measure.finish(),
    figures: () => measure.summary(),
    state: () => summaryOf(world.members.map(({ node }) => node.facts.nodes)),
  })
}

/** L. */
export interface PastrySetting {
  readonly leaves: number
}

export function pastryLab({ nodes, seed, upkeep }: LabShape, { leaves }: PastrySetting): OverlayLab {
  const network = pastryNetwork({ seed, ...COMPARED_LATENCY })
  const world = new PastryWorld(network, { leaves, neighbours: NEIGHBOURS, upkeep })
  const random = network.random.split('experiment')
  world.startWarm(nodes)
  const measure = new PastryLookups(world, network)
  return lab(network, {
    // Its sizes have the headers in them.
    bytes: () => network.deliveredBytes,
    churn: (median) => world.churn(median),
    lookUp: () => measure.start(world.pick(), randomId(random)),
    finish: () => measure.finish(),
    figures: () => measure.summary(),
    state: () => summaryOf(world.ring.all.map(({ node }) => node.known.size)),
  })
}

/** What every simulated network has. */
interface LabNetwork {
  readonly elapsed: Millis
  readonly delivered: number
  readonly checksum: string
  run(duration: Millis): Promise<void>
}

type Parts = Pick<OverlayLab, 'lookUp' | 'finish' | 'figures' | 'state'> & {
  bytes(): number
  churn(medianSession: Millis): unknown
}

export function lab(network: LabNetwork, { bytes, churn, ...parts }: Parts): OverlayLab {
  return {
    get elapsed() {
      return network.elapsed
    },
    get messages() {
      return network.delivered
    },
    get bytes() {
      return bytes()
    },
    get checksum() {
      return network.checksum
    },
    churn(medianSession) {
      churn(medianSession)
    },
    run: (duration) => network.run(duration),
    ...parts,
  }
}
