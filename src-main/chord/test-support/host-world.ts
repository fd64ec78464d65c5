/**
 * Whole hosts (`ChordNode`) on virtual time and a network of questions and answers: delays, hosts that are slow, cut off,
 * killed or not reachable unasked. What the port over the network does is done here without bytes: deadlines, the extension that
 * `busy` gives, late answers, questions among siblings that stay within the host. Everything depends on the seed.
 */
import type { Clock, Millis } from '../../kernel/clock.ts'
import { silentLog } from '../../kernel/log.ts'
import { type Endpoint, formatEndpoint } from '../../kernel/network.ts'
import { SeededRandom } from '../../simulation/random.ts'
import { type ChordContact, contactAt } from '../contact.ts'
import { ChordNode } from '../host/chord-node.ts'
import type { ChordNodeOptions, ChordNodeParts } from '../host/node-options.ts'
import { RingCheck } from '../invariants.ts'
import type { ChordMember } from '../member.ts'
import { FakePort, type PortHost } from './fake-port.ts'
import { WorldTime } from './world-time.ts'

export interface HostWorldOptions {
  readonly seed: number
  /** r; 3 when left out. */
  readonly successors?: number
  readonly latency?: readonly [Millis, Millis]
}

export interface HostOptions extends Partial<ChordNodeOptions> {
  readonly at?: Endpoint
  readonly store?: ChordNodeParts['store']
  /** Whether packets of those that it has sent nothing to come in. */
  readonly isReachable?: boolean
}

export interface PluggedHost extends PortHost {
  readonly port: FakePort
}

export interface SimHost extends PluggedHost {
  readonly number: number
  readonly node: ChordNode
}

export class HostWorld extends WorldTime {
  readonly random: SeededRandom
  readonly hosts: SimHost[] = []
  /** Questions sent over the network, by kind. */
  readonly sent: Record<string, number> = {}
  private readonly options: HostWorldOptions
  private readonly byEndpoint = new Map<string, PluggedHost>()

  constructor(options: HostWorldOptions) {
    super()
    this.options = options
    this.random = SeededRandom.of(options.seed)
  }

  get successors(): number {
    return this.options.successors ?? 3
  }

  get living(): readonly SimHost[] {
    return this.hosts.filter(({ alive }) => alive)
  }

  /** A host that is made but not started. Its own address counts as given, unless `address` says otherwise. */
  make({ at, store, isReachable = true, ...options }: HostOptions = {}): SimHost {
    const number = this.hosts.length
    const { state, port, clock } = this.plug(
      at ?? { host: `45.${number >> 8}.${number & 255}.1`, port: 6881 },
      isReachable,
    )
    const { endpoint } = state
    const parts = { clock, random: this.random.split(`host ${number}`), log: silentLog, ...(store ? { store } : {}) }
    const { successors } = this
    const node = new ChordNode(port, parts, { address: endpoint.host, successors, ...options })
    const host: SimHost = Object.assign(state, { number, node })
    this.hosts.push(host)
    return host
  }

  /** A port on the network without a node behind it: for those who follow no rules. */
  plug(endpoint: Endpoint, isReachable = true): { state: PluggedHost; port: FakePort; clock: Clock } {
    const state: PortHost = {
      endpoint,
      alive: true,
      side: 0,
      delay: 0,
      onlyBusy: false,
      asleepUntil: 0,
      isReachable,
      sentTo: new Set(),
    }
    const clock = this.clockOf(state)
    const port = new FakePort(state, {
      clock,
      hostAt: (to) => this.byEndpoint.get(formatEndpoint(to)),
      pass: (from, to, run) => this.pass(from, to, run),
      count: (kind) => {
        this.sent[kind] = (this.sent[kind] ?? 0) + 1
      },
    })
    const plugged = Object.assign(state, { port })
    this.byEndpoint.set(formatEndpoint(endpoint), plugged)
    return { state: plugged, port, clock }
  }

  /** Whoever is there is gone. */
  unplug(host: PortHost): void {
    host.alive = false
    this.byEndpoint.delete(formatEndpoint(host.endpoint))
  }

