/**
 * Members on virtual time and a network of messages: delays, hosts that are slow, cut off or killed with all their virtual
 * nodes. Everything depends on the seed. After every event `afterEvent` is called, so that a test can look at all members.
 */
import type { Clock, Millis } from '../../kernel/clock.ts'
import { SeededRandom } from '../../simulation/random.ts'
import { standAlone } from '../alone.ts'
import { type ChordContact, contactAt } from '../contact.ts'
import { IdealRing } from '../ideal-ring.ts'
import { RingCheck } from '../invariants.ts'
import { joinRing } from '../joining.ts'
import { ChordMember } from '../member.ts'
import type { Answer, AskCallbacks, AskPort, Busy, Question } from '../messages.ts'
import { OldContacts } from '../old-contacts.ts'
import { Outside } from '../outside.ts'
import { ChordUpkeep, type UpkeepPeriods, USUAL_PERIODS } from '../upkeep.ts'
import { WorldTime } from './world-time.ts'

const DEADLINE: Millis = 1_000
const ALONE_CHECK: Millis = 5_000
export const LONGEST_BUSY: Millis = 4_000

export interface WorldOptions {
  readonly seed: number
  readonly successors: number
  readonly latency?: readonly [Millis, Millis]
  readonly periods?: Partial<UpkeepPeriods>
}

/** A host and its virtual nodes. */
export interface WorldHost {
  readonly number: number
  readonly outside: Outside
  readonly oldContacts: OldContacts
  readonly nodes: WorldNode[]
  alive: boolean
  /** Which side of a partition it is on: messages pass between equal numbers. */
  side: number
  /** Added to whatever goes in and out. */
  delay: Millis
  /** Until then others may still act on its silence. */
  unsettledUntil: Millis
  /** It says that it is busy, and nothing else. */
  onlyBusy: boolean
}

export interface WorldNode {
  readonly host: WorldHost
  readonly member: ChordMember
  readonly upkeep: ChordUpkeep
  /** What it has been answered and not heard yet, that may become its list. */
  readonly underWay: Set<readonly ChordContact[]>
}

export class RingWorld extends WorldTime {
  readonly random: SeededRandom
  readonly hosts: WorldHost[] = []
  private readonly options: WorldOptions
  private readonly nodes = new Map<string, WorldNode>()
  private readonly places = new Map<string, boolean>()

  constructor(options: WorldOptions) {
    super()
    this.options = options
    this.random = SeededRandom.of(options.seed)
  }

  /** Members that live. */
  get living(): WorldNode[] {
    return this.hosts.flatMap(({ alive, nodes }) =>
      alive ? nodes.filter(({ member }) => member.phase === 'member') : [],
    )
  }

  check(nodes: readonly WorldNode[] = this.living): RingCheck {
    return new RingCheck(nodes.map(({ member }) => member))
  }

  addHost(): WorldHost {
    const number = this.hosts.length
    const host: WorldHost = {
      number,
      outside: new Outside(this.time),
      oldContacts: new OldContacts(this.random.split(`old ${number}`)),
      nodes: [],
      alive: true,
      side: 0,
      delay: 0,
      unsettledUntil: 0,
      onlyBusy: false,
    }
    this.hosts.push(host)
    const clock = this.clockOf(host)
    const look = () => {
      const members = host.nodes.map(({ member }) => member)
      standAlone(members, host.outside, clock)
      clock.after(ALONE_CHECK, look)
    }
    clock.after(ALONE_CHECK, look)
    return host
  }

  /** A virtual node of a host that has joined nothing yet. */
  addNode(host: WorldHost, slot = host.nodes.length): WorldNode {
    const endpoint = { host: `45.${host.number >> 8}.${host.number & 255}.1`, port: 6881 }
    const self = contactAt(endpoint, slot) as ChordContact
    const random = this.random.split(`node ${host.number} ${slot} ${this.nodes.size}`)
    const clock = this.clockOf(host)
    const port = this.portOf(() => node)
    const member: ChordMember = new ChordMember({
      ...{ self, port, clock, outside: host.outside, successors: this.options.successors, admits: this.admits },
      displaced: (contact) => host.oldContacts.remember(contact),
      again: () => upkeep.again(),
    })
    const periods = { ...USUAL_PERIODS, ...this.options.periods }
    const { oldContacts } = host
    const upkeep = new ChordUpkeep({ member, port, clock, random, oldContacts, periods, admits: this.admits })
    const node: WorldNode = { host, member, upkeep, underWay: new Set() }
    host.nodes.push(node)
    this.nodes.set(self.id.key, node)
    return node
  }

