/**
 * Asks endpoints that may be hosts of a ring who they know (`hello`). What they name is hearsay; that they have answered makes
 * their own members known.
 *
 * Limits: `GREETED_AT_ONCE` questions under way, `MAX_WAITING` endpoints in line (what comes beyond is dropped), nobody again
 * within `GREETED_AGAIN`, and who answers that it does not know what is asked not within `LEFT_ALONE_FOR`; `MAX_GREETED`
 * remembered for either.
 */
import { type Clock, HOUR, MINUTE, type Millis } from '../../kernel/clock.ts'
import { type Endpoint, formatEndpoint } from '../../kernel/network.ts'
import type { ChordContact } from '../contact.ts'
import type { HostPort } from '../host-messages.ts'

export const GREETED_AT_ONCE = 8
export const MAX_WAITING = 64
export const GREETED_AGAIN: Millis = MINUTE
export const LEFT_ALONE_FOR: Millis = HOUR
export const MAX_GREETED = 512

export interface GreetingsParts {
  readonly port: HostPort
  readonly clock: Pick<Clock, 'now'>
  readonly admits: (endpoint: Endpoint) => boolean
  /** `members` as told, those of the host itself among them; `group` tells this answer from others. */
  readonly answered: (from: Endpoint, members: readonly ChordContact[], group: number) => void
  /** Nobody is left to be asked or waited for. */
  readonly idle: () => void
}

export class Greetings {
  private readonly parts: GreetingsParts
  private readonly waiting = new Map<string, Endpoint>()
  /** When each was greeted last, the longest ago first. */
  private readonly greetedAt = new Map<string, Millis>()
  /** Since when each is known to be no host of a ring, the longest ago first. */
  private readonly strangers = new Map<string, Millis>()
  private open = 0
  private answers = 0
  /** What was asked before is not counted any more. */
  private generation = 0

  constructor(parts: GreetingsParts) {
    this.parts = parts
  }

  get isIdle(): boolean {
    return this.open === 0 && this.waiting.size === 0
  }

  /** @returns how many of them are to be asked */
  add(endpoints: readonly Endpoint[]): number {
    const { clock, admits } = this.parts
    let taken = 0
    for (const endpoint of endpoints) {
      if (this.waiting.size >= MAX_WAITING) break
      const name = formatEndpoint(endpoint)
      const at = this.greetedAt.get(name)
      const isRecent = at !== undefined && clock.now() - at < GREETED_AGAIN
      if (isRecent || this.isStranger(name) || this.waiting.has(name) || !admits(endpoint)) continue
      this.waiting.set(name, endpoint)
      taken += 1
    }
    this.pump()
    return taken
  }

  /** A new attempt: everybody may be asked again, and what is under way is not waited for. */
  clear(): void {
    this.waiting.clear()
    this.greetedAt.clear()
    this.open = 0
    this.generation += 1
  }

  private isStranger(name: string): boolean {
    const since = this.strangers.get(name)
    return since !== undefined && this.parts.clock.now() - since < LEFT_ALONE_FOR
  }

  private noteStranger(name: string): void {
    this.strangers.delete(name)
    this.strangers.set(name, this.parts.clock.now())
    if (this.strangers.size > MAX_GREETED) this.strangers.delete(this.strangers.keys().next().value as string)
  }

  private pump(): void {
    for (const [name, endpoint] of this.waiting) {
      if (this.open >= GREETED_AT_ONCE) return
      this.waiting.delete(name)
      this.greet(name, endpoint)
    }
  }

  private greet(name: string, endpoint: Endpoint): void {
    const { port, clock, answered, idle } = this.parts
    this.greetedAt.delete(name)
    this.greetedAt.set(name, clock.now())
    if (this.greetedAt.size > MAX_GREETED) this.greetedAt.delete(this.greetedAt.keys().next().value as string)
    this.open += 1
    const { generation } = this
    const over = () => {
      if (this.generation !== generation) return
      this.open -= 1
      this.pump()
      if (this.isIdle) idle()
    }
    port.ask(
      endpoint,
      { kind: 'hello' },
      {
        answered: (answer) => {
          this.answers += 1
          if (answer.kind === 'hello') answered(endpoint, answer.members, this.answers)
          else this.noteStranger(name)
          over()
        },
        missed: over,
      },
    )
  }
}
