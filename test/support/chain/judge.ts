/**
 * What our own rules say of a block at the end of a chain that is all in memory: the pure parts of consensus in their order,
 * with no store and no threads between them.
 */

import { type Coin, outpointKey } from '../../../src-main/chain/coins/coin.ts'
import { blockFault, contextualBlockFault } from '../../../src-main/chain/consensus/block-rules.ts'
import { connectBlock, isBip30Needed, isBlockFault } from '../../../src-main/chain/consensus/connect-block.ts'
import { type HeaderAncestry, headerFault, medianTime } from '../../../src-main/chain/consensus/header-rules.ts'
import type { ChainNetwork } from '../../../src-main/chain/consensus/network.ts'
import type { Block } from '../../../src-main/chain/primitives/block.ts'
import type { BlockHeader } from '../../../src-main/chain/primitives/header.ts'
import { targetFromBits } from '../../../src-main/chain/primitives/target.ts'
import { ScriptError } from '../../../src-main/chain/script/script-error.ts'
import { DirectChecks } from '../../../src-main/chain/script/signature-checks.ts'
import { verifyInput } from '../../../src-main/chain/script/verify-input.ts'
import type { SignatureVerifier } from '../../../src-main/kernel/signature-verifier.ts'

const MEDIAN_BLOCKS = 11

export class Judge {
  readonly #network: ChainNetwork
  readonly #verifier: SignatureVerifier
  /** Seconds since 1970. */
  readonly #now: number
  /** By height. */
  readonly #headers: BlockHeader[]
  readonly #coins = new Map<string, Coin>()

  constructor(network: ChainNetwork, verifier: SignatureVerifier, now: number) {
    this.#network = network
    this.#verifier = verifier
    this.#now = now
    this.#headers = [network.genesis.header]
  }

  /** Takes the next block. @returns the reason against it, or undefined: then it is the tip */
  take(block: Block): string | undefined {
    const outcome = this.#connect(block)
    if (typeof outcome === 'string') return outcome
    for (const [key, coin] of outcome) {
      if (coin) this.#coins.set(key, coin)
      else this.#coins.delete(key)
    }
    this.#headers.push(block.header)
    return undefined
  }

  /** The reason against a block as the next one, or undefined. Nothing changes. */
  reasonAgainst(block: Block): string | undefined {
    const outcome = this.#connect(block)
    return typeof outcome === 'string' ? outcome : undefined
  }

  #connect(block: Block): ReadonlyMap<string, Coin | undefined> | string {
    const network = this.#network
    const height = this.#headers.length
    const medianTimePast = this.#medianAt(height - 1)
    const fault =
      headerFault(block.header, this.#ancestry(), network, this.#now) ??
      blockFault(block) ??
      contextualBlockFault(block, { height, medianTimePast, network })
    if (fault) return fault.reason
    const effects = connectBlock(block, {
      network,
      height,
      medianTimePast,
      coins: { coin: (outpoint) => this.#coins.get(outpointKey(outpoint)) },
      medianTimePastAt: (at) => this.#medianAt(at),
      isBip30Needed: isBip30Needed(network, height),
    })
    if (isBlockFault(effects)) return effects.reason
    const checks = new DirectChecks(this.#verifier)
    try {
      for (const spend of effects.spends()) verifyInput(spend, effects.flags, checks)
    } catch (error) {
      if (error instanceof ScriptError) return `mandatory-script-verify-flag-failed (${error.fault.code})`
      throw error
    }
    return effects.coins
  }

  #ancestry(): HeaderAncestry {
    const headers = this.#headers
    const back = (count: number) => headers[headers.length - 1 - count] as BlockHeader
    return {
      height: headers.length - 1,
      time: (count) => back(count).time,
      target: (count) => targetFromBits(back(count).bits) as bigint,
      medianTimePast: () => this.#medianAt(headers.length - 1),
    }
  }

  #medianAt(height: number): number {
    const from = Math.max(0, height - MEDIAN_BLOCKS + 1)
    return medianTime(this.#headers.slice(from, height + 1).map(({ time }) => time))
  }
}
