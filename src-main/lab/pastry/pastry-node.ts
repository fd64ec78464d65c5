/**
 * A Pastry node (Rowstron and Druschel, Middleware 2001): routes by prefix, joins along a route and copies the state of the nodes
 * on it, and repairs what failed. Callbacks only.
 *
 * Each step of a route is acknowledged; where that stays out, the message goes another way at once and the silent node is
 * asked once more. Only a second miss removes it, and what it leaves empty is asked of others: of the leaf set from the
 * farthest leaf of that side, of the routing table from its row and those below, of the neighbourhood from another neighbour.
 */
import type { Millis, Timer } from '../../kernel/clock.ts'
import { Calls } from './calls.ts'
import { LeafSet } from './leaf-set.ts'
import type { MessageBody, PastryMessage, Question, Routed, StatePart } from './messages.ts'
import { Neighbourhood } from './neighbourhood.ts'
import { nextHop, type PastryState } from './next-hop.ts'
import { type PastryId, sharedDigits } from './pastry-id.ts'
import type { PastryLookupResult, PastryNodeOptions, PastryPort } from './pastry-port.ts'
import type { Peer } from './peer.ts'
import { PeerHealth } from './peer-health.ts'
import { Repair } from './repair.ts'
import { RoutingTable } from './routing-table.ts'

/** A lookup that has not ended by then has failed. */
export const LOOKUP_LIMIT: Millis = 30_000
/** A route takes no more steps and detours than this. */
export const MAX_FORWARDS = 64
/** Between two questions to leaves, each time to the next of them. */
export const UPKEEP_PERIOD: Millis = 4_000
/** A newcomer asks again where nothing has come of it. */
const JOIN_WITHIN: Millis = 5_000
const MAX_JOIN_TRIES = 10

export class PastryNode implements PastryState {
  readonly self: Peer
  readonly leaves: LeafSet
  readonly table: RoutingTable
  readonly neighbours: Neighbourhood
  private readonly port: PastryPort
  private readonly options: PastryNodeOptions
  private readonly calls: Calls
  private readonly health: PeerHealth
  private readonly repair: Repair
  private readonly lookups = new Map<number, (result: PastryLookupResult) => void>()
  private lookupsMade = 0
  private upkeepTurn = 0
  /** Whether it belongs in tables. */
  private member = false
  private joining: { readonly retry: Timer; readonly done: () => void } | undefined

  constructor(port: PastryPort, options: PastryNodeOptions) {
    this.port = port
    this.options = options
    this.self = port.self
    this.leaves = new LeafSet(port.self, options.leaves)
    this.table = new RoutingTable(port.self)
    this.neighbours = new Neighbourhood(options.neighbours)
    this.calls = new Calls(port.clock)
    this.health = new PeerHealth(port.clock)
    this.repair = new Repair(this, {
      ask: (peer, question, answered) => this.ask(peer, question, answered),
      hasFailed: (peer) => this.health.hasFailed(peer),
    })
  }

  /** Of the state, each node once. */
  get known(): Set<Peer> {
    return new Set([...this.leaves.all, ...this.table.all, ...this.neighbours.all])
  }

  /** From now on it is a member, with the state that it has: the first of all, or one whose state has been put together. */
  begin(): void {
    this.member = true
    if (!this.options.upkeep) return
    const { clock, random } = this.port
    clock.after(random.below(UPKEEP_PERIOD), () => {
      clock.every(UPKEEP_PERIOD, () => this.askNextLeaf())
    })
  }

  /** Joins by way of one that is there already, another at each try. `done` once it has; never where all tries fail. */
  join(routers: readonly Peer[], done: () => void, tries = 0): void {
    const router = routers[tries % routers.length]
    if (router === undefined || tries >= MAX_JOIN_TRIES) return
    const retry = this.port.clock.after(JOIN_WITHIN, () => {
      if (this.joining?.retry === retry) this.join(routers, done, tries + 1)
    })
    this.joining = { retry, done }
    const purpose = { kind: 'join', newcomer: this.self } as const
    this.transmit(router, { key: this.self.id, hops: 0, near: false, missed: 0, purpose }, () => {})
  }

  /** Finds the node whose id is nearest to `key`. */
  lookUp(key: PastryId, done: (result: PastryLookupResult) => void): void {
    this.lookupsMade += 1
    const lookup = this.lookupsMade
    const limit = this.port.clock.after(LOOKUP_LIMIT, () => {
      this.lookups.delete(lookup)
      done({ root: undefined, hops: 0, missed: 0 })
    })
    this.lookups.set(lookup, (result) => {
      this.lookups.delete(lookup)
      limit.cancel()
      done(result)
    })
    this.forward({ key, hops: 0, near: false, missed: 0, purpose: { kind: 'lookup', lookup, origin: this.self } })
  }

  received(message: PastryMessage): void {
    const { from } = message
    this.health.lives(from)
    if (message.member) this.meet(from, message.kind === 'ask')
    switch (message.kind) {
      case 'route':
        this.send(from, { kind: 'answer', serial: message.serial, peers: [] })
        this.forward(message.routed)
        break
      case 'ask':
        this.send(from, { kind: 'answer', serial: message.serial, peers: this.answerTo(message.question) })
        break
      case 'answer':
        this.measure(message, this.calls.answer(message.serial, from, message.peers))
        break
      case 'found':
        this.lookups.get(message.lookup)?.({ root: from, hops: message.hops, missed: message.missed })
        break
      case 'state':
        this.takeState(message)
        break
    }
  }

