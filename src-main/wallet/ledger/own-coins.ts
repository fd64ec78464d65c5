/** What the wallet owns, worked out from how its transactions stand: coins, outputs to ask about, rewards that were lost. */
import { outpointKey } from '../../chain/coins/coin.ts'
import type { Outpoint } from '../../chain/primitives/transaction.ts'
import { type CoinFacts, CoinSet, type CoinTotals } from './coin-set.ts'
import { isLive, type LedgerCoin, type LedgerEntry } from './ledger-entry.ts'
import { OpenOutputs } from './open-outputs.ts'
import type { TransactionIndex } from './transaction-index.ts'

export interface LedgerTotals extends CoinTotals {
  /** Outputs of rewards that are in no block of the chain any more. */
  readonly orphaned: bigint
}

export class OwnCoins {
  readonly #index: TransactionIndex
  readonly #coins: CoinSet
  readonly #open = new OpenOutputs()
  /** Grains of each reward that is in no block. */
  readonly #orphaned = new Map<LedgerEntry, bigint>()

  constructor(index: TransactionIndex, maturity: number) {
    this.#index = index
    this.#coins = new CoinSet(maturity)
  }

  get totals(): LedgerTotals {
    let orphaned = 0n
    for (const value of this.#orphaned.values()) orphaned += value
    return { ...this.#coins.totals, orphaned }
  }

  get coins(): Iterable<LedgerCoin> {
    return this.#coins.coins
  }

  find(outpoint: Outpoint): LedgerCoin | undefined {
    return this.#coins.find(outpoint)
  }

  setHeight(height: number): void {
    this.#coins.setHeight(height)
  }

  freeze(outpoint: Outpoint, isFrozen: boolean): void {
    this.#coins.freeze(outpoint, isFrozen)
  }

  /** Outputs that nothing spends in a block up to `buried`: 36 bytes each. */
  openOutpoints(buried: number): readonly Uint8Array[] {
    if (this.#open.bury(buried)) for (const entry of this.#index.entries) this.work(entry)
    return this.#open.outpoints
  }

  /** After a change of how it stands, of what spends it, or of which outputs are ours. */
  work(entry: LedgerEntry): void {
    this.#countOrphaned(entry)
    const { txid } = entry.record.transaction
    for (const index of entry.own.keys()) {
      const outpoint = { txid, index }
      const spenders = this.#index.spendersOf(outpointKey(outpoint)).filter(isLive)
      if (isLive(entry)) this.#open.set(outpoint, spentAt(spenders))
      else this.#open.remove(outpoint)
      this.#coins.set(outpoint, isLive(entry) && spenders.length === 0 ? factsOf(entry, outpoint) : undefined)
    }
  }

  forget(entry: LedgerEntry): void {
    const { txid } = entry.record.transaction
    for (const index of entry.own.keys()) {
      this.#coins.set({ txid, index }, undefined)
      this.#open.remove({ txid, index })
    }
    this.#orphaned.delete(entry)
  }

  #countOrphaned(entry: LedgerEntry): void {
    const { transaction } = entry.record
    if (entry.standing !== 'orphaned' || !transaction.isCoinbase) {
      this.#orphaned.delete(entry)
      return
    }
    let value = 0n
    for (const place of entry.own.keys()) value += transaction.outputs[place]?.value ?? 0n
    this.#orphaned.set(entry, value)
  }
}

function factsOf({ own, record, isTrusted }: LedgerEntry, outpoint: Outpoint): CoinFacts | undefined {
  const { transaction, block } = record
  const path = own.get(outpoint.index)
  const output = transaction.outputs[outpoint.index]
  if (path === undefined || output === undefined) return undefined
  const { value, scriptPubKey: script } = output
  return { outpoint, value, script, path, isReward: transaction.isCoinbase, height: block?.height, isTrusted }
}

/** Height of the block that an output is spent in; undefined where that is not so for all that spend it. */
function spentAt(spenders: readonly LedgerEntry[]): number | undefined {
  let highest: number | undefined
  for (const { record } of spenders) {
    if (record.block === undefined) return undefined
    highest = Math.max(highest ?? 0, record.block.height)
  }
  return highest
}
