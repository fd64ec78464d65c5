/**
 * Keeps acquaintances alive: a member pings now and then one of those that its lists and fingers name and that have not answered
 * it of late, else whoever of all known was heard longest ago; a client greets one that it knows, and asks to be reached while
 * that is all that it lacks. One question at a time, in the periods below.
 */
import { type Clock, MINUTE, type Millis, SECOND } from '../../kernel/clock.ts'
import type { Endpoint } from '../../kernel/network.ts'
import { pick, type Random } from '../../kernel/random.ts'
import { areSiblings, type ChordContact } from '../contact.ts'
import type { ChordFacts, ChordPhase } from '../overlay.ts'
import type { Asking } from './asking.ts'
import type { KnownMembers } from './known-members.ts'
import type { VirtualNodes } from './virtual-nodes.ts'

/** A member that has answered in this time needs no ping. */
export const FRESH_FOR: Millis = 3 * MINUTE
export const CLIENT_PERIOD: Millis = 30 * SECOND
/** Between greetings of a client that does not know its address. */
export const VOTE_PERIOD: Millis = 5 * SECOND
export const REACH_PERIOD: Millis = 20 * SECOND
/** Hosts that are named to the port as those that we are in constant touch with. */
export const MAX_NEIGHBOURS = 64

export interface TouchesParts {
  readonly asking: Asking
  readonly nodes: VirtualNodes
  readonly known: KnownMembers
  readonly clock: Pick<Clock, 'now'>
  readonly random: Random
  readonly local: Endpoint
  readonly phase: () => ChordPhase
  readonly missing: () => ChordFacts['missing']
  readonly greet: (endpoint: Endpoint) => void
  readonly setNeighbours: (hosts: readonly string[]) => void
}

export class Touches {
  private readonly parts: TouchesParts
  private greetedAt: Millis = Number.NEGATIVE_INFINITY
  private reachAskedAt: Millis = Number.NEGATIVE_INFINITY
  private neighbours = ''

  constructor(parts: TouchesParts) {
    this.parts = parts
  }

  /** To be called every few seconds. */
  tick(): void {
    const phase = this.parts.phase()
    if (phase === 'member') this.tickOfMember()
    else if (phase === 'client') this.tickOfClient()
  }

  /** Hosts of other members near ours, those of predecessors and nearest successors first. */
  get nearHosts(): readonly Endpoint[] {
    const found = new Map<string, Endpoint>()
    for (const contact of this.named()) {
      const { host, port } = contact.endpoint
      if (found.size < MAX_NEIGHBOURS) found.set(`${host} ${port}`, contact.endpoint)
    }
    return [...found.values()]
  }

  private tickOfMember(): void {
    const { known, clock, setNeighbours } = this.parts
    const hosts = [...new Set(this.nearHosts.map(({ host }) => host))]
    const names = hosts.join(' ')
    if (names !== this.neighbours) setNeighbours(hosts)
    this.neighbours = names
    const isStale = (contact: ChordContact) => clock.now() - (known.heardAt(contact) ?? -Infinity) >= FRESH_FOR
    const oldest = known.heardMembers.at(-1)?.contact
    const stale = this.named().find(isStale) ?? (oldest && isStale(oldest) ? oldest : undefined)
    if (!stale) return
    const ignored = () => {}
    const callbacks = { answered: ignored, missed: ignored, keptBusy: ignored }
    this.parts.asking.as(undefined).ask(stale, { kind: 'ping' }, callbacks)
  }

  private tickOfClient(): void {
    const { known, clock, random, greet, missing, asking, local } = this.parts
    const now = clock.now()
    const members = known.heardMembers
    // Each more that sees us is another vote for our address; once that is known, strangers had better stay strangers.
    const wantsVotes = missing() === 'address' && known.told.length > 0
    const greeted = wantsVotes ? pick(random, known.told) : members.at(-1)?.contact
    if (greeted && now - this.greetedAt >= (wantsVotes ? VOTE_PERIOD : CLIENT_PERIOD)) {
      this.greetedAt = now
      greet(greeted.endpoint)
    }
    if (missing() !== 'reach' || members.length === 0 || now - this.reachAskedAt < REACH_PERIOD) return
    this.reachAskedAt = now
    const { endpoint } = pick(random, members).contact
    asking.host.ask(endpoint, { kind: 'reach', port: local.port }, { answered: () => {}, missed: () => {} })
  }

  /** Members of other hosts that ours point to, predecessors and nearest successors first. */
  private named(): ChordContact[] {
    const { members } = this.parts.nodes
    const depth = Math.max(0, ...members.map(({ successors }) => successors.length))
    const all = members.map(({ predecessor }) => predecessor)
    for (let i = 0; i < depth; i++)
      for (const { successors } of members) if (successors[i]) all.push(successors[i] as ChordContact)
    for (const { fingers } of members) all.push(...fingers.distinct)
    const [own] = members
    return own ? all.filter((contact) => !areSiblings(contact, own.self)) : []
  }
}
