/** Selfish mining: blocks held back and shown when they hurt, by the strategy of Eyal and Sirer, against honest miners. */
import type { SeededRandom } from '../../simulation/random.ts'
import { selfishRevenue } from './formulas.ts'

export interface SelfishRow {
  /** Of all hashing, the selfish miner's. */
  readonly share: number
  /** In a tie, part of the honest miners that work on the selfish miner's block. */
  readonly gamma: number
  readonly blocks: number
  /** Part of the blocks of the best chain that are the selfish miner's; with an honest one this is `share`. */
  readonly revenue: number
  readonly published: number
  /** Part of all blocks that ended beside the best chain. */
  readonly stale: number
}

export interface SelfishOptions {
  readonly share: number
  readonly gamma: number
  /** Blocks that are found, by all. */
  readonly blocks: number
}

export function measureSelfish(options: SelfishOptions, random: SeededRandom): SelfishRow {
  const { share, gamma, blocks } = options
  const race = new SelfishRace(gamma, random)
  for (let n = 0; n < blocks; n++) {
    if (random.chance(share)) race.selfishFinds()
    else race.honestFinds()
  }
  race.end()
  const { selfish, honest } = race
  const inChain = selfish + honest
  return {
    ...options,
    revenue: selfish / inChain,
    published: selfishRevenue(share, gamma),
    stale: 1 - inChain / blocks,
  }
}

/** The two branches since the last block that both sides have, and who got the blocks that are settled. */
class SelfishRace {
  selfish = 0
  honest = 0
  /** Blocks of the selfish miner's branch; those of the honest one since the fork. */
  #secret = 0
  #open = 0
  readonly #gamma: number
  readonly #random: SeededRandom

  constructor(gamma: number, random: SeededRandom) {
    this.#gamma = gamma
    this.#random = random
  }

  selfishFinds(): void {
    this.#secret++
    // It was a tie of one block each: with the second one shown at once the selfish branch has won.
    if (this.#open === 1 && this.#secret === 2) this.#settle(2, 0)
  }

  honestFinds(): void {
    if (this.#secret === 0) {
      this.honest++
      return
    }
    if (this.#open === 1 && this.#secret === 1) {
      // In a tie an honest block decides for the branch that it was found on.
      const onSelfish = this.#random.chance(this.#gamma)
      this.#settle(onSelfish ? 1 : 0, onSelfish ? 1 : 2)
      return
    }
    this.#open++
    const lead = this.#secret - this.#open
    // A lead of one: everything is shown, and the honest branch is left by all.
    if (lead === 1) this.#settle(this.#secret, 0)
  }

  /** What is still held back is shown; of a tie nobody knows, and it is not counted. */
  end(): void {
    if (this.#secret > this.#open) this.selfish += this.#secret
  }

  #settle(selfish: number, honest: number): void {
    this.selfish += selfish
    this.honest += honest
    this.#secret = 0
    this.#open = 0
  }
}
