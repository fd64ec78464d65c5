/** What several tests of the swarm's parts need. */
import type { Random } from '../../kernel/random.ts'

/** A seeded source of random numbers (mulberry32). */
export class SeededRandom implements Random {
  private state: number

  constructor(seed: number) {
    this.state = seed >>> 0
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256))
  }

  below(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0
    let t = this.state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000) * limit)
  }
}

/** Runs of a property test: few each time, many when asked for. */
export function runs(few: number): { seed: number; numRuns: number } {
  return { seed: 20_260_801, numRuns: process.env.SHOAL_LONG === '1' ? few * 50 : few }
}
