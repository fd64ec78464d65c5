/**
 * From which block on a transaction may stand in a block: by its locktime, and by the age of what it spends (BIP 68).
 * For the mempool both are asked for the block after the tip.
 */
import { SEQUENCE_FINAL, type TransactionFields } from '../primitives/transaction.ts'
import {
  LOCK_TIME_THRESHOLD,
  SEQUENCE_DISABLE_FLAG,
  SEQUENCE_TYPE_FLAG,
  SEQUENCE_VALUE_MASK,
} from '../script/spend-checker.ts'

/** Relative locktimes by time count in units of 512 seconds: as a shift. */
const SEQUENCE_TIME_SHIFT = 9
/** Transactions of lower versions, read as unsigned, know no relative locktimes. */
const MIN_SEQUENCE_VERSION = 2

/** The first block in which a transaction may stand by the age of its coins. */
export interface SequenceLocks {
  /** Its height, at least. */
  readonly height: number
  /** The median time past of its parent, at least; seconds. */
  readonly time: number
}

const UNLOCKED: SequenceLocks = { height: 0, time: 0 }

/**
 * Whether the locktime of a transaction is over in the block at `height`. `time` in seconds: the median time past of its
 * parent where BIP 113 is in force, else the block's own.
 */
export function isFinal({ lockTime, inputs }: TransactionFields, height: number, time: number): boolean {
  if (lockTime === 0 || lockTime < (lockTime < LOCK_TIME_THRESHOLD ? height : time)) return true
  return inputs.every(({ sequence }) => sequence === SEQUENCE_FINAL)
}

/**
 * BIP 68. `coins`: what the inputs spend, in order, with the height of the block that made each; for those in the mempool the
 * height of the next block. `medianTimePastAt`: of the block at a height.
 */
export function sequenceLocks(
  { version, inputs }: TransactionFields,
  coins: readonly { readonly height: number }[],
  medianTimePastAt: (height: number) => number,
): SequenceLocks {
  if (version >>> 0 < MIN_SEQUENCE_VERSION) return UNLOCKED
  let height = 0
  let time = 0
  for (const [i, { sequence }] of inputs.entries()) {
    if ((sequence & SEQUENCE_DISABLE_FLAG) !== 0) continue
    const coin = coins[i]
    if (coin === undefined) throw new RangeError(`no coin for input ${i}`)
    const value = sequence & SEQUENCE_VALUE_MASK
    if ((sequence & SEQUENCE_TYPE_FLAG) === 0) height = Math.max(height, coin.height + value)
    else time = Math.max(time, medianTimePastAt(Math.max(coin.height - 1, 0)) + (value << SEQUENCE_TIME_SHIFT))
  }
  return { height, time }
}

/** Whether a transaction with these locks may stand in the block at `height` whose parent has `medianTimePast`. */
export function areSequenceLocksOver(locks: SequenceLocks, height: number, medianTimePast: number): boolean {
  return height >= locks.height && medianTimePast >= locks.time
}
