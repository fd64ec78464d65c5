/**
 * Joins the network and notices when it is lost.
 *
 *   stopped -> joining -> joined <-> isolated -> joining …
 *
 * An attempt asks saved contacts, suggested endpoints and routers who they are. With the first answer it looks up our own
 * id, which fills the table near us; then every bucket that is not full yet. Where nobody answers the node is `isolated`
 * and tries again with back-off (5 s doubling to 5 minutes, a quarter of it by chance), at once when told of an endpoint
 * or of another network, or when somebody reaches us.
 * A joined node is isolated when its table is empty, or `SILENCES` questions in a row went unanswered over `SILENT_FOR`.
 */
import { type Clock, MINUTE, type Millis, SECOND, type Timer } from '../kernel/clock.ts'
import type { Log } from '../kernel/log.ts'
import type { Endpoint } from '../kernel/network.ts'
import { type Random, shuffled } from '../kernel/random.ts'
import type { Contact } from './contact.ts'
import type { Contacts } from './contacts.ts'
import type { NodePhase } from './dht.ts'
import { Greetings } from './greetings.ts'
import type { LookupRunner } from './lookup-runner.ts'
import type { NodeId } from './node-id.ts'
import type { KademliaNodeOptions } from './node-options.ts'
import { MAX_SAVED_CONTACTS } from './saved-state.ts'

export const FIRST_RETRY: Millis = 5 * SECOND
export const LONGEST_RETRY: Millis = 5 * MINUTE
/** An attempt without an answer ends after this, routers that could not be resolved included. */
export const ATTEMPT_LIMIT: Millis = 30 * SECOND
export const SILENT_FOR: Millis = MINUTE
export const SILENCES = 8
/** Saved contacts that are asked before routers. */
const BEFORE_ROUTERS = 8
/** Of those that were named in greetings, kept for the lookup of our own id. */
const MAX_NAMED = 64
/** Suggestions, and saved contacts that were not needed for joining, that a joined node asks at each tick. */
const GREETED_PER_TICK = 2

export interface JoiningParts {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly contacts: Contacts
  readonly runner: LookupRunner
  readonly options: KademliaNodeOptions
  readonly phaseChanged: () => void
}

export class Joining {
  phase: NodePhase = 'stopped'
  retryAt: Millis | undefined
  private readonly parts: JoiningParts
  private readonly greetings: Greetings
  /** Good contacts of this run or the last one, for when the table has been lost. */
  private remembered: readonly Contact[]
  private named: Contact[] = []
  private timer: Timer | undefined
  private failures = 0
  private isLookingUp = false
  private refreshes: NodeId[] = []
  private attempts = 0
  /** The attempt whose routers have not been found yet; 0 for none. */
  private awaitedRouters = 0

  constructor(parts: JoiningParts) {
    this.parts = parts
    this.remembered = parts.options.saved?.contacts ?? []
    this.greetings = new Greetings(parts.contacts, {
      // Home routers remember each address that is asked: what is not needed for joining comes a little at a time.
      goesOn: () => this.phase === 'joining',
      answered: (_from, nodes) => {
        this.named = [...this.named, ...nodes].slice(-MAX_NAMED)
        this.lookUpSelf()
      },
      exhausted: () => this.failIfAlone(),
    })
  }

  start(): void {
    if (this.phase === 'stopped') this.attempt()
  }

  /** Counts as joined from now on, without having asked anybody. */
  assumeJoined(): void {
    if (this.phase === 'stopped') this.enter('joined')
  }

  stop(): void {
    this.timer?.cancel()
    this.timer = undefined
    this.retryAt = undefined
    this.greetings.reset()
    this.named = []
    this.isLookingUp = false
    this.awaitedRouters = 0
    this.refreshes = []
    this.enter('stopped')
  }

  suggest(endpoints: readonly Endpoint[]): void {
    this.greetings.add(endpoints, true)
    if (this.phase === 'isolated' && this.greetings.waiting > 0) this.attempt()
    else if (this.phase === 'joining') this.greetings.pump()
  }

  /** Begins anew, whatever was tried before. While it lasts a joined node stays joined. */
  again(): void {
    if (this.phase === 'stopped') return
    this.failures = 0
    this.parts.contacts.unanswered = 0
    this.greetings.clear()
    if (this.phase === 'joined') {
      this.greet()
      this.lookUpSelf()
    } else this.attempt()
  }

  /** Somebody has answered: if we were alone, we are not any more. */
  reached(): void {
    if (this.phase === 'joining' || this.phase === 'isolated') this.lookUpSelf()
  }

