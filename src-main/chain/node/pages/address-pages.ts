/**
 * Pages about addresses: what the index of output scripts knows of one, and what the mempool adds. A pruned node indexes
 * what it keeps, and says from which block on; balances are told only where every block was looked at.
 */
import { addressOfScript, scriptOfAddress } from '../../address/address.ts'
import { AddressError } from '../../address/address-error.ts'
import { knownAddresses } from '../../consensus/networks.ts'
import { displayHash } from '../../primitives/hashes.ts'
import type { ScriptEvent } from '../../store/chain-queries.ts'
import type { AddressDetails, PageRange } from '../chain-pages.ts'
import { MempoolMoves } from './mempool-moves.ts'
import { badAddress } from './page-error.ts'
import { type BlockContents, broughtUpToDate, contentsOf, type PageParts } from './page-parts.ts'
import type { TransactionPages } from './transaction-pages.ts'
import { scriptKind, transactionSummary } from './transaction-rows.ts'

type HistoryRow = AddressDetails['history'][number]

export class AddressPages {
  readonly #parts: PageParts
  readonly #transactions: TransactionPages
  readonly #moves: MempoolMoves

  constructor(parts: PageParts, transactions: TransactionPages) {
    this.#parts = parts
    this.#transactions = transactions
    this.#moves = new MempoolMoves(parts)
  }

  /** @throws ChainPageError BAD_ADDRESS */
  scriptOf(address: string): Uint8Array {
    try {
      return scriptOfAddress(address, this.#parts.network.addresses, knownAddresses)
    } catch (error) {
      throw error instanceof AddressError ? badAddress(address, error) : error
    }
  }

  /** @throws ChainPageError BAD_ADDRESS */
  async details(text: string, { offset, limit }: PageRange): Promise<AddressDetails> {
    const script = this.scriptOf(text)
    const { store, network } = this.#parts
    await broughtUpToDate(this.#parts)
    const waiting = this.#moves.of(script)
    const totals = store.query((queries) => queries.scriptTotals(script))
    const rows: HistoryRow[] = waiting.slice(offset, offset + limit).map(({ entry, delta }) => ({
      ...transactionSummary(this.#transactions.inMempool(entry)),
      delta,
    }))
    const range = { offset: Math.max(0, offset - waiting.length), limit: limit - rows.length }
    const events = range.limit > 0 ? store.query((queries) => queries.history(script, range)) : []
    return {
      address: addressOfScript(script, network.addresses) ?? text,
      kind: scriptKind(script),
      ...this.#coverage(totals),
      unconfirmed: waiting.reduce((sum, { delta }) => sum + delta, 0n),
      transactions: totals.transactions + waiting.length,
      history: [...rows, ...(await this.#historyOf(events))],
    }
  }

  #coverage({
    received,
    spent,
  }: {
    readonly received: bigint
    readonly spent: bigint
  }): Pick<AddressDetails, 'coverage' | 'knownFrom' | 'balance' | 'received'> {
    const { store, chainstate } = this.#parts
    const range = store.query((queries) => queries.transactionRange)
    if (range === undefined) return { coverage: 'none' }
    const isComplete = range.first <= 1 && range.next > chainstate.tip.height
    if (isComplete) return { coverage: 'complete', balance: received - spent, received }
    return { coverage: 'partial', knownFrom: range.first }
  }

  /** A page of a busy address is of many blocks: others have their turn between them. */
  async #historyOf(events: readonly ScriptEvent[]): Promise<HistoryRow[]> {
    const { store, pause } = this.#parts
    const rows: HistoryRow[] = []
    let last: { readonly height: number; readonly contents: BlockContents | undefined } | undefined
    for (const { height, place, txid, received, spent } of events) {
      if (last?.height !== height) {
        if (last) await pause()
        const hash = store.query((queries) => queries.hashAt(height))
        last = { height, contents: hash && contentsOf(this.#parts, hash) }
      }
      const transaction = last.contents?.block.transactions[place]
      // A reorganisation during a pause may have put another block there.
      if (last.contents === undefined || !transaction || displayHash(transaction.txid) !== displayHash(txid)) continue
      const shown = this.#transactions.inBlock(last.contents, place)
      rows.push({ ...transactionSummary(shown), delta: received - spent })
    }
    return rows
  }
}
