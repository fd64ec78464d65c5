/**
 * What a block does to the coins: checks everything about it but its scripts, and says which coins come and go.
 *
 * Inputs are spent in order, outputs of earlier transactions of the block included. Changes no store: the caller applies the
 * effects once the scripts are verified. Order and reasons are Bitcoin Core's.
 */
import { type Coin, type CoinSource, outpointKey } from '../coins/coin.ts'
import { isUnspendable } from '../coins/unspendable.ts'
import type { Block } from '../primitives/block.ts'
import type { Transaction } from '../primitives/transaction.ts'
import type { ScriptFlags } from '../script/script-flags.ts'
import { SharedSighashes } from '../script/sighash-witness.ts'
import { executableLegacySigops, sigopCost } from '../script/sigops.ts'
import type { Spend } from '../script/spend-checker.ts'
import { type BlockFault, invalid } from './block-fault.ts'
import { MAX_MONEY } from './check-transaction.ts'
import { MAX_BLOCK_SIGOPS_COST, MAX_TRANSACTION_LEGACY_SIGOPS } from './limits.ts'
import { areSequenceLocksOver, sequenceLocks } from './locktimes.ts'
import { type ChainNetwork, isActive, subsidyAt } from './network.ts'
import { scriptFlagsAt } from './script-flags-at.ts'
import { feeOrFault } from './transaction-inputs.ts'

export interface ConnectContext {
  readonly network: ChainNetwork
  readonly height: number
  /** Of the parent, seconds. */
  readonly medianTimePast: number
  /** Coins after the parent. */
  readonly coins: CoinSource
  /** Of the block at a height below, seconds. */
  medianTimePastAt(height: number): number
  /** Whether transactions may have the ids of earlier ones with coins left; see `isBip30Needed`. */
  readonly isBip30Needed: boolean
}

export interface BlockEffects {
  /** Net changes by `outpointKey`: the coin that is there now, or undefined for one that is spent. */
  readonly coins: ReadonlyMap<string, Coin | undefined>
  /** What each transaction after the coinbase spends, in order of inputs. */
  readonly spent: readonly (readonly Coin[])[]
  /** Grains. */
  readonly fees: bigint
  /** Rules for the scripts. */
  readonly flags: ScriptFlags
  /** Inputs to verify, in order. */
  spends(): Iterable<Spend>
}

/**
 * Whether the block at `height` could repeat the id of an earlier transaction (BIP 30). Not where every coinbase but the
 * first block's names its height (BIP 34).
 */
export function isBip30Needed(network: ChainNetwork, height: number): boolean {
  return network.activation.bip34 > 1 || !isActive(network, 'bip34', height)
}

export function isBlockFault(outcome: BlockEffects | BlockFault): outcome is BlockFault {
  return 'reason' in outcome
}

/** `block` has passed the rules of block-rules.ts at this height. Nothing in the first block of a network can be spent. */
export function connectBlock(block: Block, context: ConnectContext): BlockEffects | BlockFault {
  if (context.height === 0) return { coins: new Map(), spent: [], fees: 0n, flags: 0, spends: () => [] }
  return new BlockConnection(block, context).run()
}

/**
 * The inverse of `connectBlock`: the coins as they were before, by `outpointKey`. `spent` as in the effects.
 * @throws RangeError where `spent` is not that of the block
 */
export function disconnectBlock(
  { transactions }: Block,
  spent: readonly (readonly Coin[])[],
): Map<string, Coin | undefined> {
  const coins = new Map<string, Coin | undefined>()
  for (const { txid, outputs } of transactions)
    for (const [index, { scriptPubKey }] of outputs.entries())
      if (!isUnspendable(scriptPubKey)) coins.set(outpointKey({ txid, index }), undefined)
  if (spent.length !== Math.max(0, transactions.length - 1)) throw new RangeError('spent coins of another block')
  for (const [i, restored] of spent.entries()) {
    const { inputs } = transactions[i + 1] as Transaction
    if (restored.length !== inputs.length) throw new RangeError('spent coins of another block')
    for (const [place, { previous }] of inputs.entries()) {
      const key = outpointKey(previous)
      // A coin that the block both made and spent was not there before.
      if (coins.has(key)) coins.delete(key)
      else coins.set(key, restored[place])
    }
  }
  return coins
}

