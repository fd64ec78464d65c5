/**
 * Many real Kademlia nodes on a message network: made, joined one by one or started with perfect tables, killed. Knows who is
 * there, and so the truth that a lookup is measured by.
 *
 * A node behind a router asks and answers like any other while its mapping lasts, as most of the mainline's do; nothing tells it
 * that strangers cannot reach it.
 */
import { bucketCapacity } from '../kademlia/bucket.ts'
import { Contact } from '../kademlia/contact.ts'
import { KademliaNode } from '../kademlia/kademlia-node.ts'
import type { NodeId } from '../kademlia/node-id.ts'
import type { KademliaNodeOptions } from '../kademlia/node-options.ts'
import type { Millis } from '../kernel/clock.ts'
import { silentLog } from '../kernel/log.ts'
import type { Endpoint } from '../kernel/network.ts'
import { pick } from '../kernel/random.ts'
import { UNLIMITED } from '../rpc/packet-budget.ts'
import { Rpc } from '../rpc/rpc.ts'
import type { RpcLimits } from '../rpc/rpc-limits.ts'
import type { MessageHost, MessageNetwork } from '../simulation/message-network.ts'
import type { NatKind } from '../simulation/nat.ts'
import type { SeededRandom } from '../simulation/random.ts'
import { perfectContacts } from './kademlia-static.ts'
import { labAddress } from './lab-addresses.ts'
import { SortedIds } from './sorted-ids.ts'

export const LAB_PORT = 6881
/** Nodes that a newcomer is told of. */
const ROUTERS = 3
/** What routers do, the newcomers' in turn at random. */
const NAT_KINDS: readonly NatKind[] = ['full-cone', 'restricted', 'symmetric']

/** What guards against floods is left out: nobody floods here, and its books cost more than the messages. */
export const FRIENDLY_LIMITS: Partial<RpcLimits> = {
  outgoing: UNLIMITED,
  outgoingPerSender: UNLIMITED,
  incoming: UNLIMITED,
  incomingPerSender: UNLIMITED,
  incomingBytesPerSender: UNLIMITED,
  incomingPerNeighbourhood: UNLIMITED,
  answerBytes: UNLIMITED,
  answerBytesPerUnprovenSender: UNLIMITED,
  answerBytesPerUnprovenNeighbourhood: UNLIMITED,
}

export interface WorldOptions {
  readonly network: MessageNetwork
  readonly k: number
  readonly alpha: number
  /** Whether the far buckets are larger than k. */
  readonly enlarged: boolean
  /** Part of the nodes behind routers. */
  readonly natFraction: number
  /** Whether tables ask questions of their own. */
  readonly upkeep: boolean
  /** Whether who asks is asked back; without newcomers that would change no table. */
  readonly asksBack: boolean
  /** Where they are to differ from `FRIENDLY_LIMITS`. */
  readonly limits?: Partial<RpcLimits>
}

/** A node of the world. */
export interface Member {
  readonly id: NodeId
  readonly contact: Contact
  readonly host: MessageHost
  readonly rpc: Rpc
  readonly node: KademliaNode
  readonly behindRouter: boolean
  /** When it had joined; undefined before. */
  joinedAt: Millis | undefined
}

export class KademliaWorld {
  /** All that are alive, in the order of coming; a killed one's place is taken by the last. */
  readonly members: Member[] = []
  /** Those of them that have joined and that anybody can reach. */
  readonly reachable = new SortedIds<Member>()
  private readonly options: WorldOptions
  private readonly random: SeededRandom
  private made = 0

  constructor(options: WorldOptions) {
    this.options = options
    this.random = options.network.random.split('world')
  }

  /** All at once, with the tables that a long life without churn would give them: random nodes of each bucket. */
  async startWarm(count: number): Promise<void> {
    const { k, enlarged } = this.options
    const members: Member[] = []
    for (let i = 0; i < count; i++) members.push(await this.make())
    const sorted = new SortedIds(members.filter((member) => !member.behindRouter).map(({ contact }) => contact))
    for (const member of members) {
      const capacity = (depth: number) => bucketCapacity(depth, k, enlarged)
      member.node.startWith(perfectContacts(member.id, sorted, capacity, this.random))
      member.joinedAt = this.options.network.elapsed
    }
    this.reachable.addAll(members.filter((member) => !member.behindRouter))
  }

  /** One more, told of some that are there already. `done` once it has joined; at once for the first of all. */
  async join(done: (member: Member) => void = () => {}): Promise<Member> {
    const told = this.someEndpoints(ROUTERS)
    const member = await this.make((found) => found(told))
    const noteJoined = () => {
      if (member.joinedAt !== undefined || !member.host.alive) return
      this.joined(member)
      done(member)
    }
    if (told.length === 0) {
      member.node.startWith([])
      noteJoined()
      return member
    }
    const unwatch = member.node.watch(() => {
      if (!member.node.ready) return
      unwatch()
      noteJoined()
    })
    member.node.start()
    return member
  }

  /** Gone at once, telling nobody. */
  kill(member: Member): void {
    const index = this.members.indexOf(member)
    if (index < 0) return
    this.members[index] = this.members.at(-1) as Member
    this.members.pop()
    this.reachable.delete(member)
    member.host.kill()
    member.node.stop()
    void member.rpc.close()
  }

  /** One that has joined, at random. */
  pick(): Member {
    for (;;) {
      const member = pick(this.random, this.members)
      if (member.joinedAt !== undefined) return member
    }
  }

  private async make(routers?: KademliaNodeOptions['routers']): Promise<Member> {
    const { network, k, alpha, enlarged, natFraction, upkeep, asksBack, limits } = this.options
    const behindRouter = this.random.chance(natFraction)
    const nat = behindRouter ? { nat: { kind: pick(this.random, NAT_KINDS) } } : {}
    const host = network.host(labAddress(this.made++), nat)
    const { clock, random } = host
    const rpc = await Rpc.open(host.transport(LAB_PORT), {
      clock,
      random,
      id: random.bytes(20),
      limits: { ...FRIENDLY_LIMITS, ...limits },
    })
    const parts = { clock, random, log: silentLog }
    const node = new KademliaNode(rpc, parts, {
      mode: 'on',
      k,
      alpha,
      enlarged,
      upkeep,
      asksBack,
      external: host.publicAddress,
      ...(routers && { routers }),
    })
    const { id } = node.facts
    const contact = new Contact(id, { host: host.publicAddress, port: LAB_PORT })
    const member: Member = { id, contact, host, rpc, node, behindRouter, joinedAt: undefined }
    this.members.push(member)
    return member
  }

  private joined(member: Member): void {
    member.joinedAt = this.options.network.elapsed
    if (!member.behindRouter) this.reachable.add(member)
  }

  private someEndpoints(count: number): Endpoint[] {
    const known = this.reachable.all
    if (known.length <= count) return known.map(({ contact }) => contact.endpoint)
    const chosen = new Set<Endpoint>()
    while (chosen.size < count) chosen.add(pick(this.random, known).contact.endpoint)
    return [...chosen]
  }
}
