/** Long work on a thread that others wait for, in pieces. */
import type { Clock, Millis } from '../../kernel/clock.ts'

/** Work that is done before others have their turn: what a single block takes may come on top. */
export const TURN_LIMIT: Millis = 20
/** Steps of it, for clocks that stand still meanwhile. */
export const MAX_STEPS_OF_TURN = 200

export interface TurnParts {
  readonly clock: Pick<Clock, 'now'>
  /** Resolves when whoever else waits on this thread had a turn. */
  readonly pause: () => Promise<void>
}

export class Turn {
  readonly #parts: TurnParts
  #began: Millis
  #steps = 0

  constructor(parts: TurnParts) {
    this.#parts = parts
    this.#began = parts.clock.now()
  }

  /** Call it before each step. Undefined while there is time left, so that a step does not cost a turn of the queue. */
  step(): Promise<void> | undefined {
    this.#steps++
    if (this.#steps <= MAX_STEPS_OF_TURN && this.#parts.clock.now() - this.#began < TURN_LIMIT) return undefined
    return this.#rest()
  }

  async #rest(): Promise<void> {
    await this.#parts.pause()
    this.#began = this.#parts.clock.now()
    this.#steps = 1
  }
}
