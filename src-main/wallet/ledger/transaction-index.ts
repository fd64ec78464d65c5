/** The wallet's transactions and how they hang together: by what they spend, and by whom they pay. */
import { hashKey, outpointKey } from '../../chain/coins/coin.ts'
import type { Outpoint } from '../../chain/primitives/transaction.ts'
import type { LedgerEntry, OwnOutput } from './ledger-entry.ts'

const NONE: readonly LedgerEntry[] = []

export class TransactionIndex {
  readonly #entries = new Map<string, LedgerEntry>()
  /** By `outpointKey`: all that spend an output, ours or not. */
  readonly #spenders = new Map<string, LedgerEntry[]>()
  /** By output script: all that pay to it. */
  readonly #payers = new Map<string, Set<LedgerEntry>>()

  get size(): number {
    return this.#entries.size
  }

  get entries(): Iterable<LedgerEntry> {
    return this.#entries.values()
  }

  find(id: string): LedgerEntry | undefined {
    return this.#entries.get(id)
  }

  add(entry: LedgerEntry): void {
    const { outputs } = entry.record.transaction
    this.#entries.set(entry.id, entry)
    for (const previous of spentBy(entry)) {
      const key = outpointKey(previous)
      const spenders = this.#spenders.get(key)
      if (spenders) spenders.push(entry)
      else this.#spenders.set(key, [entry])
    }
    for (const { scriptPubKey } of outputs) {
      const key = scriptKey(scriptPubKey)
      const payers = this.#payers.get(key)
      if (payers) payers.add(entry)
      else this.#payers.set(key, new Set([entry]))
    }
  }

  remove(entry: LedgerEntry): void {
    const { outputs } = entry.record.transaction
    this.#entries.delete(entry.id)
    for (const previous of spentBy(entry)) {
      const key = outpointKey(previous)
      const others = this.spendersOf(key).filter((spender) => spender !== entry)
      if (others.length > 0) this.#spenders.set(key, others)
      else this.#spenders.delete(key)
    }
    for (const { scriptPubKey } of outputs) {
      const key = scriptKey(scriptPubKey)
      const payers = this.#payers.get(key)
      payers?.delete(entry)
      if (payers?.size === 0) this.#payers.delete(key)
    }
  }

  /** `key`: an `outpointKey`. */
  spendersOf(key: string): readonly LedgerEntry[] {
    return this.#spenders.get(key) ?? NONE
  }

  payersOf(script: Uint8Array): Iterable<LedgerEntry> {
    return this.#payers.get(scriptKey(script)) ?? NONE
  }

  parentOf(previous: Outpoint): LedgerEntry | undefined {
    return this.#entries.get(hashKey(previous.txid))
  }

  /** The output that an outpoint names, where it is ours. */
  ownOutput(outpoint: Outpoint): OwnOutput | undefined {
    const parent = this.parentOf(outpoint)
    const path = parent?.own.get(outpoint.index)
    const output = parent?.record.transaction.outputs[outpoint.index]
    return path && output && { value: output.value, script: output.scriptPubKey, path }
  }

  *parentsOf(entry: LedgerEntry): Generator<LedgerEntry> {
    for (const previous of spentBy(entry)) {
      const parent = this.parentOf(previous)
      if (parent) yield parent
    }
  }

  *childrenOf({ record: { transaction } }: LedgerEntry): Generator<LedgerEntry> {
    const { txid, outputs } = transaction
    for (let index = 0; index < outputs.length; index++) yield* this.spendersOf(outpointKey({ txid, index }))
  }

  /** Others that spend something that it spends. */
  *conflictsOf(entry: LedgerEntry): Generator<LedgerEntry> {
    for (const previous of spentBy(entry))
      for (const other of this.spendersOf(outpointKey(previous))) if (other !== entry) yield other
  }
}

/** A reward spends nothing: what stands in its input is the same in all of them. */
function spentBy({ record: { transaction } }: LedgerEntry): readonly Outpoint[] {
  return transaction.isCoinbase ? [] : transaction.inputs.map(({ previous }) => previous)
}

function scriptKey(script: Uint8Array): string {
  return Buffer.from(script.buffer, script.byteOffset, script.byteLength).toString('latin1')
}