  /** A host that asks `through` (by default the first that lives) for its ring. */
  add(options: HostOptions = {}, through: readonly SimHost[] = this.living.slice(0, 1)): SimHost {
    const host = this.make({
      bootstrap: (found) => found(through.map(({ endpoint }) => endpoint)),
      ...options,
    })
    host.node.start()
    return host
  }

  /** So many hosts, each a member with all its places before the next one starts. */
  grow(count: number, options: HostOptions = {}): SimHost[] {
    return Array.from({ length: count }, () => {
      const host = this.add(options)
      if (!this.run(10 * 60_000, () => this.isPlaced(host, options.virtualNodes ?? 4))) {
        throw new Error(`host ${host.number} is ${host.node.phase} after ten minutes`)
      }
      return host
    })
  }

  /** Has the address of another machine from now on. */
  move(host: SimHost, endpoint: Endpoint): void {
    this.byEndpoint.delete(formatEndpoint(host.endpoint))
    Object.assign(host, { endpoint })
    this.byEndpoint.set(formatEndpoint(endpoint), host)
  }

  /** Its timers, and all that comes in, wait so long: as when a machine sleeps whose clock goes on. */
  sleep(host: SimHost, duration: Millis): void {
    host.asleepUntil = this.time + duration
  }

  /** As a crash or kill -9 ends it. */
  kill(host: SimHost): void {
    host.node.stop()
    this.unplug(host)
  }

  /** The members of hosts that live. */
  members(hosts: readonly SimHost[] = this.living): ChordMember[] {
    return hosts.flatMap(({ node }) => (node.phase === 'member' ? membersOf(node) : []))
  }

  check(hosts: readonly SimHost[] = this.living): RingCheck {
    return new RingCheck(this.members(hosts))
  }

  /** Lets time pass; ends early where `done` says so, also at once. @returns whether it did */
  override run(duration: Millis, done: () => boolean = () => false): boolean {
    return done() || super.run(duration, done)
  }

  /** Lets time pass until the ring of these hosts is as it should be, at most so long. */
  becomesIdeal(limit: Millis, hosts: () => readonly SimHost[] = () => this.living): boolean {
    const isIdeal = () => this.members(hosts()).length > 0 && this.check(hosts()).isIdeal(this.successors)
    const step = 1_000
    for (let passed = 0; passed < limit; passed += step) {
      if (isIdeal()) return true
      this.run(step)
    }
    return isIdeal()
  }

  /** Whether it is a member with at least so many places. */
  isPlaced({ node }: SimHost, places: number): boolean {
    return node.phase === 'member' && membersOf(node).length >= places
  }

  /** Ends everything. @returns timers that are still set */
  close(): number {
    for (const { node } of this.hosts) node.stop()
    return this.waiting
  }

  private clockOf(host: PortHost): Clock {
    const { clock } = this
    return {
      ...clock,
      after: (delay, run) =>
        clock.after(delay, () => {
          const late = host.asleepUntil - this.time
          if (host.alive && late > 0) clock.after(late, () => host.alive && run())
          else if (host.alive) run()
        }),
    }
  }

  private pass(from: PortHost, to: PortHost, run: () => void): void {
    const { latency = [10, 100] } = this.options
    if (!from.alive || from.side !== to.side) return
    from.sentTo.add(to.endpoint.host)
    if (!to.isReachable && !to.sentTo.has(from.endpoint.host)) return
    this.clock.after(this.random.between(latency[0], latency[1]) + from.delay + to.delay, () => {
      if (to.alive && from.side === to.side && to.asleepUntil <= this.time) run()
    })
  }
}

/** The members of a host, as `RingCheck` sees them. */
export function membersOf(node: ChordNode): ChordMember[] {
  return [...node.members]
}

/** The virtual node of a slot at a host. */
export function placeOf({ endpoint }: SimHost, slot: number): ChordContact {
  return contactAt(endpoint, slot) as ChordContact
}
