/** Pages about transactions: those of a block, those of the mempool, and one by its id, wherever it is. */
import { bytesEqual } from '../../../kernel/bytes.ts'
import { isUnspendable } from '../../coins/unspendable.ts'
import type { MempoolEntry } from '../../mempool/mempool-entry.ts'
import { displayHash, parseHash } from '../../primitives/hashes.ts'
import type { Transaction } from '../../primitives/transaction.ts'
import type { TransactionPlace } from '../../store/chain-queries.ts'
import type { PageRange, TransactionDetails, TransactionSummary } from '../chain-pages.ts'
import { ChainPageError } from './page-error.ts'
import { type BlockContents, broughtUpToDate, contentsOf, type PageParts } from './page-parts.ts'
import { type ShownTransaction, transactionDetails, transactionSummary } from './transaction-rows.ts'

/** Highest sequence that signals that the transaction may be replaced. BIP 125. */
const MAX_REPLACEABLE_SEQUENCE = 0xffff_fffd

export class TransactionPages {
  readonly #parts: PageParts

  constructor(parts: PageParts) {
    this.#parts = parts
  }

  /** @throws ChainPageError NO_SUCH_BLOCK, NOT_KEPT */
  ofBlock(id: string, { offset, limit }: PageRange): TransactionSummary[] {
    const { chainstate, store } = this.#parts
    const hash = parseHash(id)
    if (hash === undefined || chainstate.headers.find(hash) === -1)
      throw new ChainPageError({ code: 'NO_SUCH_BLOCK', id })
    const contents = contentsOf(this.#parts, hash)
    if (contents === undefined) throw notKept('block', id, store.keptFrom)
    const count = Math.max(0, Math.min(limit, contents.block.transactions.length - offset))
    return Array.from({ length: count }, (_, i) => transactionSummary(this.inBlock(contents, offset + i)))
  }

  /** Of the mempool, newest first. */
  ofMempool({ offset, limit }: PageRange): TransactionSummary[] {
    const entries = [...this.#parts.mempool.entries()]
    const end = Math.max(0, entries.length - offset)
    const page = entries.slice(Math.max(0, end - limit), end).reverse()
    return page.map((entry) => transactionSummary(this.inMempool(entry)))
  }

  /** @throws ChainPageError NO_SUCH_TRANSACTION, NOT_KEPT */
  async details(id: string): Promise<TransactionDetails> {
    const { network, chainstate } = this.#parts
    const txid = parseHash(id)
    if (txid === undefined) throw new ChainPageError({ code: 'NO_SUCH_TRANSACTION', txid: id })
    const waiting = this.#waiting(txid)
    if (waiting) {
      const facts = { confirmations: 0, replaceable: isReplaceable(waiting) }
      return transactionDetails(this.inMempool(waiting), facts, network, this.#spentBy(waiting.transaction))
    }
    const place = await this.placeOf(txid)
    const contents = place && contentsOf(this.#parts, place.blockHash)
    if (contents === undefined) throw this.#unknown(id)
    const shown = this.inBlock(contents, place?.place ?? 0)
    const height = shown.place?.height ?? 0
    const facts = { confirmations: chainstate.tip.height - height + 1, replaceable: false }
    return transactionDetails(shown, facts, network, this.#spentBy(shown.transaction))
  }

  /** Whether a page can be shown of it. */
  async isKnown(txid: Uint8Array): Promise<boolean> {
    return this.#waiting(txid) !== undefined || (await this.placeOf(txid)) !== undefined
  }

  /** Where it stands in the best chain, as far as that is indexed. */
  async placeOf(txid: Uint8Array): Promise<TransactionPlace | undefined> {
    await broughtUpToDate(this.#parts)
    return this.#parts.store.query((queries) => queries.transaction(txid))
  }

  /** The transaction at a place of a block. */
  inBlock({ block, spent }: BlockContents, place: number): ShownTransaction {
    const { headers } = this.#parts.chainstate
    const transaction = block.transactions[place]
    if (transaction === undefined) throw new RangeError(`the block has no transaction ${place}`)
    return {
      transaction,
      place: { height: headers.height(headers.find(block.hash)), blockHash: block.hash },
      time: block.header.time,
      coins: place === 0 ? undefined : spent?.[place - 1],
    }
  }

  inMempool({ transaction, entered }: MempoolEntry): ShownTransaction {
    const { mempool, chainstate } = this.#parts
    const coins = transaction.inputs.map(({ previous }) => mempool.output(previous) ?? chainstate.coin(previous))
    return { transaction, place: undefined, time: entered, coins }
  }

  #waiting(txid: Uint8Array): MempoolEntry | undefined {
    const entry = this.#parts.mempool.find(txid)
    return entry && bytesEqual(entry.transaction.txid, txid) ? entry : undefined
  }

  #spentBy({ txid, outputs }: Transaction): (index: number) => string | boolean | undefined {
    const { mempool, chainstate } = this.#parts
    return (index) => {
      const output = outputs[index]
      if (output === undefined || isUnspendable(output.scriptPubKey)) return undefined
      const outpoint = { txid, index }
      const spender = mempool.spender(outpoint)
      if (spender) return displayHash(spender.transaction.txid)
      return mempool.output(outpoint) === undefined && chainstate.coin(outpoint) === undefined
    }
  }

  /** An index of less than the whole chain cannot say that there is none. */
  #unknown(txid: string): ChainPageError {
    const range = this.#parts.store.query((queries) => queries.transactionRange)
    if (range && range.first <= 1) return new ChainPageError({ code: 'NO_SUCH_TRANSACTION', txid })
    return notKept('transaction', txid, range?.first)
  }
}

function notKept(what: 'block' | 'transaction', id: string, keptFrom = 0): ChainPageError {
  return new ChainPageError({ code: 'NOT_KEPT', what, id, keptFrom })
}

/** BIP 125: it says so itself, or something unconfirmed that it depends on does. */
function isReplaceable(entry: MempoolEntry): boolean {
  const seen = new Set([entry])
  for (const { transaction, parents } of seen) {
    if (transaction.inputs.some(({ sequence }) => sequence <= MAX_REPLACEABLE_SEQUENCE)) return true
    for (const parent of parents) seen.add(parent)
  }
  return false
}
