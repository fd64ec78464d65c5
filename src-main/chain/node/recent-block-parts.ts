/**
 * Single transactions of the newest blocks as bytes, for peers that lack them (BIP 152): several ask about the same block within
 * a second. Of the `MAX_INDEXED_BLOCKS` asked for last the bytes are kept, with where each transaction begins: a tenth of the
 * memory of decoded ones.
 */
import { ByteReader } from '../../codec/byte-reader.ts'
import { hashKey } from '../coins/coin.ts'
import { CompactBlockError } from '../network/compact-block-error.ts'
import { MAX_BLOCK_BYTES } from '../primitives/block.ts'
import { readHeader } from '../primitives/header.ts'
import { readTransaction } from '../primitives/transaction-decoding.ts'
import { Remembered } from './remembered.ts'

/** Some 12 MB where blocks are as large as they can be. */
export const MAX_INDEXED_BLOCKS = 3

interface IndexedBytes {
  readonly bytes: Uint8Array
  /** Where each transaction begins, and where the last one ends. */
  readonly bounds: Uint32Array
}

export class RecentBlockParts {
  readonly #read: (hash: Uint8Array) => Uint8Array | undefined
  readonly #blocks = new Remembered<IndexedBytes | undefined>(MAX_INDEXED_BLOCKS)

  /** @param read bytes of a block that was good; undefined where it is not here */
  constructor(read: (hash: Uint8Array) => Uint8Array | undefined) {
    this.#read = read
  }

  /**
   * Views of the serialisations with witnesses; undefined where the block is not here.
   * @throws CompactBlockError INDEX_OVERFLOW where it has not so many
   */
  transactions(hash: Uint8Array, places: readonly number[]): Uint8Array[] | undefined {
    const block = this.#blocks.get(hashKey(hash), () => {
      const bytes = this.#read(hash)
      return bytes && { bytes, bounds: boundsIn(bytes) }
    })
    if (block === undefined) return undefined
    const { bytes, bounds } = block
    return places.map((place) => {
      const [start, end] = [bounds[place], bounds[place + 1]]
      if (start === undefined || end === undefined)
        throw new CompactBlockError({ code: 'INDEX_OVERFLOW', limit: bounds.length - 1 })
      return bytes.subarray(start, end)
    })
  }
}

function boundsIn(bytes: Uint8Array): Uint32Array {
  const reader = new ByteReader(bytes)
  readHeader(reader)
  const bounds = new Uint32Array(reader.count('transactions', 1, MAX_BLOCK_BYTES) + 1)
  bounds[0] = reader.position
  for (let i = 1; i < bounds.length; i++) {
    readTransaction(reader)
    bounds[i] = reader.position
  }
  return bounds
}