class BlockConnection {
  readonly #block: Block
  readonly #context: ConnectContext
  readonly #flags: ScriptFlags
  readonly #checksSequences: boolean
  readonly #limitsSigops: boolean
  readonly #coins = new Map<string, Coin | undefined>()
  readonly #spent: Coin[][] = []
  #fees = 0n
  #sigopCost = 0

  constructor(block: Block, context: ConnectContext) {
    const { network, height } = context
    this.#block = block
    this.#context = context
    this.#flags = scriptFlagsAt(network, height)
    this.#checksSequences = isActive(network, 'bip68', height)
    this.#limitsSigops = isActive(network, 'bip54', height)
  }

  run(): BlockEffects | BlockFault {
    const { transactions } = this.#block
    if (this.#context.isBip30Needed && this.#overwrites()) return invalid('bad-txns-BIP30')
    for (const transaction of transactions) {
      const reason = this.#connect(transaction)
      if (reason) return invalid(reason)
    }
    if (this.#coinbaseAmount() > subsidyAt(this.#context.network, this.#context.height) + this.#fees)
      return invalid('bad-cb-amount')
    const spent = this.#spent
    return {
      coins: this.#coins,
      spent,
      fees: this.#fees,
      flags: this.#flags,
      spends: () => spendsOf(transactions, spent),
    }
  }

  /** Some output is a coin already. */
  #overwrites(): boolean {
    const { coins } = this.#context
    return this.#block.transactions.some(({ txid, outputs }) =>
      outputs.some((_, index) => coins.coin({ txid, index }) !== undefined),
    )
  }

  #connect(transaction: Transaction): string | undefined {
    const { isCoinbase } = transaction
    let spent: Coin[] = []
    if (!isCoinbase) {
      const found = this.#spend(transaction)
      if (found === undefined) return 'bad-txns-inputs-missingorspent'
      spent = found
      const reason = this.#inputsFault(transaction, spent)
      if (reason) return reason
      this.#spent.push(spent)
    }
    this.#sigopCost += sigopCost(transaction, spent, this.#flags)
    if (this.#sigopCost > MAX_BLOCK_SIGOPS_COST) return 'bad-blk-sigops'
    this.#make(transaction, isCoinbase)
    return undefined
  }

  /** Takes the coins of the inputs away; undefined where one is not there. */
  #spend({ inputs }: Transaction): Coin[] | undefined {
    const coins = this.#coins
    const spent: Coin[] = []
    for (const { previous } of inputs) {
      const key = outpointKey(previous)
      const made = coins.get(key)
      if (made !== undefined) {
        coins.delete(key)
        spent.push(made)
        continue
      }
      const coin = coins.has(key) ? undefined : this.#context.coins.coin(previous)
      if (coin === undefined) return undefined
      coins.set(key, undefined)
      spent.push(coin)
    }
    return spent
  }

  #inputsFault(transaction: Transaction, spent: readonly Coin[]): string | undefined {
    const { height, medianTimePast, network } = this.#context
    const fee = feeOrFault(transaction, spent, height, network.coinbaseMaturity)
    if (typeof fee === 'string') return fee
    this.#fees += fee
    if (this.#fees > MAX_MONEY) return 'bad-txns-accumulated-fee-outofrange'
    if (this.#limitsSigops && executableLegacySigops(transaction, spent) > MAX_TRANSACTION_LEGACY_SIGOPS)
      return 'bad-txns-legacy-sigops'
    if (!this.#checksSequences) return undefined
    const locks = sequenceLocks(transaction, spent, (at) => this.#context.medianTimePastAt(at))
    return areSequenceLocksOver(locks, height, medianTimePast) ? undefined : 'bad-txns-nonfinal'
  }

  #make({ txid, outputs }: Transaction, isCoinbase: boolean): void {
    const { height } = this.#context
    for (const [index, { value, scriptPubKey }] of outputs.entries())
      if (!isUnspendable(scriptPubKey))
        this.#coins.set(outpointKey({ txid, index }), { value, scriptPubKey, height, isCoinbase })
  }

  #coinbaseAmount(): bigint {
    let amount = 0n
    for (const { value } of this.#block.transactions[0]?.outputs ?? []) amount += value
    return amount
  }
}

function* spendsOf(transactions: readonly Transaction[], spent: readonly (readonly Coin[])[]): Iterable<Spend> {
  for (const [i, coins] of spent.entries()) {
    const shared = new SharedSighashes(transactions[i + 1] as Transaction)
    for (const [index, coin] of coins.entries()) yield { shared, index, spent: coin }
  }
}
