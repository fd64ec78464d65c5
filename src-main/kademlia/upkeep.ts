/**
 * Keeps a node fresh, one small step every `TICK`: asks the entry that has been left alone for longest, looks up an id in
 * a bucket that has not changed for 15 minutes, looks up our own id every half hour and soon after a neighbour was lost,
 * lets old stores expire, takes another id where it must. The first tick comes at random, so that nodes started together
 * do not work together.
 */
import { type Clock, MINUTE, type Millis, SECOND, type Timer } from '../kernel/clock.ts'
import type { Random } from '../kernel/random.ts'
import type { Contacts } from './contacts.ts'
import type { Joining } from './joining.ts'
import type { LookupRunner } from './lookup-runner.ts'
import { commonPrefixLength, ID_BITS, randomIdWithPrefix } from './node-id.ts'

export const TICK: Millis = 5 * SECOND
/** An entry that has answered or been asked within this time is left alone. */
export const FRESH_FOR: Millis = 5 * MINUTE
export const SELF_LOOKUP_EVERY: Millis = 30 * MINUTE
export const SELF_LOOKUP_AFTER_LOSS: Millis = 2 * MINUTE
const SWEEP_EVERY: Millis = MINUTE

export interface UpkeepParts {
  readonly clock: Clock
  readonly random: Random
  readonly contacts: Contacts
  readonly joining: Joining
  readonly runner: LookupRunner
  /** Whether the table asks questions of its own. */
  readonly refreshes: boolean
  /** Takes another id where it must. */
  readonly renewId: () => void
  /** Forgets what has expired. */
  readonly expire: () => void
}

export class Upkeep {
  private readonly parts: UpkeepParts
  private timer: Timer | undefined
  private lastSelfLookup: Millis
  private lastSweep: Millis
  private hasLostNeighbour = false
  private isRefreshing = false
  /** No entry is stale before that, as far as is known when so many questions had gone unanswered. */
  private freshUntil: Millis = 0
  private silencesSeen = 0

  constructor(parts: UpkeepParts) {
    this.parts = parts
    this.lastSelfLookup = parts.clock.now()
    this.lastSweep = parts.clock.now()
  }

  start(): void {
    const { clock, random } = this.parts
    this.isRefreshing = false
    this.lastSelfLookup = clock.now()
    this.timer = clock.after(1 + random.below(TICK), () => {
      this.tick()
      this.timer = clock.every(TICK, () => this.tick())
    })
  }

  stop(): void {
    this.timer?.cancel()
    this.timer = undefined
  }

  lostNeighbour(): void {
    this.hasLostNeighbour = true
  }

  private tick(): void {
    const { contacts, joining, clock, renewId } = this.parts
    const now = clock.now()
    joining.tick()
    contacts.tick()
    renewId()
    if (now - this.lastSweep >= SWEEP_EVERY) {
      this.lastSweep = now
      if (this.parts.refreshes) joining.remember()
      this.parts.expire()
    }
    if (!this.parts.refreshes || joining.phase !== 'joined') return
    this.askStalest(now)
    this.refreshBucket(now)
    const every = this.hasLostNeighbour ? SELF_LOOKUP_AFTER_LOSS : SELF_LOOKUP_EVERY
    if (now - this.lastSelfLookup < every) return
    this.lastSelfLookup = now
    this.hasLostNeighbour = false
    joining.lookUpSelf()
  }

  /** Asks it for a random id of its own bucket: whoever it names there may fill that. One that has failed is asked again at once. */
  private askStalest(now: Millis): void {
    const { contacts, random } = this.parts
    // Entries only become fresher, unless one has failed.
    if (now < this.freshUntil && contacts.silences === this.silencesSeen) return
    const entry = contacts.table.stalest()
    if (!entry) return
    const due = Math.max(entry.lastReply, entry.lastSent) + (entry.fails > 0 ? TICK : FRESH_FOR)
    this.freshUntil = entry.fails > 0 ? now : due
    this.silencesSeen = contacts.silences
    if (now < due) return
    const { contact } = entry
    const shared = commonPrefixLength(contacts.self, contact.id)
    const target = randomIdWithPrefix(contact.id, Math.min(ID_BITS, shared + 1), random)
    contacts.ask(
      contact,
      'find_node',
      { target: target.bytes },
      {
        replied: (response) => {
          for (const named of contacts.nodesIn(response, contact.endpoint)) contacts.consider(named)
        },
        failed() {},
      },
    )
  }

  private refreshBucket(now: Millis): void {
    const { contacts, random, runner } = this.parts
    const target = this.isRefreshing ? undefined : contacts.table.refreshTarget(now, random)
    if (!target) return
    this.isRefreshing = true
    const plan = { target, method: 'find_node', args: { target: target.bytes, ...contacts.want } } as const
    runner.run(plan, {
      done: () => {
        this.isRefreshing = false
      },
    })
  }
}
