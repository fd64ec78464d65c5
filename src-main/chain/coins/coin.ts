/** Unspent outputs ("coins"): what a transaction may spend. */
import type { Outpoint, TransactionOutput } from '../primitives/transaction.ts'

export interface Coin extends TransactionOutput {
  /** Of the block that made it. */
  readonly height: number
  /** Made by a coinbase: it must mature. */
  readonly isCoinbase: boolean
}

/** Coins as of some moment. */
export interface CoinSource {
  /** Undefined for an output that never was, or is spent. */
  coin(outpoint: Outpoint): Coin | undefined
}

/** 36 characters, one for each byte of txid and index (little-endian): the key of an outpoint in maps. */
export function outpointKey({ txid, index }: Outpoint): string {
  return `${latin1(txid)}${String.fromCharCode(index & 0xff, (index >>> 8) & 0xff, (index >>> 16) & 0xff, index >>> 24)}`
}

/** A hash of 32 bytes as 32 characters: the key of a hash in maps. */
export function hashKey(hash: Uint8Array): string {
  return latin1(hash)
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}
