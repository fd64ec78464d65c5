/**
 * The history as rows of the contract. What does not change with each block is worked out once for each transaction and kept
 * beside its facts, so that a page costs only what is on it.
 */
import { coins } from '#shared/amounts.ts'
import type { HistoryRow, HistoryStatus } from '#shared/contract/wallet.ts'
import { addressOfScript } from '../../chain/address/address.ts'
import { displayHash } from '../../chain/primitives/hashes.ts'
import type { Transaction } from '../../chain/primitives/transaction.ts'
import { type HistoryPage, historyPage } from '../history-csv.ts'
import type { LedgerEntry, TransactionFacts } from '../ledger/ledger-entry.ts'
import { PendingGraph } from '../spending/pending-graph.ts'
import { whichIsPossible } from '../spending/speed-up.ts'
import type { SpendingView } from '../spending/spending-types.ts'
import type { Page, Rows } from '../wallet-book.ts'
import { confirmationsOf, type RowParts } from './row-parts.ts'
import { trustOf } from './trust.ts'

const MAX_ROW_ADDRESSES = 20

interface Shown {
  readonly id: string
  readonly addresses: readonly string[]
  readonly virtualSize: number
}

export class HistoryRows {
  readonly #parts: RowParts
  readonly #view: () => SpendingView
  readonly #shown = new WeakMap<TransactionFacts, Shown>()
  #graph: { readonly view: SpendingView; readonly graph: PendingGraph } | undefined

  /** `view`: the same object while nothing has changed. */
  constructor(parts: RowParts, view: () => SpendingView) {
    this.#parts = parts
    this.#view = view
  }

  page(search: string, { offset, limit }: Page): Rows<HistoryRow> {
    const { history } = this.#parts.ledger
    const needle = search.trim().toLowerCase()
    const found = needle === '' ? history : history.filter((entry) => this.#textOf(entry).includes(needle))
    return { rows: found.slice(offset, offset + limit).map((entry) => this.row(entry)), total: found.length }
  }

  exportPage(from: number | undefined): HistoryPage {
    return historyPage(this.#parts.ledger.history, (entry) => this.row(entry), from)
  }

  row(entry: LedgerEntry): HistoryRow {
    const { ledger, maturity } = this.#parts
    const { record, standing, historyPlace, replacedBy } = entry
    const { transaction, block } = record
    const facts = ledger.factsOf(entry)
    const { id, addresses, virtualSize } = this.#shownOf(transaction, facts)
    const confirmations = confirmationsOf(block?.height, ledger.height)
    const maturesIn = block && transaction.isCoinbase ? Math.max(0, block.height + maturity - ledger.height - 1) : 0
    const replacing = replacedBy === undefined ? undefined : ledger.findByKey(replacedBy)
    return {
      id,
      kind: facts.kind,
      status: statusOf(standing, maturesIn),
      trust: trustOf(confirmations, maturity),
      time: historyPlace.time,
      ...(block && { height: block.height }),
      confirmations,
      delta: facts.delta,
      ...(facts.fee !== undefined && { fee: facts.fee, feeRate: Number(facts.fee) / virtualSize }),
      virtualSize,
      addresses: [...addresses],
      contacts: this.#contactsOf(addresses),
      label: this.#labelOf(id, addresses),
      maturesIn,
      ...this.#possible(entry, facts),
      ...(replacing && { replacedBy: displayHash(replacing.record.transaction.txid) }),
      refused: record.refused,
    }
  }

  #shownOf(transaction: Transaction, facts: TransactionFacts): Shown {
    const known = this.#shown.get(facts)
    if (known) return known
    const addresses = facts.scripts
      .slice(0, MAX_ROW_ADDRESSES)
      .flatMap((script) => addressOfScript(script, this.#parts.prefixes) ?? [])
    const shown = { id: displayHash(transaction.txid), addresses, virtualSize: transaction.virtualSize }
    this.#shown.set(facts, shown)
    return shown
  }

  /** What can be done for it. */
  #possible({ record, standing }: LedgerEntry, { isOwn }: TransactionFacts) {
    const { transaction } = record
    const mayBeOffered = isOwn && !transaction.isCoinbase
    if (standing !== 'pending')
      return {
        ...{ canBump: false, canSpeedUpByChild: false, canAbandon: false },
        canRebroadcast: mayBeOffered && standing === 'abandoned',
      }
    const { bump, child } = whichIsPossible(transaction.txid, this.#view(), this.#pendingGraph())
    return {
      canBump: bump === undefined,
      canSpeedUpByChild: child === undefined,
      canAbandon: mayBeOffered,
      canRebroadcast: mayBeOffered,
    }
  }

  #pendingGraph(): PendingGraph {
    const view = this.#view()
    if (this.#graph?.view !== view) this.#graph = { view, graph: new PendingGraph(view.pending) }
    return this.#graph.graph
  }

  #contactsOf(addresses: readonly string[]): string[] {
    const { notes } = this.#parts
    return [...new Set(addresses.flatMap((address) => notes.contactOf(address) ?? []))]
  }

  /** Its own, or that of the first address on it that has one. */
  #labelOf(id: string, addresses: readonly string[]): string {
    const { notes } = this.#parts
    const own = notes.labelOf('tx', id)
    if (own !== '') return own
    for (const address of addresses) {
      const label = notes.labelOf('addr', address)
      if (label !== '') return label
    }
    return ''
  }

  /** What a search finds it by. */
  #textOf(entry: LedgerEntry): string {
    const { notes, ledger } = this.#parts
    const facts = ledger.factsOf(entry)
    const { id, addresses } = this.#shownOf(entry.record.transaction, facts)
    const labels = addresses.map((address) => notes.labelOf('addr', address))
    const words = [id, ...addresses, ...labels, ...this.#contactsOf(addresses), notes.labelOf('tx', id)]
    return `${words.join('\n')}\n${coins(facts.delta)}`.toLowerCase()
  }
}

function statusOf(standing: LedgerEntry['standing'], maturesIn: number): HistoryStatus {
  return standing === 'confirmed' && maturesIn > 0 ? 'immature' : standing
}
