/**
 * Puts a block together again from its compact form (BIP 152, version 2), transactions known here, and those asked for.
 *
 * Short ids can collide. Where two places of the block have one short id, or two known transactions have the short id of
 * one place, none of them is trusted: the places are asked for. A known transaction can still be the wrong one (2^-48
 * each); the merkle root and the witness commitment show it, and then the whole block must be fetched. That is nobody's
 * fault. Proof of work is for the caller to check before anything else.
 *
 * In turn: `offer` any number of times, `result` once, and `complete` where something is missing (more than once only
 * after an error). Holds at most one transaction for each place. Does no I/O.
 */
import { bytesEqual } from '../../kernel/bytes.ts'
import { Block } from '../primitives/block.ts'
import { merkleRoot } from '../primitives/merkle.ts'
import type { Transaction } from '../primitives/transaction.ts'
import { witnessCommitmentFault } from '../primitives/witness-commitment.ts'
import type { CompactBlock } from './compact-block.ts'
import { CompactBlockError } from './compact-block-error.ts'
import type { BlockTransactions, GetBlockTransactions } from './compact-block-messages.ts'
import { ShortIds } from './short-transaction-ids.ts'

export type Reconstruction =
  /** The transactions are those that the header commits to. */
  | { readonly outcome: 'block'; readonly block: Block }
  /** Places without a transaction: ask the sender of the compact block, then call `complete`. */
  | { readonly outcome: 'missing'; readonly request: GetBlockTransactions }
  /** A short id named a wrong transaction: ask for the whole block. */
  | { readonly outcome: 'fetch-block' }

export class CompactBlockReconstruction {
  readonly #compact: CompactBlock
  readonly #ids: Pick<ShortIds, 'of'>
  /** By place in the block. */
  readonly #transactions: (Transaction | undefined)[]
  /** Short id of each place that has no prefilled transaction. */
  readonly #idAt = new Map<number, number>()
  /** Place of each short id that only one place has. */
  readonly #placeOf = new Map<number, number>()

  /** Places asked for, from `result` on. */
  #asked: readonly number[] | undefined

  /** `ids`: the short ids of `compact`; tests give others, for collisions cannot be made. */
  constructor(compact: CompactBlock, ids: Pick<ShortIds, 'of'> = new ShortIds(compact.header, compact.nonce)) {
    this.#compact = compact
    this.#ids = ids
    this.#transactions = new Array<Transaction | undefined>(compact.shortIds.length + compact.prefilled.length).fill(
      undefined,
    )
    for (const { index, transaction } of compact.prefilled) this.#transactions[index] = transaction
    this.#placeIds()
  }

  /** A transaction of the mempool or elsewhere, which may be one of the block. All are offered before `result`. */
  offer(transaction: Transaction): void {
    if (this.#asked !== undefined) throw new Error('offered to a compact block after its result')
    const { wtxid } = transaction
    const id = this.#ids.of(wtxid)
    const place = this.#placeOf.get(id)
    if (place === undefined) return
    const held = this.#transactions[place]
    if (held === undefined) {
      this.#transactions[place] = transaction
    } else if (!bytesEqual(held.wtxid, wtxid)) {
      this.#transactions[place] = undefined
      this.#placeOf.delete(id)
    }
  }

  /** collecting -> done | waiting for what is missing */
  result(): Reconstruction {
    if (this.#asked !== undefined) throw new Error('asked twice for the result of a compact block')
    const indexes: number[] = []
    for (const [index, transaction] of this.#transactions.entries()) if (transaction === undefined) indexes.push(index)
    this.#asked = indexes
    if (indexes.length === 0) return this.#assemble()
    return { outcome: 'missing', request: { blockHash: this.#compact.header.hash, indexes } }
  }

  /**
   * waiting -> done, with the answer to the request of `result`; never `missing`.
   * @throws CompactBlockError where it is no answer to it, or holds a transaction that its short id does not name:
   * then nothing has changed
   */
  complete({ blockHash, transactions }: BlockTransactions): Reconstruction {
    const indexes = this.#asked ?? []
    if (indexes.length === 0) throw new Error('completed a compact block that waits for nothing')
    if (!bytesEqual(blockHash, this.#compact.header.hash)) throw new CompactBlockError({ code: 'NOT_ASKED_FOR' })
    if (transactions.length !== indexes.length)
      throw new CompactBlockError({ code: 'WRONG_COUNT', asked: indexes.length, given: transactions.length })
    for (const [at, transaction] of transactions.entries()) {
      const index = indexes[at] as number
      if (this.#ids.of(transaction.wtxid) !== this.#idAt.get(index))
        throw new CompactBlockError({ code: 'WRONG_TRANSACTION', index })
    }
    for (const [at, transaction] of transactions.entries()) this.#transactions[indexes[at] as number] = transaction
    this.#asked = []
    return this.#assemble()
  }

  #placeIds(): void {
    const seen = new Set<number>()
    const ids = this.#compact.shortIds.values()
    for (let place = 0; place < this.#transactions.length; place++) {
      if (this.#transactions[place] !== undefined) continue
      const id = ids.next().value as number
      this.#idAt.set(place, id)
      if (seen.has(id)) this.#placeOf.delete(id)
      else this.#placeOf.set(id, place)
      seen.add(id)
    }
  }

  #assemble(): Reconstruction {
    const block = new Block(this.#compact.header, this.#transactions as Transaction[])
    const { root, mutated } = merkleRoot(block.transactions.map(({ txid }) => txid))
    const isCommitted = bytesEqual(root, block.header.merkleRoot) && !mutated
    return isCommitted && witnessCommitmentFault(block) === undefined
      ? { outcome: 'block', block }
      : { outcome: 'fetch-block' }
  }
}
