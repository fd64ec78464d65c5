/** Transactions and coins as people name them; the contract has checked their form. */
import { parseHash } from '../../chain/primitives/hashes.ts'
import type { Outpoint } from '../../chain/primitives/transaction.ts'

/** 64 hex digits, as displayed. */
export function readTxid(text: string): Uint8Array {
  const hash = parseHash(text)
  if (hash === undefined) throw new Error(`“${text}” is no txid`)
  return hash
}

/** `txid:index`. */
export function readOutpoint(text: string): Outpoint {
  const [txid = '', index = ''] = text.split(':')
  return { txid: readTxid(txid), index: Number(index) }
}
