/**
 * Many hosts with virtual nodes of Chord on one network: started with perfect pointers and fingers or joined one by one, and
 * killed. The virtual nodes are those of `src-main/chord`; identifiers are random, as in the literature, or those that
 * addresses and slots have.
 */
import { standAlone } from '../../chord/alone.ts'
import { type ChordContact, contactAt } from '../../chord/contact.ts'
import { IdealRing } from '../../chord/ideal-ring.ts'
import { joinRing } from '../../chord/joining.ts'
import { ChordMember } from '../../chord/member.ts'
import type { AskPort } from '../../chord/messages.ts'
import { OldContacts } from '../../chord/old-contacts.ts'
import { CUT_OFF_FOR, Outside } from '../../chord/outside.ts'
import { RING_BITS, RingId } from '../../chord/ring-id.ts'
import { ChordUpkeep, type UpkeepPeriods, USUAL_PERIODS } from '../../chord/upkeep.ts'
import { type Millis, SECOND } from '../../kernel/clock.ts'
import { pick } from '../../kernel/random.ts'
import { drawLifetime } from '../../simulation/lifetimes.ts'
import { type ObjectHost, ObjectNetwork, type ObjectNetworkOptions } from '../../simulation/object-network.ts'
import type { SeededRandom } from '../../simulation/random.ts'
import { labAddress } from '../lab-addresses.ts'
import { ChordCalls } from './calls.ts'
import { type ChordMessage, sizeOf } from './messages.ts'
import { SortedRing } from './sorted-ring.ts'

const PORT = 6881
/** Members that a newcomer is told of. */
const TOLD = 3
const NEIGHBOURS_LOOKED_AT = 16
const REJOIN_PAUSE: Millis = 5 * SECOND
const ALONE_CHECK: Millis = 30 * SECOND

export type ChordNetwork = ObjectNetwork<ChordMessage>

export function chordNetwork(options: Omit<ObjectNetworkOptions<ChordMessage>, 'fold'>): ChordNetwork {
  return new ObjectNetwork({ ...options, fold: (message, checksum) => checksum.fold(message.serial) })
}

export interface ChordWorldOptions {
  /** r. */
  readonly successors: number
  /** v: of each host. */
  readonly virtualNodes: number
  /** Whether identifiers are those of addresses and slots; else they are random. */
  readonly byAddress: boolean
  /** Whether members look after their pointers; needed where hosts come or go. */
  readonly upkeep: boolean
  readonly periods: UpkeepPeriods
}

export interface ChordHost {
  readonly host: ObjectHost<ChordMessage>
  readonly calls: ChordCalls
  readonly outside: Outside
  readonly oldContacts: OldContacts
  readonly nodes: ChordNode[]
}

/** A virtual node. */
export interface ChordNode {
  readonly self: ChordContact
  readonly owner: ChordHost
  readonly port: AskPort
  readonly member: ChordMember
  readonly upkeep: ChordUpkeep
}

export class ChordWorld {
  /** Virtual nodes that have joined and are alive. */
  readonly ring = new SortedRing<ChordNode>()
  /** Hosts that are alive. */
  readonly hosts = new Set<ChordHost>()
  /** Newcomers by churn so far. */
  arrivals = 0
  private readonly network: ChordNetwork
  private readonly options: ChordWorldOptions
  private readonly random: SeededRandom
  /** Every virtual node there ever was, by the key of its identifier. */
  private readonly places = new Map<string, ChordNode>()
  private readonly cutOffFor: Millis
  private made = 0

  constructor(network: ChordNetwork, options: ChordWorldOptions) {
    // As many rounds as usual: who stabilises seldom hears others seldom.
    this.cutOffFor = (CUT_OFF_FOR / USUAL_PERIODS.stabilise) * options.periods.stabilise
    this.network = network
    this.options = options
    this.random = network.random.split('world')
  }

