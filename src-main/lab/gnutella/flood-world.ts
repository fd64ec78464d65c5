/**
 * A random graph of nodes that flood: each opens as many connections to others, evenly at random, so that it has twice as many on
 * average and never fewer than it opened. From two on almost every such graph hangs together.
 */
import { pick, shuffled } from '../../kernel/random.ts'
import { ObjectNetwork } from '../../simulation/object-network.ts'
import type { SeededRandom } from '../../simulation/random.ts'
import { labAddress } from '../lab-addresses.ts'
import { FloodNode, type FloodTally } from './flood-node.ts'
import { type FloodMessage, foldMessage } from './messages.ts'

export interface WorldShape {
  /** From 2 up. */
  readonly nodes: number
  /** Connections of a node on average: an even number. In a small network there may be nobody left to connect to. */
  readonly degree: number
  readonly seed: number
  /** Whether some connections are slower than others. */
  readonly uneven: boolean
  /** Part of its delay that each message may take longer, at random; 0 when left out. */
  readonly jitter?: number
}

/** Of one way, in milliseconds: the same for all, or another for each pair, with the same mean. */
const EVEN = [55, 55] as const
const UNEVEN = [10, 100] as const

export class FloodWorld {
  readonly network: ObjectNetwork<FloodMessage>
  readonly tally: FloodTally = { firsts: 0, duplicates: 0 }
  /** All that are alive. */
  members: readonly FloodNode[]
  readonly #random: SeededRandom
  /** Connections that each opens. */
  readonly #opens: number
  #made: number

  constructor({ nodes, degree, seed, uneven, jitter = 0 }: WorldShape) {
    this.network = new ObjectNetwork({ seed, latency: uneven ? UNEVEN : EVEN, jitter, fold: foldMessage })
    this.#random = this.network.random.split('world')
    this.members = Array.from({ length: nodes }, (_, n) => new FloodNode(this.network.host(labAddress(n)), this.tally))
    this.#opens = degree / 2
    this.#made = nodes
    connectAtRandom(this.members, this.#opens, this.network.random.split('graph'))
  }

  /**
   * One goes, with what it holds, and another comes in its place and opens connections of its own. Of those who were connected
   * to the first, half had opened that connection, and open another. @returns the newcomer
   */
  replace(gone: FloodNode): FloodNode {
    gone.host.kill()
    const others = this.members.filter((member) => member !== gone)
    const newcomer = new FloodNode(this.network.host(labAddress(this.#made++)), this.tally)
    this.members = [...others, newcomer]
    for (const member of others) {
      if (member.disconnect(gone) && this.#random.chance(0.5)) this.#open(member, 1)
    }
    this.#open(newcomer, this.#opens)
    return newcomer
  }

  /** Part of the nodes fail at once, chosen evenly; nobody replaces a connection. */
  fail(part: number): void {
    const order = shuffled(this.#random, this.members)
    const victims = new Set(order.slice(0, Math.round(part * order.length)))
    for (const { host } of victims) host.kill()
    this.members = this.members.filter((member) => !victims.has(member))
  }

  #open(member: FloodNode, count: number): void {
    open(member, count, this.members, this.#random)
  }

  /** One that is alive, at random. */
  pick(): FloodNode {
    return pick(this.#random, this.members)
  }

  /** Gives the item to so many nodes that do not have it, evenly at random among those other than `without`; to all, if there are fewer. */
  place(item: string, count: number, without: FloodNode): void {
    const others = this.members.length - 1
    for (let placed = 0; placed < Math.min(count, others); ) {
      const member = this.pick()
      if (member === without || member.holds(item)) continue
      member.hold(item)
      placed += 1
    }
  }
}

function connectAtRandom(members: readonly FloodNode[], opens: number, random: SeededRandom): void {
  for (const member of members) open(member, opens, members, random)
}

/** So many connections more, or to all. */
function open(member: FloodNode, count: number, members: readonly FloodNode[], random: SeededRandom): void {
  let opened = 0
  while (opened < count && member.neighbours.size < members.length - 1) {
    if (member.connect(pick(random, members))) opened += 1
  }
}