  /** A ring in order of so many hosts with so many virtual nodes each. */
  create(hosts: number, nodesEach: number): WorldHost[] {
    const made = Array.from({ length: hosts }, () => this.addHost())
    const nodes = made.flatMap((host) => Array.from({ length: nodesEach }, () => this.addNode(host)))
    this.makeWhole(nodes)
    return made
  }

  /** These are a ring of their own from now on. */
  makeWhole(nodes: readonly WorldNode[]): void {
    const ring = new IdealRing(nodes.map(({ member }) => member.self))
    for (const { member, upkeep } of nodes) {
      member.create(ring.pointersOf(member.self.id, this.options.successors))
      upkeep.start()
    }
  }

  join(node: WorldNode, through: readonly ChordContact[], done: (joined: boolean) => void = () => {}): void {
    const { host, member, upkeep } = node
    const clock = this.clockOf(host)
    joinRing(
      member,
      through,
      { port: this.portOf(() => node), clock, random: this.random, admits: this.admits },
      (joined) => {
        if (joined) upkeep.start()
        done(joined)
      },
    )
  }

  leave(node: WorldNode): void {
    node.upkeep.stop()
    node.member.leave(() => {})
  }

  kill(host: WorldHost): void {
    host.alive = false
    for (const { upkeep } of host.nodes) upkeep.stop()
  }

  /** Lets time pass until the members named point as they should, at most so long. */
  becomesIdeal(limit: Millis, nodes: () => readonly WorldNode[] = () => this.living): boolean {
    const step = 1_000
    for (let passed = 0; passed < limit; passed += step) {
      if (this.check(nodes()).isIdeal(this.options.successors)) return true
      this.run(step)
    }
    return this.check(nodes()).isIdeal(this.options.successors)
  }

  readonly admits = (contact: ChordContact): boolean => {
    const known = this.places.get(contact.id.key)
    if (known !== undefined) return known
    const holds = contactAt(contact.endpoint, contact.slot)?.id.equals(contact.id) ?? false
    this.places.set(contact.id.key, holds)
    return holds
  }

  private clockOf(host: WorldHost): Clock {
    const { clock } = this
    return {
      ...clock,
      after: (delay, run) =>
        clock.after(delay, () => {
          if (host.alive) run()
        }),
    }
  }

  /** How a node asks: questions and answers take their time, and are lost where there is no way. */
  portOf(asker: () => WorldNode): AskPort {
    return { ask: (to, question, callbacks) => this.carry(asker(), to, question, callbacks) }
  }

  private carry(from: WorldNode, to: ChordContact, question: Question, callbacks: AskCallbacks): void {
    let settled = false
    let wasBusy = false
    const settle = (run: () => void) => {
      if (settled) return
      settled = true
      deadline.cancel()
      run()
    }
    const clock = this.clockOf(from.host)
    let deadline = clock.after(DEADLINE, () => settle(callbacks.missed))
    const target = this.nodes.get(to.id.key)
    if (!target) return
    const answered = (answer: Answer | Busy) => {
      const list = answer.kind === 'state' && !settled ? [target.member.self, ...answer.successors] : undefined
      if (list) from.underWay.add(list)
      const arrive = () => {
        if (list) from.underWay.delete(list)
        if (answer.kind !== 'busy') settle(() => callbacks.answered(answer))
        else if (!settled && !wasBusy) {
          wasBusy = true
          deadline.cancel()
          deadline = clock.after(LONGEST_BUSY, () => settle(callbacks.keptBusy))
        }
      }
      this.pass(target.host, from.host, arrive, () => {
        if (list) from.underWay.delete(list)
      })
    }
    this.pass(from.host, target.host, () => {
      if (target.host.onlyBusy && question.kind === 'state') answered({ kind: 'busy' })
      else target.member.asked(from.member.self, question, answered)
    })
  }

  private pass(from: WorldHost, to: WorldHost, run: () => void, lost: () => void = () => {}): void {
    const { latency = [10, 100] } = this.options
    const delay = from === to ? 0.1 : this.random.between(latency[0], latency[1]) + from.delay + to.delay
    if (!from.alive || from.side !== to.side) {
      lost()
      return
    }
    this.clock.after(delay, () => {
      if (to.alive && from.side === to.side) run()
      else lost()
    })
  }
}
