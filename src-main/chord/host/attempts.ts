/**
 * Attempts to find hosts of a ring: saved contacts, suggested endpoints and those that `bootstrap` finds are greeted. An attempt is
 * over once nobody is left to be asked, or after `ATTEMPT_LIMIT`; a bootstrap that finds nobody is waited for no longer than
 * `BOOTSTRAP_LIMIT`.
 */
import { type Clock, type Millis, SECOND, type Timer } from '../../kernel/clock.ts'
import type { Endpoint } from '../../kernel/network.ts'
import { type Random, shuffled } from '../../kernel/random.ts'
import type { Greetings } from './greetings.ts'
import type { KnownMembers } from './known-members.ts'
import type { ChordNodeOptions } from './node-options.ts'

export const ATTEMPT_LIMIT: Millis = 15 * SECOND
/** Names may have to be resolved. */
export const BOOTSTRAP_LIMIT: Millis = 3 * SECOND
/** Saved contacts that are greeted in an attempt. */
export const SAVED_GREETED = 32
/** Suggested endpoints that are kept for further attempts, the last ones. */
export const MAX_SUGGESTED = 64

export interface AttemptsParts {
  readonly clock: Clock
  readonly random: Random
  readonly known: KnownMembers
  readonly greetings: Greetings
  readonly bootstrap: ChordNodeOptions['bootstrap']
  /** The attempt that is waited for is over. */
  readonly over: () => void
}

export class Attempts {
  private readonly parts: AttemptsParts
  private suggested: readonly Endpoint[] = []
  private limits: readonly Timer[] = []
  private isWaitedFor = false
  private count = 0
  /** Whether the bootstrap of this attempt has found nobody yet. */
  private awaitsBootstrap = false

  constructor(parts: AttemptsParts) {
    this.parts = parts
  }

  /** Whether one is under way whose end is waited for. */
  get isOpen(): boolean {
    return this.isWaitedFor
  }

  /** @returns whether somebody is greeted who was not lately */
  suggest(endpoints: readonly Endpoint[]): boolean {
    this.suggested = [...endpoints, ...this.suggested].slice(0, MAX_SUGGESTED)
    return this.parts.greetings.add(endpoints) > 0
  }

  /** Keeps them for the next attempt. */
  note(endpoints: readonly Endpoint[]): void {
    this.suggested = [...endpoints, ...this.suggested].slice(0, MAX_SUGGESTED)
  }

  /** Greets all anew. `over` follows, never from within, where that `isWaitedFor` and nothing ends it before. */
  begin(isWaitedFor: boolean): void {
    const { clock, random, known, greetings, bootstrap } = this.parts
    this.end()
    this.isWaitedFor = isWaitedFor
    this.count += 1
    const attempt = this.count
    this.awaitsBootstrap = bootstrap !== undefined
    const bootstrapOver = () => {
      if (this.count !== attempt || !this.awaitsBootstrap) return
      this.awaitsBootstrap = false
      this.concludeIfIdle()
    }
    this.limits = [clock.after(ATTEMPT_LIMIT, () => this.conclude()), clock.after(BOOTSTRAP_LIMIT, bootstrapOver)]
    greetings.clear()
    const saved = shuffled(random, known.toSave).slice(0, SAVED_GREETED)
    greetings.add(saved.map(({ endpoint }) => endpoint))
    greetings.add(this.suggested)
    bootstrap?.((endpoints) => {
      if (this.count !== attempt) return
      greetings.add(endpoints)
      clock.after(0, bootstrapOver)
    })
    clock.after(0, () => this.concludeIfIdle())
  }

  /** Nobody waits for it any more. */
  end(): void {
    for (const limit of this.limits) limit.cancel()
    this.limits = []
    this.isWaitedFor = false
  }

  /** No greeting is under way any more. */
  greetedAll(): void {
    this.concludeIfIdle()
  }

  private concludeIfIdle(): void {
    if (!this.awaitsBootstrap && this.parts.greetings.isIdle) this.conclude()
  }

  private conclude(): void {
    if (!this.isWaitedFor) return
    this.end()
    this.parts.over()
  }
}
