/**
 * Asks endpoints of unknown id who they are (find_node for our own id), a few at a time: routers, saved contacts, PORT
 * messages. Whoever answers is noted in the table by `Contacts`, and the nodes it names are handed on.
 * Limits: `MAX_GREETINGS` waiting, `GREETINGS_AT_ONCE` neither answered nor overdue, `MAX_GREETED` remembered so that
 * nobody is asked again and again within one attempt.
 */
import type { Endpoint } from '../kernel/network.ts'
import type { Contact } from './contact.ts'
import type { Contacts } from './contacts.ts'
import { isUsable } from './reach.ts'

export const MAX_GREETINGS = 600
export const GREETINGS_AT_ONCE = 8
export const MAX_GREETED = 1_024

export interface GreetingEvents {
  /** Whether those that wait are asked one after the other; otherwise only when `pump` is called. */
  goesOn(): boolean
  /** Somebody has answered, and named these. */
  answered(from: Contact, nodes: readonly Contact[]): void
  /** Nobody is left to ask and nobody is awaited. */
  exhausted(): void
}

export class Greetings {
  private readonly contacts: Contacts
  private readonly events: GreetingEvents
  private queue: Endpoint[] = []
  private readonly greeted = new Set<string>()
  /** Neither answered nor failed, and of these not overdue. */
  private open = 0
  private awaited = 0

  constructor(contacts: Contacts, events: GreetingEvents) {
    this.contacts = contacts
    this.events = events
  }

  get waiting(): number {
    return this.queue.length
  }

  get isIdle(): boolean {
    return this.open === 0 && this.queue.length === 0
  }

  /** Queues endpoints not asked yet; `first` before those that wait already. */
  add(endpoints: readonly Endpoint[], first = false): void {
    const { host, port } = this.contacts.rpc.local
    const fresh: Endpoint[] = []
    for (const endpoint of endpoints) {
      const key = `${endpoint.host} ${endpoint.port}`
      const isOurs = endpoint.port === port && endpoint.host === host
      if (isOurs || this.greeted.has(key) || !isUsable(endpoint, this.contacts.family)) continue
      if (this.queue.length + fresh.length >= MAX_GREETINGS) break
      if (this.greeted.size >= MAX_GREETED) this.greeted.clear()
      this.greeted.add(key)
      fresh.push(endpoint)
    }
    this.queue = first ? [...fresh, ...this.queue] : [...this.queue, ...fresh]
  }

  /** Asks as many as may be asked now, at most `limit` more. */
  pump(limit = Number.POSITIVE_INFINITY): void {
    for (let left = limit; left > 0 && this.awaited < GREETINGS_AT_ONCE; left--) {
      const endpoint = this.queue.shift()
      if (!endpoint) return
      this.greet(endpoint)
    }
  }

  /** Forgets who waits and who was asked: all may be asked again. */
  clear(): void {
    this.queue = []
    this.greeted.clear()
  }

  /** Forgets everything; the questions under way have been cancelled by whoever owns them. */
  reset(): void {
    this.clear()
    this.open = 0
    this.awaited = 0
  }

  private greet(endpoint: Endpoint): void {
    const { contacts } = this
    this.open++
    this.awaited++
    let isAwaited = true
    const noLongerAwaited = () => {
      if (isAwaited) this.awaited--
      isAwaited = false
    }
    const end = () => {
      noLongerAwaited()
      this.open--
    }
    contacts.askEndpoint(
      endpoint,
      'find_node',
      { target: contacts.self.bytes, ...contacts.want },
      {
        replied: (from, response) => {
          end()
          this.events.answered(from, contacts.nodesIn(response, endpoint))
          this.next()
        },
        failed: () => {
          end()
          this.next()
        },
        stalled: () => {
          noLongerAwaited()
          this.goOn()
        },
      },
    )
  }

  private goOn(): void {
    if (this.events.goesOn()) this.pump()
  }

  private next(): void {
    this.goOn()
    if (this.isIdle) this.events.exhausted()
  }
}
