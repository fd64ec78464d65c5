/** What the transactions of the mempool do to each output script. Each transaction is looked at once. */
import { bytesEqual } from '../../../kernel/bytes.ts'
import type { MempoolEntry } from '../../mempool/mempool-entry.ts'
import type { TransactionOutput } from '../../primitives/transaction.ts'
import type { PageParts } from './page-parts.ts'

interface Move {
  readonly script: Uint8Array
  /** Grains: above zero what the script is paid, below what it spends. */
  readonly value: bigint
}

export interface UnconfirmedMove {
  readonly entry: MempoolEntry
  /** What the script gains by the transaction, or loses: grains. */
  readonly delta: bigint
}

export class MempoolMoves {
  readonly #parts: Pick<PageParts, 'mempool' | 'chainstate'>
  readonly #moves = new WeakMap<MempoolEntry, readonly Move[]>()

  constructor(parts: Pick<PageParts, 'mempool' | 'chainstate'>) {
    this.#parts = parts
  }

  /** Newest first. */
  of(script: Uint8Array): UnconfirmedMove[] {
    const found: UnconfirmedMove[] = []
    for (const entry of this.#parts.mempool.entries()) {
      const own = this.#movesOf(entry).filter((move) => bytesEqual(move.script, script))
      if (own.length > 0) found.push({ entry, delta: own.reduce((sum, { value }) => sum + value, 0n) })
    }
    return found.reverse()
  }

  #movesOf(entry: MempoolEntry): readonly Move[] {
    const known = this.#moves.get(entry)
    if (known) return known
    const { mempool, chainstate } = this.#parts
    const moves: Move[] = entry.transaction.outputs.map(({ scriptPubKey, value }) => ({ script: scriptPubKey, value }))
    for (const { previous } of entry.transaction.inputs) {
      const spent: TransactionOutput | undefined = mempool.output(previous) ?? chainstate.coin(previous)
      if (spent) moves.push({ script: spent.scriptPubKey, value: -spent.value })
    }
    this.#moves.set(entry, moves)
    return moves
  }
}
