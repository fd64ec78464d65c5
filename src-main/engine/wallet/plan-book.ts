/**
 * Plans that a person was shown, under a number, until they are signed: at most `MAX_PLANS`, none for longer than
 * `PLAN_LIFE`. One is taken once.
 */
import { MINUTE, type Millis } from '../../kernel/clock.ts'

export const MAX_PLANS = 20
export const PLAN_LIFE: Millis = 10 * MINUTE

interface Kept<Plan> {
  readonly plan: Plan
  readonly at: Millis
}

export class PlanBook<Plan> {
  readonly #plans = new Map<number, Kept<Plan>>()
  #nextId = 1

  /** @returns the number that it is kept under */
  keep(plan: Plan, now: Millis): number {
    const id = this.#nextId++
    this.#plans.set(id, { plan, at: now })
    for (const oldest of this.#plans.keys()) {
      if (this.#plans.size <= MAX_PLANS) break
      this.#plans.delete(oldest)
    }
    return id
  }

  /** Undefined where it is unknown, too old or one of the least recent of too many. */
  find(id: number, now: Millis): Plan | undefined {
    const kept = this.#plans.get(id)
    return kept && now - kept.at < PLAN_LIFE ? kept.plan : undefined
  }

  remove(id: number): void {
    this.#plans.delete(id)
  }

  clear(): void {
    this.#plans.clear()
  }
}
