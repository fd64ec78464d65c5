/**
 * One branch of a chain in memory, checked by every rule in the plainest way: no caches, no store, all coins in one map.
 * Makes valid blocks for tests, and says of others what is wrong with them.
 */
import { createSignatureVerifier } from '../../host/signature-verifier.ts'
import { bytesEqual } from '../../kernel/bytes.ts'
import { type Coin, type CoinSource, outpointKey } from '../coins/coin.ts'
import { type BlockFault, invalid } from '../consensus/block-fault.ts'
import { blockFault, contextualBlockFault } from '../consensus/block-rules.ts'
import {
  type BlockEffects,
  connectBlock,
  disconnectBlock,
  isBip30Needed,
  isBlockFault,
} from '../consensus/connect-block.ts'
import { type HeaderAncestry, headerFault, MEDIAN_TIME_BLOCKS, medianTime } from '../consensus/header-rules.ts'
import type { ChainNetwork } from '../consensus/network.ts'
import { networks } from '../consensus/networks.ts'
import type { Block } from '../primitives/block.ts'
import type { BlockHeader } from '../primitives/header.ts'
import { targetFromBits } from '../primitives/target.ts'
import type { Outpoint, Transaction } from '../primitives/transaction.ts'
import { ScriptError } from '../script/script-error.ts'
import type { ScriptFlags } from '../script/script-flags.ts'
import { DirectChecks } from '../script/signature-checks.ts'
import type { Spend } from '../script/spend-checker.ts'
import { verifyInput } from '../script/verify-input.ts'
import { type BlockParts, buildBlock } from './block-builder.ts'
import { coinOf, type OwnedCoin, type TestKey } from './test-keys.ts'

const checks = new DirectChecks(createSignatureVerifier())

export class TestChain implements CoinSource {
  readonly network: ChainNetwork
  /** What `headerFault` takes for the time, seconds. */
  now = Infinity
  readonly #blocks: Block[]
  readonly #spent: (readonly (readonly Coin[])[])[]
  readonly #coins: Map<string, Coin>

  constructor(network: ChainNetwork = networks.local, from?: TestChain) {
    this.network = network
    this.#blocks = from ? [...from.#blocks] : [network.genesis]
    this.#spent = from ? [...from.#spent] : [[]]
    this.#coins = new Map(from ? from.#coins : [])
  }

  /** Of the tip; genesis is 0. */
  get height(): number {
    return this.#blocks.length - 1
  }

  get tip(): Block {
    return this.blockAt(this.height)
  }

  /** By height. */
  get blocks(): readonly Block[] {
    return this.#blocks
  }

  /** All coins by `outpointKey`. */
  get coins(): ReadonlyMap<string, Coin> {
    return this.#coins
  }

  coin(outpoint: Outpoint): Coin | undefined {
    return this.#coins.get(outpointKey(outpoint))
  }

  blockAt(height: number): Block {
    const block = this.#blocks[height]
    if (block === undefined) throw new RangeError(`no block at ${height}`)
    return block
  }

  /** The reward of a block, to be spent by `key` where its script asks for one. */
  reward(height: number, key?: TestKey): OwnedCoin {
    return coinOf(this.blockAt(height).transactions[0] as Transaction, 0, key)
  }

  /** Another chain with the same blocks up to `height`. */
  fork(height: number = this.height): TestChain {
    const other = new TestChain(this.network, this)
    other.now = this.now
    while (other.height > height) other.undo()
    return other
  }

  /** A valid block after the tip that is not added; fees of the transactions go to its coinbase. */
  next(parts: Partial<BlockParts> = {}): Block {
    const fees = this.#feesOf(parts.transactions ?? [])
    return buildBlock({ network: this.network, height: this.height + 1, parent: this.tip.header, fees, ...parts })
  }

  /** Adds `next`. @throws Error where it is not valid */
  mine(parts: Partial<BlockParts> = {}): Block {
    const block = this.next(parts)
    const fault = this.add(block)
    if (fault) throw new Error(`a block that was to be valid is not: ${fault.reason}`)
    return block
  }

  /** Adds empty blocks. */
  mineMany(count: number, parts: Partial<BlockParts> = {}): readonly Block[] {
    return Array.from({ length: count }, () => this.mine(parts))
  }

  /** Adds a block after the tip unless it breaks a rule, which is told. */
  add(block: Block): BlockFault | undefined {
    const effects = this.effectsOf(block)
    if (isBlockFault(effects)) return effects
    this.#apply(effects.coins)
    this.#blocks.push(block)
    this.#spent.push(effects.spent)
    return undefined
  }

  /** What a block after the tip does, or the first rule that it breaks. */
  effectsOf(block: Block): BlockEffects | BlockFault {
    if (!bytesEqual(block.header.previous, this.tip.hash)) return { reason: 'prev-blk-not-found', kind: 'later' }
    const { network } = this
    const height = this.height + 1
    const ancestry = this.ancestry()
    const medianTimePast = ancestry.medianTimePast()
    const fault =
      headerFault(block.header, ancestry, network, this.now) ??
      blockFault(block) ??
      contextualBlockFault(block, { height, medianTimePast, network })
    if (fault) return fault
    const effects = connectBlock(block, {
      network,
      height,
      medianTimePast,
      coins: this,
      medianTimePastAt: (at) => this.medianTimePastAt(at),
      isBip30Needed: isBip30Needed(network, height),
    })
    return isBlockFault(effects) ? effects : (scriptFault(effects.spends(), effects.flags) ?? effects)
  }

  /** Takes the tip away. */
  undo(): Block {
    if (this.height === 0) throw new RangeError('genesis stays')
    const block = this.#blocks.pop() as Block
    const spent = this.#spent.pop() as readonly (readonly Coin[])[]
    this.#apply(disconnectBlock(block, spent))
    return block
  }

  medianTimePastAt(height: number): number {
    const from = Math.max(0, height + 1 - MEDIAN_TIME_BLOCKS)
    return medianTime(this.#blocks.slice(from, height + 1).map(({ header }) => header.time))
  }

  /** The headers that end in the tip. */
  ancestry(): HeaderAncestry {
    const { height } = this
    const header = (back: number): BlockHeader => this.blockAt(height - back).header
    return {
      height,
      time: (back) => header(back).time,
      target: (back) => targetFromBits(header(back).bits) as bigint,
      medianTimePast: () => this.medianTimePastAt(height),
    }
  }

  #apply(changes: ReadonlyMap<string, Coin | undefined>): void {
    for (const [key, coin] of changes) {
      if (coin === undefined) this.#coins.delete(key)
      else this.#coins.set(key, coin)
    }
  }

  /** As far as all coins are known; no less than nothing. */
  #feesOf(transactions: readonly Transaction[]): bigint {
    const made = new Map<string, bigint>()
    let fees = 0n
    for (const { txid, inputs, outputs } of transactions) {
      for (const { previous } of inputs) fees += this.coin(previous)?.value ?? made.get(outpointKey(previous)) ?? 0n
      for (const [index, { value }] of outputs.entries()) {
        made.set(outpointKey({ txid, index }), value)
        fees -= value
      }
    }
    return fees > 0n ? fees : 0n
  }
}

function scriptFault(spends: Iterable<Spend>, flags: ScriptFlags): BlockFault | undefined {
  for (const spend of spends) {
    try {
      verifyInput(spend, flags, checks)
    } catch (error) {
      if (!(error instanceof ScriptError)) throw error
      return invalid(`mandatory-script-verify-flag-failed (${error.code})`)
    }
  }
  return undefined
}