  /** Looks up our own id, so that we know those near us and they know us. */
  lookUpSelf(): void {
    const { contacts, runner } = this.parts
    if (this.isLookingUp || this.phase === 'stopped') return
    this.isLookingUp = true
    const known = this.named
    this.named = []
    const args = { target: contacts.self.bytes, ...contacts.want }
    const plan = { target: contacts.self, method: 'find_node', args, known } as const
    runner.run(plan, { done: ({ replies }) => this.lookedUpSelf(replies) })
  }

  /** Looks up an id in each bucket that has fewer than k, one after the other. */
  fillBuckets(): void {
    const { contacts, random, options } = this.parts
    if (options.upkeep === false) return
    const { table } = contacts
    const targets = table.refreshTargets(random)
    const isFilling = this.refreshes.length > 0
    this.refreshes = targets.filter((_, depth) => depth < table.homeDepth && table.liveIn(depth) < table.k)
    if (!isFilling) this.fillNext()
  }

  tick(): void {
    if (this.phase !== 'joined') return
    this.greetings.pump(GREETED_PER_TICK)
    if (this.isSilent || this.parts.contacts.table.size === 0) this.failed()
  }

  /** Notes the good contacts while there are any. */
  remember(): void {
    const { contacts, clock } = this.parts
    if (clock.now() - contacts.lastAnswer < SILENT_FOR) this.remembered = this.toSave()
  }

  /** The contacts of the table, then those remembered. */
  toSave(): readonly Contact[] {
    const current = this.parts.contacts.table.snapshot(MAX_SAVED_CONTACTS)
    const { key } = this.parts.contacts.self
    const ids = new Set([key, ...current.map(({ id }) => id.key)])
    const others = this.remembered.filter(({ id }) => !ids.has(id.key))
    return [...current, ...others].slice(0, MAX_SAVED_CONTACTS)
  }

  private attempt(): void {
    const { clock, contacts } = this.parts
    this.timer?.cancel()
    this.retryAt = undefined
    this.enter('joining')
    this.timer = clock.after(ATTEMPT_LIMIT, () => {
      this.awaitedRouters = 0
      this.failIfAlone()
    })
    this.greet()
    if (contacts.table.size > 0) this.lookUpSelf()
    else this.failIfAlone()
  }

  private greet(): void {
    const { random, options } = this.parts
    this.greetings.add(shuffled(random, this.remembered).map(({ endpoint }) => endpoint))
    this.greetings.pump(BEFORE_ROUTERS)
    if (!options.routers) return
    this.attempts++
    const attempt = this.attempts
    this.awaitedRouters = attempt
    options.routers((endpoints) => {
      if (this.awaitedRouters === attempt) this.awaitedRouters = 0
      if (this.phase === 'stopped') return
      this.greetings.add(endpoints, true)
      if (this.phase === 'joining') this.greetings.pump()
      this.failIfAlone()
    })
  }

  /** Ends an attempt in which nobody has answered and nobody is left to ask. */
  private failIfAlone(): void {
    const isOpen = this.isLookingUp || this.awaitedRouters !== 0 || !this.greetings.isIdle
    if (this.phase === 'joining' && !isOpen) this.failed()
  }

  private get isSilent(): boolean {
    const { contacts, clock } = this.parts
    return contacts.unanswered >= SILENCES && clock.now() - contacts.lastAnswer >= SILENT_FOR
  }

  private lookedUpSelf(replies: number): void {
    this.isLookingUp = false
    if (this.phase === 'stopped') return
    if (replies === 0 && (this.parts.contacts.table.size === 0 || this.isSilent)) {
      this.failIfAlone()
      return
    }
    const isNew = this.phase !== 'joined'
    this.failures = 0
    this.timer?.cancel()
    this.retryAt = undefined
    this.enter('joined')
    if (isNew) this.parts.log.write('info', 'joined', { nodes: this.parts.contacts.table.size })
    this.fillBuckets()
  }

  private fillNext(): void {
    const target = this.refreshes.shift()
    if (!target || this.phase === 'stopped') return
    const args = { target: target.bytes, ...this.parts.contacts.want }
    this.parts.runner.run({ target, method: 'find_node', args }, { done: () => this.fillNext() })
  }

  private failed(): void {
    const { clock, random, log } = this.parts
    const pause = Math.min(LONGEST_RETRY, FIRST_RETRY * 2 ** Math.min(this.failures, 10))
    const delay = pause - random.below(Math.ceil(pause / 4))
    this.failures++
    this.timer?.cancel()
    this.timer = clock.after(delay, () => {
      this.greetings.clear()
      this.attempt()
    })
    this.retryAt = clock.now() + delay
    this.enter('isolated')
    log.write('info', 'isolated', { retryIn: delay })
  }

  private enter(phase: NodePhase): void {
    if (this.phase === phase) return
    this.phase = phase
    this.parts.phaseChanged()
  }
}
