/** Many Pastry nodes on one network: started with perfect state or joined one by one, and killed. */
import type { Millis } from '../../kernel/clock.ts'
import { pick } from '../../kernel/random.ts'
import { drawLifetime } from '../../simulation/lifetimes.ts'
import { type ObjectHost, ObjectNetwork, type ObjectNetworkOptions } from '../../simulation/object-network.ts'
import type { SeededRandom } from '../../simulation/random.ts'
import { labAddress } from '../lab-addresses.ts'
import { type PastryMessage, sizeOf } from './messages.ts'
import { type PastryId, randomId } from './pastry-id.ts'
import { PastryNode } from './pastry-node.ts'
import type { PastryNodeOptions, PastryPort } from './pastry-port.ts'
import { PastryRing } from './pastry-ring.ts'
import type { Peer } from './peer.ts'
import { fillPerfectly } from './warm-start.ts'

/** Nodes that a newcomer is told of. */
const ROUTERS = 3

export type PastryNetwork = ObjectNetwork<PastryMessage>
export type PastryHost = ObjectHost<PastryMessage>

export function pastryNetwork(options: Omit<ObjectNetworkOptions<PastryMessage>, 'fold'>): PastryNetwork {
  return new ObjectNetwork({ ...options, fold: ({ from }, checksum) => checksum.fold(from.index) })
}

export interface Member {
  readonly self: Peer
  readonly host: PastryHost
  readonly node: PastryNode
}

export class PastryWorld {
  /** Those that have joined and are alive. */
  readonly ring = new PastryRing<Member>()
  /** Newcomers by churn so far. */
  arrivals = 0
  private readonly network: PastryNetwork
  /** By the index of their node. */
  private readonly hosts: PastryHost[] = []
  private readonly options: PastryNodeOptions
  private readonly random: SeededRandom

  constructor(network: PastryNetwork, options: PastryNodeOptions) {
    this.network = network
    this.options = options
    this.random = network.random.split('world')
  }

  /** All at once, with perfect state. `ids`: those of the first ones; the others' are random. */
  startWarm(count: number, ids: readonly PastryId[] = []): void {
    const members = Array.from({ length: count }, (_, n) => this.make(ids[n]))
    this.ring.addAll(members)
    const sorted = this.ring.all.map(({ self }) => self)
    for (const [index, { node }] of this.ring.all.entries()) {
      fillPerfectly(node, sorted, index, this.options, this.random)
      node.begin()
    }
  }

  /** One more, by way of some that are there. `done` once it has joined. */
  join(done: (member: Member) => void = () => {}): Member {
    const member = this.make()
    const joined = () => {
      if (!member.host.alive) return
      this.ring.add(member)
      done(member)
    }
    if (this.ring.all.length === 0) {
      member.node.begin()
      joined()
      return member
    }
    const routers = Array.from({ length: ROUTERS }, () => this.pick().self)
    member.node.join(routers, joined)
    return member
  }

  /** Gone at once, telling nobody. */
  kill(member: Member): void {
    this.ring.delete(member)
    member.host.kill()
  }

  /** One that has joined, at random. */
  pick(): Member {
    return pick(this.random, this.ring.all)
  }

  /** From now on every node stays for a memoryless session, and whoever goes is replaced at once by a newcomer. @returns what ends it */
  churn(medianSession: Millis): () => void {
    const random = this.network.random.split('churn')
    let stopped = false
    const stay = (member: Member) => {
      this.network.clock.after(drawLifetime({ kind: 'exponential', median: medianSession }, random), () => {
        // The last one stays: there would be nobody to join by.
        if (stopped || !member.host.alive || this.ring.all.length < 2) return
        this.kill(member)
        this.arrivals += 1
        this.join(stay)
      })
    }
    for (const member of this.ring.all) stay(member)
    return () => {
      stopped = true
    }
  }

  private make(id?: PastryId): Member {
    const { hosts } = this
    const index = hosts.length
    const host = this.network.host(labAddress(index))
    hosts.push(host)
    const { clock, random } = host
    const self: Peer = { id: id ?? randomId(random), index }
    const send: PastryPort['send'] = (to, body, member) =>
      host.send(hosts[to.index] as PastryHost, { ...body, from: self, member }, sizeOf(body))
    const node = new PastryNode({ self, clock, random, send }, this.options)
    host.received = (message) => node.received(message)
    return { self, host, node }
  }
}
