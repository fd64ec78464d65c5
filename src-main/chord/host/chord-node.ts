/**
 * One host of the ring behind one socket: puts together its virtual nodes, how it finds a ring and becomes a member, the
 * answers to others, its lookups, and its store of keys.
 *
 * The socket below `port` is its owner's: opened before, closed after `leave` or `stop`. A node is started once: after its end
 * another one is made.
 */
import type { RunningRequest } from '../../kernel/key-value-store.ts'
import type { Endpoint } from '../../kernel/network.ts'
import type { ChordContact } from '../contact.ts'
import type { ChordMember } from '../member.ts'
import { DEFAULT_SUCCESSORS } from '../member-options.ts'
import { OldContacts } from '../old-contacts.ts'
import type { ChordFacts, ChordNodePort, ChordPhase, ChordSearches, StoredKey } from '../overlay.ts'
import type { ChordPort } from '../wire/chord-port.ts'
import { Admission } from './admission.ts'
import { Asking } from './asking.ts'
import { leaveRing } from './departure.ts'
import { factsOf } from './facts.ts'
import { Forwarding } from './forwarding.ts'
import { Greetings } from './greetings.ts'
import type { HostStore, StoreHost } from './host-store.ts'
import { answerQuestions } from './incoming.ts'
import { Introductions } from './introductions.ts'
import { KnownMembers } from './known-members.ts'
import { Life } from './life.ts'
import { Lookups } from './lookups.ts'
import { NoStore } from './no-store.ts'
import type { ChordNodeOptions, ChordNodeParts } from './node-options.ts'
import { DEFAULT_VIRTUAL_NODES, MAX_VIRTUAL_NODES, TICK } from './node-options.ts'
import { OwnAddress } from './own-address.ts'
import { Population, settlingTime } from './population.ts'
import { Reachability } from './reachability.ts'
import { Touches } from './touches.ts'
import { TrackedClock } from './tracked-clock.ts'
import { type VirtualNode, VirtualNodes } from './virtual-nodes.ts'

/** Of whom a joiner asks its way. */
const MAX_JOIN_CONTACTS = 8

export class ChordNode implements ChordNodePort {
  private readonly port: ChordPort
  private readonly parts: ChordNodeParts
  private readonly options: ChordNodeOptions
  private readonly clock: TrackedClock
  private readonly known: KnownMembers
  private readonly address: OwnAddress
  private readonly reachability: Reachability
  private readonly admission: Admission
  private readonly asking: Asking
  private readonly nodes: VirtualNodes
  private readonly population: Population
  private readonly greetings: Greetings
  private readonly touches: Touches
  private readonly lookups: Lookups
  private readonly life: Life
  private readonly oldContacts: OldContacts
  private readonly store: HostStore
  private readonly watchers = new Set<() => void>()
  private readonly waitingForEnd: (() => void)[] = []
  private isOver = false

  constructor(port: ChordPort, parts: ChordNodeParts, options: ChordNodeOptions) {
    this.port = port
    this.parts = parts
    this.options = options
    this.clock = new TrackedClock(parts.clock)
    this.address = new OwnAddress(port.local, options)
    this.admission = new Admission({ port, address: this.address, nodeAt: (slot) => this.nodes?.at(slot) })
    const { admits } = this.admission
    const saved = (options.saved ?? []).filter(admits)
    this.known = new KnownMembers(saved)
    this.oldContacts = new OldContacts(parts.random)
    for (const contact of saved) this.oldContacts.remember(contact)
    this.reachability = new Reachability(() => options.reached?.() ?? false, options.watchAsked, parts.clock)
    const { clock, known, reachability, admission, oldContacts } = this
    this.asking = new Asking({ port, clock, known, reachability })
    this.nodes = this.makeNodes()
    this.population = this.makePopulation()
    const [members, giveWay] = [() => this.nodes.members, () => this.life.giveWay()]
    const introductions = new Introductions({ clock, known, oldContacts, admission, members, giveWay })
    this.greetings = new Greetings({
      ...{ port: this.asking.host, clock },
      admits: (endpoint) => admission.admitsHost(endpoint),
      answered: (from, members, group) => this.life.met(introductions.take(from, members, group)),
      idle: () => this.life.greetedAll(),
    })
    this.touches = this.makeTouches()
    this.life = this.makeLife()
    const searching = { asking: this.asking, nodes: this.nodes, known, clock, admits }
    const forwarding = new Forwarding(searching)
    this.lookups = new Lookups({ ...searching, forwarding, lost: () => this.life.lost() })
    this.store = parts.store?.(this.storeHost()) ?? new NoStore(clock)
    this.answer(forwarding, introductions)
  }

  get phase(): ChordPhase {
    return this.life.phase
  }

  get ready(): boolean {
    return this.phase !== 'stopped' && (this.nodes.members.length > 0 || !this.known.isEmpty)
  }

  get facts(): ChordFacts {
    const { address, phase, life, nodes, known, store, port } = this
    return factsOf({
      ...{ local: port.local, address, phase, missing: life.missing, retryAt: life.retryAt, nodes, known, store },
      successors: this.successors,
      rttOf: (endpoint) => port.rttOf(endpoint),
    })
  }

  /** Its virtual nodes that are members, as onlookers may see them. */
  get members(): readonly ChordMember[] {
    return this.nodes.members
  }

  watch(changed: () => void): () => void {
    this.watchers.add(changed)
    return () => {
      this.watchers.delete(changed)
    }
  }

  items(): readonly StoredKey[] {
    return this.store.items()
  }

