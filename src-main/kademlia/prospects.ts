/**
 * Those that may enter the routing table once they have answered. Who asks us, or is named by others, is asked when the
 * table has a place for it. One that asked us first may answer only because its home router still lets us in: it is asked
 * again once it has been silent for `MAPPING_LIFE`, and is named to nobody if it fails then.
 * Limits: `MAX_PROSPECTS` waiting, as many on trial, `PROSPECTS_PER_TICK`, `MAX_CHECKS` questions of this class's own under way,
 * `MAX_INVITED` where a newcomer is asked.
 */
import { type Clock, type Millis, SECOND } from '../kernel/clock.ts'
import type { Contact } from './contact.ts'
import type { Contacts } from './contacts.ts'

export const MAX_PROSPECTS = 64
export const PROSPECTS_PER_TICK = 16
export const MAX_CHECKS = 32
/** So many of these may be to newcomers: forged ones, who never answer, must not take the places of what the table has to ask. */
export const MAX_INVITED = 24
export const MAPPING_LIFE: Millis = 90 * SECOND

interface Prospect {
  readonly contact: Contact
  readonly hasAsked: boolean
}

export class Prospects {
  private readonly clock: Clock
  private readonly contacts: Contacts
  private readonly queue = new Map<string, Prospect>()
  /** Those that were asked because they had asked us, each with when to look at it again. */
  private readonly trials = new Map<string, { readonly contact: Contact; due: Millis }>()
  /** No trial is due before. */
  private trialsDue: Millis = Infinity
  /** How many may still be asked before the next tick. */
  private allowance = PROSPECTS_PER_TICK
  private readonly checking = new Set<string>()

  constructor(clock: Clock, contacts: Contacts) {
    this.clock = clock
    this.contacts = contacts
  }

  /** Those that wait for a question. */
  get waiting(): number {
    return this.queue.size
  }

  /** A contact that we have heard of, or (`hasAsked`) from: asked now or at one of the next ticks. */
  consider(contact: Contact, hasAsked: boolean): void {
    if (!this.contacts.table.wants(contact, this.clock.now())) return
    const { key } = contact.id
    if (this.queue.has(key) || this.checking.has(key)) return
    if (this.mayInvite) this.invite(contact, hasAsked)
    else if (this.queue.size < MAX_PROSPECTS) this.queue.set(key, { contact, hasAsked })
  }

  /** Asks those that wait, a few at a time, and those whose trial is due. */
  tick(): void {
    const now = this.clock.now()
    this.allowance = PROSPECTS_PER_TICK
    for (const [key, { contact, hasAsked }] of this.queue) {
      if (!this.mayInvite) break
      this.queue.delete(key)
      if (this.contacts.table.wants(contact, now)) this.invite(contact, hasAsked)
    }
    if (this.trialsDue <= now) this.endTrials()
  }

  /** Asks whether it is still there; the table is told. */
  check(contact: Contact, then?: () => void): void {
    const { key } = contact.id
    if (this.checking.size >= MAX_CHECKS || this.checking.has(key)) return
    this.checking.add(key)
    const end = () => {
      this.checking.delete(key)
    }
    const replied = () => {
      end()
      then?.()
    }
    this.contacts.ask(contact, 'ping', {}, { replied, failed: end })
  }

  /** Our id has changed: what waits was wanted by the table around the old one. */
  clear(): void {
    this.queue.clear()
  }

  /** Forgets everything; the questions under way have been cancelled by whoever owns them. */
  stop(): void {
    this.queue.clear()
    this.trials.clear()
    this.checking.clear()
  }

  private get mayInvite(): boolean {
    return this.allowance > 0 && this.checking.size < MAX_INVITED
  }

  private invite(contact: Contact, hasAsked: boolean): void {
    this.allowance--
    this.check(contact, () => {
      if (!hasAsked || this.trials.size >= MAX_PROSPECTS) return
      const due = this.clock.now() + MAPPING_LIFE
      this.trials.set(contact.id.key, { contact, due })
      this.trialsDue = Math.min(this.trialsDue, due)
    })
  }

  /** Asks those once more that have been silent for long enough. */
  private endTrials(): void {
    const now = this.clock.now()
    this.trialsDue = Infinity
    for (const [key, trial] of this.trials) {
      if (trial.due <= now) {
        const entry = this.contacts.table.get(trial.contact.id)
        trial.due = entry ? Math.max(entry.lastReply, entry.lastQuery, entry.lastSent) + MAPPING_LIFE : now
        if (trial.due <= now) {
          this.trials.delete(key)
          if (entry) this.check(trial.contact)
          continue
        }
      }
      this.trialsDue = Math.min(this.trialsDue, trial.due)
    }
  }
}
