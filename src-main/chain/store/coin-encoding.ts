/**
 * How coins stand in chain.db.
 *
 * A coin: height × 2 + (1 for a coinbase's) as compact size · value in grains as compact size · output script.
 * Example: 50 SHL of the coinbase at height 3, paid to `51`: `07` · `ff 00f2052a01000000` · `51`.
 * Coins that a block spends: for each transaction after the coinbase their count as compact size, then each coin with
 * its length in front as compact size.
 */
import { ByteReader } from '../../codec/byte-reader.ts'
import { ByteWriter, compactSizeBytes, sizedBytesSize } from '../../codec/byte-writer.ts'
import type { Coin } from '../coins/coin.ts'
import type { Outpoint } from '../primitives/transaction.ts'

/** Bytes of an outpoint: txid, index little-endian. */
export const OUTPOINT_BYTES = 36

/** The bytes of `outpointKey`. */
export function outpointBytesOfKey(key: string): Uint8Array {
  return Buffer.from(key, 'latin1')
}

export function outpointBytes({ txid, index }: Outpoint): Uint8Array {
  const bytes = new Uint8Array(OUTPOINT_BYTES)
  bytes.set(txid)
  bytes[32] = index
  bytes[33] = index >>> 8
  bytes[34] = index >>> 16
  bytes[35] = index >>> 24
  return bytes
}

export function encodeCoin({ height, isCoinbase, value, scriptPubKey }: Coin): Uint8Array {
  const origin = height * 2 + (isCoinbase ? 1 : 0)
  const amount = Number(value)
  return new ByteWriter(compactSizeBytes(origin) + compactSizeBytes(amount) + scriptPubKey.length)
    .compactSize(origin)
    .compactSize(amount)
    .bytes(scriptPubKey)
    .done()
}

/** The script is a view of `bytes`. @throws SerializationError */
export function decodeCoin(bytes: Uint8Array): Coin {
  const reader = new ByteReader(bytes)
  const origin = reader.compactSize()
  const value = BigInt(reader.compactSize())
  const scriptPubKey = reader.bytes(reader.left)
  return { height: Math.floor(origin / 2), isCoinbase: origin % 2 === 1, value, scriptPubKey }
}

/** Grains of an encoded coin, without the rest. @throws SerializationError */
export function valueOfCoin(bytes: Uint8Array): number {
  const reader = new ByteReader(bytes)
  reader.compactSize()
  return reader.compactSize()
}

export function encodeSpent(spent: readonly (readonly Coin[])[]): Uint8Array {
  const transactions = spent.map((coins) => coins.map(encodeCoin))
  let size = compactSizeBytes(transactions.length)
  for (const coins of transactions) {
    size += compactSizeBytes(coins.length)
    for (const coin of coins) size += sizedBytesSize(coin)
  }
  const writer = new ByteWriter(size).compactSize(transactions.length)
  for (const coins of transactions) {
    writer.compactSize(coins.length)
    for (const coin of coins) writer.sizedBytes(coin)
  }
  return writer.done()
}

/** Length and the two numbers of a coin. */
const MIN_SIZED_COIN_BYTES = 3

/** @throws SerializationError */
export function decodeSpent(bytes: Uint8Array): readonly (readonly Coin[])[] {
  const reader = new ByteReader(bytes)
  const transactions = reader.count('transactions', 1, bytes.length)
  const spent: Coin[][] = []
  for (let i = 0; i < transactions; i++) {
    const count = reader.count('coins', MIN_SIZED_COIN_BYTES, bytes.length)
    const coins: Coin[] = []
    for (let n = 0; n < count; n++) coins.push(decodeCoin(reader.sizedBytes()))
    spent.push(coins)
  }
  reader.end()
  return spent
}

const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193

/**
 * 32 bits over an outpoint and its encoded coin (FNV-1a). The sum of those of all coins is kept beside them: it finds coins
 * that were lost or came back by accident, not those that somebody has forged.
 */
export function coinFingerprint(outpoint: Uint8Array, coin: Uint8Array): number {
  return fnv(coin, fnv(outpoint, FNV_OFFSET)) >>> 0
}

function fnv(bytes: Uint8Array, from: number): number {
  let hash = from
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ (bytes[i] as number), FNV_PRIME)
  return hash
}
