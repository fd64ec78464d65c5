/** Targets and works of bits, worked out once: headers that follow each other mostly have the same bits or a few. */
import { targetFromBits, workOfTarget } from '../primitives/target.ts'

/** Targets remembered; a power of two. */
const REMEMBERED = 64

interface Known {
  readonly bits: number
  /** 0 where the bits stand for no valid target. */
  readonly target: bigint
  readonly work: bigint
}

export class TargetMemory {
  readonly #known = new Array<Known | undefined>(REMEMBERED)

  /** 0 where `bits` stand for no valid target. */
  targetOf(bits: number): bigint {
    return this.#of(bits).target
  }

  /** 0 where `bits` stand for no valid target. */
  workOf(bits: number): bigint {
    return this.#of(bits).work
  }

  #of(bits: number): Known {
    const place = (bits ^ (bits >>> 8)) & (REMEMBERED - 1)
    const known = this.#known[place]
    if (known?.bits === bits) return known
    const found = targetFromBits(bits)
    const target = typeof found === 'bigint' ? found : 0n
    const made: Known = { bits, target, work: target > 0n ? workOfTarget(target) : 0n }
    this.#known[place] = made
    return made
  }
}
