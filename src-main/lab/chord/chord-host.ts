/**
 * One host of the laboratory's Chord: its virtual nodes, how they and the host itself ask others and are asked. Virtual nodes,
 * recursive lookups and the store of keys are those of `src-main/chord`; only the network is another.
 */
import { standAlone } from '../../chord/alone.ts'
import type { ChordContact } from '../../chord/contact.ts'
import { Forwarding } from '../../chord/host/forwarding.ts'
import type { HostStore } from '../../chord/host/host-store.ts'
import type { HostAnswer, HostQuestion } from '../../chord/host-messages.ts'
import { ChordMember } from '../../chord/member.ts'
import type { AskPort } from '../../chord/messages.ts'
import { OldContacts } from '../../chord/old-contacts.ts'
import { Outside } from '../../chord/outside.ts'
import { owns, type RingId } from '../../chord/ring-id.ts'
import { ChordUpkeep, type UpkeepPeriods } from '../../chord/upkeep.ts'
import { type Millis, SECOND } from '../../kernel/clock.ts'
import type { Endpoint } from '../../kernel/network.ts'
import type { ObjectHost } from '../../simulation/object-network.ts'
import { ChordCalls } from './calls.ts'
import { HostCalls } from './host-calls.ts'
import { type ChordMessage, sizeOf } from './messages.ts'

const ALONE_CHECK: Millis = 30 * SECOND

/** A virtual node. */
export interface ChordNode {
  readonly self: ChordContact
  readonly owner: ChordHost
  readonly port: AskPort
  readonly member: ChordMember
  readonly upkeep: ChordUpkeep
}

/** What a host finds others by. */
export interface Directory {
  /** Whom a contact stands for, alive or not. */
  nodeAt(contact: ChordContact): ChordNode | undefined
  hostAt(endpoint: Endpoint): ChordHost | undefined
  admits(contact: ChordContact): boolean
}

export interface HostShape {
  /** r. */
  readonly successors: number
  readonly periods: UpkeepPeriods
  /** Who has heard nobody for so long counts the others as gone. */
  readonly cutOffFor: Millis
}

export class ChordHost {
  readonly host: ObjectHost<ChordMessage>
  readonly endpoint: Endpoint
  readonly nodes: ChordNode[] = []
  readonly port: HostCalls
  readonly forwarding: Forwarding
  /** Where it keeps keys, in experiments that have any. */
  store: HostStore | undefined
  private readonly directory: Directory
  private readonly shape: HostShape
  private readonly calls: ChordCalls
  private readonly outside: Outside
  private readonly oldContacts: OldContacts

  constructor(host: ObjectHost<ChordMessage>, endpoint: Endpoint, directory: Directory, shape: HostShape) {
    this.host = host
    this.endpoint = endpoint
    this.directory = directory
    this.shape = shape
    const { clock, random } = host
    this.calls = new ChordCalls({
      clock,
      send: (from, to, serial, question) => this.ask({ kind: 'ask', serial, from, to, question }),
    })
    this.port = new HostCalls({ clock, send: (to, serial, question) => this.askHost(to, serial, question) })
    this.forwarding = new Forwarding({
      ...{ asking: { host: this.port }, nodes: this.virtualNodes(), known: { toBegin: () => [] }, clock },
      admits: (contact) => directory.admits(contact),
    })
    this.outside = new Outside(clock.now(), shape.cutOffFor)
    this.oldContacts = new OldContacts(random)
    host.received = (message, from) => this.received(message, from)
  }

  /** Its virtual nodes that have joined. */
  get members(): readonly ChordMember[] {
    return this.nodes.map(({ member }) => member).filter(({ phase }) => phase === 'member')
  }

  /** The virtual node that stands last before `target`; undefined where none has joined. */
  nearestBefore(target: RingId): ChordNode | undefined {
    const [first, ...others] = this.nodes.filter(({ member }) => member.phase === 'member')
    if (!first) return undefined
    return others.reduce((best, node) => (owns(best.self.id, node.self.id, target) ? node : best), first)
  }