  start(): void {
    if (this.isOver || this.phase !== 'stopped') return
    this.store.start()
    this.life.start()
    this.clock.every(TICK, () => {
      this.life.tick()
      this.touches.tick()
    })
  }

  leave(): Promise<void> {
    return new Promise((resolve) => {
      if (this.isOver) return resolve()
      // Further ones wait for the same end.
      if (this.waitingForEnd.push(resolve) > 1) return
      if (this.phase === 'stopped') return this.stop()
      this.population.stop()
      this.life.stop()
      this.leavePlaces(() => this.stop())
    })
  }

  stop(): void {
    if (this.isOver) return
    this.isOver = true
    this.population.stop()
    this.life.stop()
    this.nodes.clear()
    this.store.stop()
    this.clock.stop()
    this.reachability.end()
    this.port.close()
    for (const ended of this.waitingForEnd.splice(0)) ended()
    this.changed()
  }

  suggest(endpoints: readonly Endpoint[]): void {
    this.life.suggest(endpoints)
  }

  networkChanged(): void {
    this.life.networkChanged()
  }

  saved(): readonly ChordContact[] {
    return this.known.toSave
  }

  lookUp(...[target, options, done]: Parameters<ChordSearches['lookUp']>): RunningRequest {
    return this.lookups.run(target, options, done)
  }

  peers(...[infoHash, options, done]: Parameters<ChordSearches['peers']>): RunningRequest {
    return this.store.peers(infoHash, options, done)
  }

  announce(...[infoHash, options, done]: Parameters<ChordSearches['announce']>): RunningRequest {
    return this.store.announce(infoHash, options, done)
  }

  put(...[item, options, done]: Parameters<ChordSearches['put']>): RunningRequest {
    return this.store.put(item, options, done)
  }

  get(...[target, options, done]: Parameters<ChordSearches['get']>): RunningRequest {
    return this.store.get(target, options, done)
  }

  private get successors(): number {
    return this.options.successors ?? DEFAULT_SUCCESSORS
  }

  private makeNodes(): VirtualNodes {
    const { asking, clock, oldContacts, successors, options, known } = this
    return new VirtualNodes({
      ...{ asking, clock, random: this.parts.random, oldContacts, successors },
      ...(options.periods ? { periods: options.periods } : {}),
      admits: this.admission.admits,
      hasAnswered: (contact) => known.heardAt(contact) !== undefined,
      moved: () => {
        this.store.neighboursChanged()
        this.changed()
      },
      doubled: (slot, other) => this.population.doubled(slot, other),
    })
  }

  private makePopulation(): Population {
    const { nodes, asking, clock, successors, options } = this
    const { random, log } = this.parts
    return new Population({
      ...{ nodes, asking, clock, random, log, successors },
      settling: settlingTime(successors, options.periods),
      wanted: Math.min(MAX_VIRTUAL_NODES, Math.max(1, options.virtualNodes ?? DEFAULT_VIRTUAL_NODES)),
      contactsFor: ({ id }) => [...nodes.members.map(({ self }) => self), ...this.known.toBegin(id, MAX_JOIN_CONTACTS)],
      beforeJoin: (self, { predecessor, owner }, done) => this.store.beforeJoin(self, predecessor, owner, done),
      beforeLeave: ({ member }, done) => this.store.beforeLeave(member, done),
      tried: (joined) => {
        this.life.tried(joined)
        this.changed()
      },
    })
  }

  private makeTouches(): Touches {
    const { asking, nodes, known, clock, port } = this
    return new Touches({
      ...{ asking, nodes, known, clock, random: this.parts.random, local: port.local },
      phase: () => this.phase,
      missing: () => this.life.missing,
      greet: (endpoint) => this.greetings.add([endpoint]),
      setNeighbours: (hosts) => port.neighbours(hosts),
    })
  }

  private makeLife(): Life {
    const { clock, options, port, known, address, reachability, population, greetings } = this
    return new Life({
      ...{ ...this.parts, clock, options, local: port.local, known, address, reachability, population, greetings },
      seesOthers: () => this.touches.nearHosts.length > 0,
      leavePlaces: (done) => this.leavePlaces(done),
      placed: (endpoint) => {
        port.self = endpoint
      },
      changed: () => this.changed(),
    })
  }

  private storeHost(): StoreHost {
    const { clock, nodes, asking, known, port } = this
    const { random, log } = this.parts
    return {
      ...{ clock, random, log, port: asking.host },
      members: () => nodes.members,
      isOwn: (endpoint) => this.admission.isOwn(endpoint),
      isMember: (endpoint) => known.memberAt(endpoint) !== undefined,
      proven: (endpoint) => port.proven(endpoint),
      lookUp: (target, observer, done) => this.lookups.run(target, observer, done),
    }
  }

  /** Has the port's questions answered from now on. */
  private answer(forwarding: Forwarding, introductions: Introductions): void {
    const { port, clock, asking, nodes, known, admission, address, reachability } = this
    answerQuestions({
      ...{ port, clock, random: this.parts.random, asking, nodes, known, admission, address, reachability, forwarding },
      store: () => this.store,
      nearHosts: () => this.touches.nearHosts,
      tellerOf: (host) => introductions.tellerOf(host),
      reached: () => this.changed(),
    })
  }

  /** All our places, in order. */
  private leavePlaces(done: () => void): void {
    const { nodes, clock } = this
    const beforeLeave = ({ member }: VirtualNode, handed: () => void) => this.store.beforeLeave(member, handed)
    leaveRing({ nodes, clock, beforeLeave }, () => {
      nodes.clear()
      done()
    })
  }

  private changed(): void {
    for (const watcher of [...this.watchers]) watcher()
  }
}
