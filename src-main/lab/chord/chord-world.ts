/**
 * Many hosts with virtual nodes of Chord on one network: started with perfect pointers and fingers or joined one by one, and
 * killed. The virtual nodes are those of `src-main/chord`; identifiers are random, as in the literature, or those that
 * addresses and slots have.
 */
import { type ChordContact, contactAt } from '../../chord/contact.ts'
import type { HostStore } from '../../chord/host/host-store.ts'
import { IdealRing } from '../../chord/ideal-ring.ts'
import { type JoiningParts, joinRing } from '../../chord/joining.ts'
import { CUT_OFF_FOR } from '../../chord/outside.ts'
import { RING_BITS, RingId } from '../../chord/ring-id.ts'
import { type UpkeepPeriods, USUAL_PERIODS } from '../../chord/upkeep.ts'
import { type Millis, SECOND } from '../../kernel/clock.ts'
import type { Endpoint } from '../../kernel/network.ts'
import { pick } from '../../kernel/random.ts'
import { drawLifetime } from '../../simulation/lifetimes.ts'
import { ObjectNetwork, type ObjectNetworkOptions } from '../../simulation/object-network.ts'
import type { SeededRandom } from '../../simulation/random.ts'
import { labAddress } from '../lab-addresses.ts'
import { ChordHost, type ChordNode, type Directory } from './chord-host.ts'
import type { ChordMessage } from './messages.ts'
import { SortedRing } from './sorted-ring.ts'

const PORT = 6881
/** Members that a newcomer is told of. */
const TOLD = 3
const NEIGHBOURS_LOOKED_AT = 16
const REJOIN_PAUSE: Millis = 5 * SECOND

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
  /** Where a host keeps keys; nowhere when left out. */
  readonly storeOf?: (host: ChordHost, directory: Directory) => HostStore
}

export class ChordWorld implements Directory {
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
  /** Every host there ever was, by address. */
  private readonly addresses = new Map<string, ChordHost>()
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
    host.store?.stop()
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

  hostAt({ host }: Endpoint): ChordHost | undefined {
    return this.addresses.get(host)
  }

  /** Whom a contact stands for, alive or not. */
  nodeAt({ id }: ChordContact): ChordNode | undefined {
    return this.places.get(id.key)
  }

  /** Whether a contact told by others is what it says. */
  readonly admits = (contact: ChordContact): boolean => this.places.get(contact.id.key)?.self === contact

  private joinOne(node: ChordNode, done: () => void): void {
    const { owner, member, port, self } = node
    const { clock, random } = owner.host
    const told = Array.from({ length: TOLD }, () => this.pick().self)
    const { store } = owner
    const prepare: NonNullable<JoiningParts['prepare']> = (place, goOn) =>
      store?.beforeJoin(self, place.predecessor, place.owner, () => goOn(true))
    const parts = { port, clock, random, admits: this.admits, ...(store && { prepare }) }
    joinRing(member, told, parts, (joined) => {
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
    const endpoint = { host: labAddress(this.made++), port: PORT }
    const { cutOffFor } = this
    const { virtualNodes, upkeep, storeOf } = this.options
    const host = new ChordHost(this.network.host(endpoint.host), endpoint, this, { ...this.options, cutOffFor })
    this.addresses.set(endpoint.host, host)
    for (let slot = 0; slot < virtualNodes; slot++) {
      const node = host.addNode(this.contactOf(host, slot))
      this.places.set(node.self.id.key, node)
    }
    this.hosts.add(host)
    if (upkeep) host.watchLoneliness()
    if (storeOf) {
      host.store = storeOf(host, this)
      host.store.start()
    }
    return host
  }

  private contactOf({ endpoint, host }: ChordHost, slot: number): ChordContact {
    const placed = this.options.byAddress ? contactAt(endpoint, slot) : undefined
    return placed ?? { id: RingId.of(host.random.bytes(RING_BITS / 8)), endpoint, slot }
  }
}
