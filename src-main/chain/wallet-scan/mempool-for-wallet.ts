/** Transactions of the mempool that concern a wallet, in the order in which they came in. */
import { MAX_ANSWER_BYTES, type WalletMempool, type WalletScripts } from '../node/wallet-calls.ts'
import type { Outpoint, Transaction, TransactionOutput } from '../primitives/transaction.ts'
import { Turn, type TurnParts } from './turn.ts'
import { WalletMatcher } from './wallet-matcher.ts'

interface Entry {
  readonly transaction: Transaction
  readonly sequence: number
  /** Of those in the mempool that it depends on, with itself. */
  readonly ancestors: { readonly count: number }
}

/** The mempool as a wallet's question sees it. */
export interface SearchedMempool {
  readonly nextSequence: number
  /** By `sequence`; what comes in while it is gone through comes at the end. */
  entries(): Iterable<Entry>
  /** Made by a transaction of the mempool, spent or not. */
  output(outpoint: Outpoint): TransactionOutput | undefined
  /** Undefined where it is not there any more. */
  find(txid: Uint8Array): unknown
}

/** @throws LightNodeError */
export async function mempoolForWallet(
  mempool: SearchedMempool,
  { after, ...scripts }: WalletScripts & { readonly after: number },
  parts: TurnParts,
): Promise<WalletMempool> {
  const matcher = new WalletMatcher(scripts)
  const turn = new Turn(parts)
  const from = after > mempool.nextSequence ? 0 : after
  const found: Entry[] = []
  let bytes = 0
  let next: number | undefined
  for (const entry of mempool.entries()) {
    if (entry.sequence < from) continue
    const rest = turn.step()
    if (rest) await rest
    if (!concerns(entry, matcher, mempool)) continue
    found.push(entry)
    bytes += entry.transaction.size
    if (bytes < MAX_ANSWER_BYTES) continue
    next = entry.sequence + 1
    break
  }
  const here = found.filter(({ transaction }) => mempool.find(transaction.txid) !== undefined)
  // After a reorganisation a parent may have come in after its child: it has fewer ancestors.
  here.sort((a, b) => a.ancestors.count - b.ancestors.count || a.sequence - b.sequence)
  return {
    transactions: here.map(({ transaction }) => transaction.bytes().slice()),
    sequence: next ?? mempool.nextSequence,
  }
}

function concerns({ transaction }: Entry, matcher: WalletMatcher, mempool: SearchedMempool): boolean {
  if (matcher.takes(transaction)) return true
  return transaction.inputs.some(({ previous }) => {
    const spent = mempool.output(previous)
    return spent !== undefined && matcher.isOurs(spent)
  })
}
