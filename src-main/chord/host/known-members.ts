/**
 * Members of other hosts that this host knows: those that have answered it, and hearsay. Where a client's lookups begin, whom a
 * joiner asks, and what is kept for the next run.
 *
 * Limits: `MAX_ANSWERED` that have answered: of the host that has most, the one heard longest ago goes first, so that a few
 * hosts with all their 64 places drive out nobody else; `MAX_SAVED_OF_HOST` of one host are kept for the next run. `MAX_HEARSAY`
 * others, at most `MAX_TOLD_OF_HOST` of one host, of which the oldest goes first. Who misses `MISSES_ALLOWED` times in a row is
 * forgotten.
 */
import type { Millis } from '../../kernel/clock.ts'
import type { Endpoint } from '../../kernel/network.ts'
import type { ChordContact } from '../contact.ts'
import { compareIds, type RingId } from '../ring-id.ts'

export const MAX_ANSWERED = 200
export const MAX_SAVED_OF_HOST = 4
export const MAX_HEARSAY = 64
export const MAX_TOLD_OF_HOST = 4
export const MISSES_ALLOWED = 2

export interface AnsweredMember {
  readonly contact: ChordContact
  readonly heardAt: Millis
}

interface Answered {
  readonly contact: ChordContact
  heardAt: Millis
  misses: number
}

export class KnownMembers {
  /** By identifier, heard last at the end. */
  private readonly answered = new Map<string, Answered>()
  private readonly hearsay = new Map<string, ChordContact>()
  /** Of the last run, until they are heard. */
  private readonly remembered: readonly ChordContact[]

  constructor(remembered: readonly ChordContact[] = []) {
    this.remembered = remembered.slice(0, MAX_ANSWERED)
  }

  get isEmpty(): boolean {
    return this.answered.size === 0 && this.hearsay.size === 0
  }

  /** Heard last first. */
  get heardMembers(): readonly AnsweredMember[] {
    return [...this.answered.values()].reverse()
  }

  /** Those that have not answered yet. */
  get told(): readonly ChordContact[] {
    return [...this.hearsay.values()]
  }

  /** Those that have answered, then those of the last run. */
  get toSave(): readonly ChordContact[] {
    const current = this.heardMembers.map(({ contact }) => contact)
    const others = this.remembered.filter(({ id }) => !this.answered.has(id.key))
    const ofHost = new Map<string, number>()
    const isOneOfFew = ({ endpoint: { host } }: ChordContact) => {
      ofHost.set(host, (ofHost.get(host) ?? 0) + 1)
      return (ofHost.get(host) as number) <= MAX_SAVED_OF_HOST
    }
    return [...current, ...others].filter(isOneOfFew).slice(0, MAX_ANSWERED)
  }

  /** Somebody says that it is there. */
  tell(contact: ChordContact): void {
    const { key } = contact.id
    if (this.answered.has(key) || this.hearsay.has(key)) return
    const ofHost = [...this.hearsay.values()].filter(({ endpoint }) => endpoint.host === contact.endpoint.host)
    if (ofHost.length >= MAX_TOLD_OF_HOST) return
    this.hearsay.set(key, contact)
    if (this.hearsay.size > MAX_HEARSAY) this.hearsay.delete(this.hearsay.keys().next().value as string)
  }

  /** It has answered us itself. */
  heard(contact: ChordContact, now: Millis): void {
    const { key } = contact.id
    this.hearsay.delete(key)
    this.answered.delete(key)
    this.answered.set(key, { contact, heardAt: now, misses: 0 })
    if (this.answered.size > MAX_ANSWERED) this.answered.delete(this.leastMissed())
  }

  /** Of the host that has most, the one heard longest ago; of hosts that have as many, the one of them heard longest ago. */
  private leastMissed(): string {
    const ofHost = new Map<string, { first: string; count: number }>()
    let most = { first: '', count: 0 }
    for (const [key, { contact }] of this.answered) {
      const { host } = contact.endpoint
      const own = ofHost.get(host) ?? { first: key, count: 0 }
      own.count += 1
      ofHost.set(host, own)
    }
    for (const own of ofHost.values()) if (own.count > most.count) most = own
    return most.first
  }

  /** It has not answered. */
  missed({ id }: ChordContact): void {
    this.hearsay.delete(id.key)
    const known = this.answered.get(id.key)
    if (!known) return
    known.misses += 1
    if (known.misses >= MISSES_ALLOWED) this.answered.delete(id.key)
  }

  /** Its host says that there is no such member. */
  forget({ id }: ChordContact): void {
    this.hearsay.delete(id.key)
    this.answered.delete(id.key)
  }

  /** Everybody: another network, or other places. */
  clear(): void {
    this.hearsay.clear()
    this.answered.clear()
  }

  /** When this member last answered from this endpoint; undefined where it has not. */
  heardAt({ id, endpoint }: ChordContact): Millis | undefined {
    const known = this.answered.get(id.key)
    return known && isSame(known.contact.endpoint, endpoint) ? known.heardAt : undefined
  }

  /** A member at this endpoint that has answered. */
  memberAt(endpoint: Endpoint): ChordContact | undefined {
    for (const { contact } of this.answered.values()) if (isSame(contact.endpoint, endpoint)) return contact
    return undefined
  }

  /** With whom a lookup of `target` may begin: at most `n`, those nearest before it, the ones that have answered first. */
  toBegin(target: RingId, n: number): ChordContact[] {
    const certain = nearestBefore(
      target,
      [...this.answered.values()].map(({ contact }) => contact),
      n,
    )
    return certain.length >= n
      ? certain
      : [...certain, ...nearestBefore(target, [...this.hearsay.values()], n - certain.length)]
  }
}

function isSame(a: Endpoint, b: Endpoint): boolean {
  return a.host === b.host && a.port === b.port
}

function nearestBefore(target: RingId, contacts: readonly ChordContact[], n: number): ChordContact[] {
  return contacts
    .map((contact) => ({ contact, distance: contact.id.distanceTo(target) }))
    .sort((a, b) => compareIds(a.distance, b.distance))
    .slice(0, n)
    .map(({ contact }) => contact)
}