  private forward(routed: Routed): void {
    const { purpose, hops, missed } = routed
    const avoid = new Set(this.health.suspected)
    if (purpose.kind === 'join') avoid.add(purpose.newcomer)
    const next = nextHop(this, routed.key, avoid, routed.near)
    const last = next === this.self
    if (purpose.kind === 'join') this.sendState(routed, purpose.newcomer, last)
    else if (last) this.found(routed, purpose)
    if (last || hops + missed >= MAX_FORWARDS) return
    const near = routed.near || this.leaves.covers(routed.key)
    this.transmit(next, { ...routed, near, hops: hops + 1 }, () => this.forward({ ...routed, missed: missed + 1 }))
  }

  private found({ hops, missed }: Routed, { lookup, origin }: { lookup: number; origin: Peer }): void {
    if (origin === this.self) this.lookups.get(lookup)?.({ root: this.self, hops, missed })
    else this.send(origin, { kind: 'found', lookup, hops, missed })
  }

  private transmit(next: Peer, routed: Routed, missed: () => void): void {
    this.calls.begin(
      next,
      (serial) => this.send(next, { kind: 'route', serial, routed }),
      () => {},
      () => {
        this.suspect(next)
        missed()
      },
    )
  }

  /** To a newcomer: the rows that it shares with us, from the first on its way the neighbourhood, from the last the leaves. */
  private sendState({ hops }: Routed, newcomer: Peer, last: boolean): void {
    const peers = this.table.firstRows(sharedDigits(this.self.id, newcomer.id) + 1)
    const neighbours = hops === 0 ? this.neighbours.all : []
    this.send(newcomer, { kind: 'state', peers, neighbours, ...(last && { leaves: this.leaves.all }) })
  }

  private takeState({ peers, neighbours, leaves }: StatePart): void {
    if (this.joining === undefined) return
    this.hearOf(peers)
    for (const peer of neighbours) this.ask(peer, { kind: 'alive' }, () => {})
    if (leaves === undefined) return
    const { retry, done } = this.joining
    this.joining = undefined
    retry.cancel()
    // Still unchecked, but each is asked at once.
    for (const leaf of leaves) if (!this.health.hasFailed(leaf)) this.leaves.offer(leaf)
    this.begin()
    this.announce(done)
  }

  /** Tells everybody in its state of itself, by asking; `done` once all have answered or missed it. */
  private announce(done: () => void): void {
    const leaves = new Set(this.leaves.all)
    let open = 1
    const ended = () => {
      open -= 1
      if (open === 0) done()
    }
    for (const peer of this.known) {
      open += 1
      const question: Question = { kind: leaves.has(peer) ? 'leaves' : 'alive' }
      this.ask(peer, question, (answer) => {
        this.hearOf(answer ?? [])
        ended()
      })
    }
    ended()
  }

  private answerTo(question: Question): readonly Peer[] {
    switch (question.kind) {
      case 'alive':
        return []
      case 'leaves':
        return this.leaves.all
      case 'neighbours':
        return this.neighbours.all
      case 'entry': {
        const entry = this.table.at(question.row, question.column)
        return entry ? [entry] : []
      }
    }
  }

  /** `answered` with undefined where no answer came; then the node is suspected. */
  private ask(peer: Peer, question: Question, answered: (peers: readonly Peer[] | undefined) => void): void {
    this.calls.begin(
      peer,
      (serial) => this.send(peer, { kind: 'ask', serial, question }),
      answered,
      () => {
        this.suspect(peer)
        answered(undefined)
      },
    )
  }

  private askNextLeaf(): void {
    const leaves = this.leaves.all
    const leaf = leaves[this.upkeepTurn % leaves.length]
    this.upkeepTurn += 1
    if (leaf) this.ask(leaf, { kind: 'leaves' }, (peers) => this.hearOf(peers ?? []))
  }

  /** It has spoken itself. Whoever asks and is new is asked back once, to know how far it is. */
  private meet(peer: Peer, asks: boolean): void {
    const isLeaf = this.leaves.offer(peer)
    const isEntry = this.table.offer(peer)
    const { neighbours } = this
    const isNew = isLeaf || isEntry || (neighbours.hasRoom && !neighbours.has(peer))
    if (asks && isNew) this.ask(peer, { kind: 'alive' }, () => {})
  }

  /**
   * Others know them. They may be entries of the table, which is only used and not relied on; leaves they become by their own
   * word alone, because else the dead would go round among neighbours for ever.
   */
  private hearOf(peers: readonly Peer[]): void {
    for (const peer of peers) {
      if (peer === this.self || this.health.hasFailed(peer)) continue
      this.table.offer(peer)
      if (this.leaves.wants(peer) && !this.health.suspected.has(peer)) this.ask(peer, { kind: 'alive' }, () => {})
    }
  }

  private measure({ from, member }: PastryMessage, distance: Millis | undefined): void {
    if (distance === undefined || !member) return
    this.table.offer(from, distance)
    this.neighbours.offer(from, distance)
  }

  /** One miss: it is asked once more. */
  private suspect(peer: Peer): void {
    if (!this.health.suspect(peer)) return
    this.calls.begin(
      peer,
      (serial) => this.send(peer, { kind: 'ask', serial, question: { kind: 'alive' } }),
      () => {},
      () => {
        if (!this.health.suspected.has(peer)) return
        this.health.fail(peer)
        this.repair.without(peer, (found) => this.hearOf(found))
      },
    )
  }

  private send(to: Peer, message: MessageBody): void {
    this.port.send(to, message, this.member)
  }
}