  addNode(self: ChordContact): ChordNode {
    const { clock, random } = this.host
    const { outside, oldContacts } = this
    const { successors, periods } = this.shape
    const port = this.calls.portOf(self)
    const admits = (contact: ChordContact) => this.directory.admits(contact)
    const member: ChordMember = new ChordMember({
      ...{ self, port, clock, outside, successors, admits },
      displaced: (contact) => oldContacts.remember(contact),
      again: () => upkeep.again(),
      moved: () => this.store && clock.after(0, () => this.store?.neighboursChanged()),
    })
    const upkeep = new ChordUpkeep({ member, port, clock, random, oldContacts, periods, admits })
    const node: ChordNode = { self, owner: this, port, member, upkeep }
    this.nodes.push(node)
    return node
  }

  /** From now on it looks now and then whether it is the only one left. */
  watchLoneliness(): void {
    const { clock } = this.host
    clock.every(ALONE_CHECK, () => standAlone(this.members, this.outside, clock))
  }

  private virtualNodes() {
    const host = this
    return {
      get members() {
        return host.members
      },
      nearestBefore: (target: RingId) => host.nearestBefore(target)?.member,
    }
  }

  /** To another host over the network; to a virtual node of the same host, at once. */
  private ask(message: Extract<ChordMessage, { kind: 'ask' }>): void {
    const target = this.directory.nodeAt(message.to)
    if (!target) return
    if (target.owner !== this) this.host.send(target.owner.host, message, sizeOf(message))
    else {
      this.host.clock.after(0, () =>
        this.asked(target, message, (answer) => this.calls.answered(message.serial, answer)),
      )
    }
  }

  private askHost(to: Endpoint, serial: number, question: HostQuestion): void {
    const target = this.directory.hostAt(to)
    const message = { kind: 'ask-host', serial, question } as const
    if (!target) return
    if (target !== this) this.host.send(target.host, message, sizeOf(message))
    else {
      this.host.clock.after(0, () =>
        this.askedHost(this.endpoint, question, (answer) => this.port.answered(serial, answer)),
      )
    }
  }

  private received(message: ChordMessage, from: ObjectHost<ChordMessage>): void {
    const { serial } = message
    const reply = (answer: ChordMessage) => this.host.send(from, answer, sizeOf(answer))
    switch (message.kind) {
      case 'answer':
        this.calls.answered(serial, message.answer)
        break
      case 'answer-host':
        this.port.answered(serial, message.answer)
        break
      case 'ask': {
        const target = this.directory.nodeAt(message.to)
        if (target) this.asked(target, message, (answer) => reply({ kind: 'answer', serial, answer }))
        break
      }
      case 'ask-host': {
        const endpoint = { host: from.publicAddress, port: this.endpoint.port }
        this.askedHost(endpoint, message.question, (answer) => reply({ kind: 'answer-host', serial, answer }))
      }
    }
  }

  private asked(
    target: ChordNode,
    { from, question }: Extract<ChordMessage, { kind: 'ask' }>,
    reply: Parameters<ChordMember['asked']>[2],
  ): void {
    // Who has not joined yet asks as anybody may.
    const isMember = this.directory.nodeAt(from)?.member.phase === 'member'
    target.member.asked(isMember ? from : undefined, question, reply)
  }

  private askedHost(from: Endpoint, question: HostQuestion, reply: (answer: HostAnswer) => void): void {
    switch (question.kind) {
      case 'hello':
      case 'reach':
      case 'signal':
      case 'ping':
        reply({ kind: 'refused', code: 204, message: 'not asked for in the laboratory' })
        break
      case 'forward':
        this.forwarding.asked(from, question.target, question.steps, reply)
        break
      default:
        if (this.store) this.store.asked(from, question, reply)
        else reply({ kind: 'refused', code: 204, message: 'nothing is kept here' })
    }
  }
}
