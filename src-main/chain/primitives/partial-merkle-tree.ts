/**
 * The payload of `merkleblock` (BIP 37): a header and the part of its merkle tree that leads to some transactions.
 *
 * Layout: header 80 · count of transactions 4 · hashes, counted, 32 each · flags, counted, bytes with the lowest bit
 * first. The tree is walked from the root, depth first; each node takes one flag: 0, its hash stands for all below it;
 * 1 above the leaves, its children follow; 1 at a leaf, this transaction is one of those asked for.
 * Every hash and flag must be used, and bits beyond the last must be zero: one tree has one form.
 */
import { ByteReader } from '../../codec/byte-reader.ts'
import { bytesEqual } from '../../kernel/bytes.ts'
import { HASH_BYTES } from './hashes.ts'
import { type BlockHeader, readHeader } from './header.ts'
import { MerkleError } from './merkle-error.ts'
import { checkedParent } from './merkle-proof.ts'

/** No block holds more: four million units of weight, and no transaction weighs less than 60 bytes times four. */
export const MAX_BLOCK_TRANSACTIONS = 16_666
/** Of a tree of which every leaf is asked for, and half as many again for rounding up at each level. */
const MAX_FLAG_BYTES = Math.ceil((3 * MAX_BLOCK_TRANSACTIONS) / 8)

export interface MerkleBlock {
  readonly header: BlockHeader
  /** Transactions in the whole block. */
  readonly count: number
  readonly hashes: readonly Uint8Array[]
  readonly flags: Uint8Array
}

/** A transaction that a partial tree leads to: its id (32 bytes) and place in the block. */
export interface MerkleMatch {
  readonly txid: Uint8Array
  readonly index: number
}

/** @throws SerializationError */
export function decodeMerkleBlock(bytes: Uint8Array): MerkleBlock {
  const reader = new ByteReader(bytes)
  const merkleBlock = readMerkleBlock(reader)
  reader.end()
  return merkleBlock
}

/** Reads one where more may follow. @throws SerializationError */
export function readMerkleBlock(reader: ByteReader): MerkleBlock {
  const header = readHeader(reader)
  const count = reader.u32()
  const hashes: Uint8Array[] = []
  for (let left = reader.count('hashes', HASH_BYTES, MAX_BLOCK_TRANSACTIONS); left > 0; left--)
    hashes.push(reader.bytes(HASH_BYTES))
  const flags = reader.bytes(reader.count('bytes of flags', 1, MAX_FLAG_BYTES))
  return { header, count, hashes, flags }
}

/**
 * The transactions that the tree leads to, once it is certain that it leads to the root in its header.
 * Proves nothing for a transaction whose size without witnesses is 64 bytes: see `merkle-proof.ts`. @throws MerkleError
 */
export function matchesOf({ header, count, hashes, flags }: MerkleBlock): MerkleMatch[] {
  if (count < 1 || count > MAX_BLOCK_TRANSACTIONS)
    throw new MerkleError({ code: 'TRANSACTION_COUNT', count, limit: MAX_BLOCK_TRANSACTIONS })
  if (hashes.length > count) throw new MerkleError({ code: 'TREE_LEFT_OVER' })
  const walk = new Walk(count, hashes, flags)
  const root = walk.node(heightOf(count), 0)
  walk.end()
  if (!bytesEqual(root, header.merkleRoot)) throw new MerkleError({ code: 'WRONG_ROOT' })
  return walk.matches
}

/** Nodes at `height` above the leaves of a tree over `count` leaves. */
function widthAt(count: number, height: number): number {
  return Math.ceil(count / 2 ** height)
}

function heightOf(count: number): number {
  let height = 0
  while (widthAt(count, height) > 1) height++
  return height
}

class Walk {
  readonly matches: MerkleMatch[] = []
  readonly #count: number
  readonly #hashes: readonly Uint8Array[]
  readonly #flags: Uint8Array
  #hashAt = 0
  #flagAt = 0

  constructor(count: number, hashes: readonly Uint8Array[], flags: Uint8Array) {
    this.#count = count
    this.#hashes = hashes
    this.#flags = flags
  }

  /** Hash of the node `position` at `height`; takes what belongs to it and to all below it. As deep as the tree: 15 at most. */
  node(height: number, position: number): Uint8Array {
    const wanted = this.#flag()
    if (height === 0) {
      const txid = this.#hash()
      if (wanted) this.matches.push({ txid, index: position })
      return txid
    }
    if (!wanted) return this.#hash()
    const left = this.node(height - 1, 2 * position)
    const hasRight = 2 * position + 1 < widthAt(this.#count, height - 1)
    const right = hasRight ? this.node(height - 1, 2 * position + 1) : left
    return checkedParent(left, right, hasRight)
  }

  /** @throws MerkleError unless everything was used */
  end(): void {
    const bytesUsed = Math.ceil(this.#flagAt / 8)
    const lastBits = this.#flagAt % 8
    const padding = lastBits === 0 ? 0 : (this.#flags[bytesUsed - 1] as number) >>> lastBits
    if (this.#hashAt !== this.#hashes.length || bytesUsed !== this.#flags.length || padding !== 0)
      throw new MerkleError({ code: 'TREE_LEFT_OVER' })
  }

  #flag(): boolean {
    const byte = this.#flags[this.#flagAt >>> 3]
    if (byte === undefined) throw new MerkleError({ code: 'TREE_INCOMPLETE' })
    const flag = (byte >>> (this.#flagAt & 7)) & 1
    this.#flagAt++
    return flag === 1
  }

  #hash(): Uint8Array {
    const hash = this.#hashes[this.#hashAt++]
    if (hash === undefined) throw new MerkleError({ code: 'TREE_INCOMPLETE' })
    return hash
  }
}