  /** All at once, with perfect pointers and fingers. */
  startWarm(count: number): void {
    const nodes = Array.from({ length: count }, () => this.make()).flatMap((host) => host.nodes)
    this.ring.addAll(nodes)
    const ideal = new IdealRing(nodes.map(({ self }) => self))
    for (const { self, member, upkeep } of this.ring.all) {
      member.create(ideal.pointersOf(self.id, this.options.successors))
      member.fingers.fill((start) => ideal.successorOf(start))
      if (this.options.upkeep) upkeep.start()
    }
  }

  /** One more host, whose virtual nodes join one after the other. `done` once all have. */
  join(done: (host: ChordHost) => void = () => {}): ChordHost {
    const host = this.make()
    if (this.ring.all.length === 0) {
      const ideal = new IdealRing(host.nodes.map(({ self }) => self))
      for (const node of host.nodes) {
        node.member.create(ideal.pointersOf(node.self.id, this.options.successors))
        this.joined(node)
      }
      done(host)
      return host
    }
    const joinNext = (index: number) => {
      const node = host.nodes[index]
      if (node) this.joinOne(node, () => joinNext(index + 1))
      else done(host)
    }
    joinNext(0)
    return host
  }

  /** Gone at once, telling nobody. */
  kill(host: ChordHost): void {
    this.hosts.delete(host)
    for (const node of host.nodes) {
      this.ring.delete(node)
      node.upkeep.stop()
    }
    host.host.kill()
  }

  /** A virtual node that has joined, at random. */
  pick(): ChordNode {
    return pick(this.random, this.ring.all)
  }

  /** A host that is alive, at random. */
  pickHost(): ChordHost {
    for (;;) {
      const { owner } = this.pick()
      if (this.options.virtualNodes === 1 || this.random.chance(1 / owner.nodes.length)) return owner
    }
  }

  /**
   * From now on hosts come and go, so many of each a second on average, at moments of a Poisson process.
   * @returns what ends it
   */
  comeAndGo(perSecond: number): () => void {
    const random = this.network.random.split('come and go')
    let stopped = false
    const again = (happens: () => void) => {
      const pause = drawLifetime({ kind: 'exponential', median: (Math.LN2 * SECOND) / perSecond }, random)
      this.network.clock.after(pause, () => {
        if (stopped) return
        happens()
        again(happens)
      })
    }
    again(() => {
      this.arrivals += 1
      this.join()
    })
    again(() => {
      if (this.ring.all.length > 2 * this.options.virtualNodes) this.kill(this.pickHost())
    })
    return () => {
      stopped = true
    }
  }

  /** From now on every host stays for a memoryless session, and whoever goes is replaced at once by a newcomer. @returns what ends it */
  churn(medianSession: Millis): () => void {
    const random = this.network.random.split('churn')
    let stopped = false
    const stay = (host: ChordHost) => {
      this.network.clock.after(drawLifetime({ kind: 'exponential', median: medianSession }, random), () => {
        // The last one stays: there would be nobody to join by.
        if (stopped || !host.host.alive || this.ring.all.length <= host.nodes.length) return
        this.kill(host)
        this.arrivals += 1
        stay(this.join())
      })
    }
    for (const host of [...this.hosts]) stay(host)
    return () => {
      stopped = true
    }
  }

  /**
   * Whether it has joined and is nobody's successor yet, so that no way leads over it (Zave 2017 calls it an appendage). Of those
   * before it the nearest are looked at, more than ever join at one place at once.
   */
  isAppendage(node: ChordNode): boolean {
    let looked = 0
    for (const { member } of this.ring.before(node)) {
      const next = member.successors.find(({ id }) => this.isAlive(id.key))
      if (next === node.self) return false
      looked += 1
      if (looked >= NEIGHBOURS_LOOKED_AT) break
    }
    return looked > 0
  }

  private isAlive(key: string): boolean {
    const node = this.places.get(key)
    return node?.owner.host.alive === true && node.member.phase === 'member'
  }

  /** Whom a contact stands for, alive or not. */
  nodeAt({ id }: ChordContact): ChordNode | undefined {
    return this.places.get(id.key)
  }

