/**
 * Numbers that tell what came in after what, from run to run without a file: they begin with the time. A wallet that asks
 * for what came after its last call asks rightly also after a restart.
 */
import type { Clock } from '../../kernel/clock.ts'

/** More than come in within a millisecond for long. */
const NUMBERS_OF_MILLISECOND = 1_000

/** Exact until the year 2255. */
export function firstSequenceAt(clock: Pick<Clock, 'wallTime'>): number {
  return Math.floor(clock.wallTime()) * NUMBERS_OF_MILLISECOND
}