  /** Whether a contact told by others is what it says. */
  readonly admits = (contact: ChordContact): boolean => this.places.get(contact.id.key)?.self === contact

  private joinOne(node: ChordNode, done: () => void): void {
    const { owner, member, port } = node
    const { clock, random } = owner.host
    const told = Array.from({ length: TOLD }, () => this.pick().self)
    joinRing(member, told, { port, clock, random, admits: this.admits }, (joined) => {
      if (joined) {
        this.joined(node)
        done()
      } else clock.after(REJOIN_PAUSE, () => this.joinOne(node, done))
    })
  }

  private joined(node: ChordNode): void {
    this.ring.add(node)
    if (this.options.upkeep) node.upkeep.start()
  }

  private make(): ChordHost {
    const address = labAddress(this.made++)
    const place = this.network.host(address)
    const { clock, random } = place
    const calls = new ChordCalls({
      clock,
      send: (from, to, serial, question) => this.ask(host, { kind: 'ask', serial, from, to, question }),
    })
    const host: ChordHost = {
      ...{
        host: place,
        calls,
        outside: new Outside(clock.now(), this.cutOffFor),
        oldContacts: new OldContacts(random),
      },
      nodes: [],
    }
    place.received = (message, from) => this.received(host, message, from)
    for (let slot = 0; slot < this.options.virtualNodes; slot++) host.nodes.push(this.makeNode(host, address, slot))
    this.hosts.add(host)
    if (this.options.upkeep) this.lookWhetherAlone(host)
    return host
  }

  private makeNode(owner: ChordHost, address: string, slot: number): ChordNode {
    const { successors, byAddress, periods } = this.options
    const { clock, random } = owner.host
    const endpoint = { host: address, port: PORT }
    const id = () => RingId.of(random.bytes(RING_BITS / 8))
    const self = byAddress ? (contactAt(endpoint, slot) as ChordContact) : { id: id(), endpoint, slot }
    const port = owner.calls.portOf(self)
    const { outside, oldContacts } = owner
    const member: ChordMember = new ChordMember({
      ...{ self, port, clock, outside, successors, admits: this.admits },
      displaced: (contact) => oldContacts.remember(contact),
      again: () => upkeep.again(),
    })
    const upkeep = new ChordUpkeep({ member, port, clock, random, oldContacts, periods, admits: this.admits })
    const node: ChordNode = { self, owner, port, member, upkeep }
    this.places.set(self.id.key, node)
    return node
  }

  /** To another host over the network; to a virtual node of the same host, at once. */
  private ask(from: ChordHost, message: Extract<ChordMessage, { kind: 'ask' }>): void {
    const target = this.places.get(message.to.id.key)
    if (!target) return
    if (target.owner !== from) from.host.send(target.owner.host, message, sizeOf(message))
    else
      from.host.clock.after(0, () =>
        this.asked(target, message, (answer) => from.calls.answered(message.serial, answer)),
      )
  }

  private received(host: ChordHost, message: ChordMessage, from: ObjectHost<ChordMessage>): void {
    if (message.kind === 'answer') {
      host.calls.answered(message.serial, message.answer)
      return
    }
    const target = this.places.get(message.to.id.key)
    if (!target) return
    const { serial } = message
    this.asked(target, message, (answer) => {
      const reply: ChordMessage = { kind: 'answer', serial, answer }
      host.host.send(from, reply, sizeOf(reply))
    })
  }

  private asked(
    target: ChordNode,
    { from, question }: Extract<ChordMessage, { kind: 'ask' }>,
    reply: Parameters<ChordMember['asked']>[2],
  ): void {
    // Who has not joined yet asks as anybody may.
    const asker = this.places.get(from.id.key)
    target.member.asked(asker?.member.phase === 'member' ? from : undefined, question, reply)
  }

  private lookWhetherAlone(host: ChordHost): void {
    const { clock } = host.host
    clock.every(ALONE_CHECK, () => {
      standAlone(
        host.nodes.map(({ member }) => member),
        host.outside,
        clock,
      )
    })
  }
}
