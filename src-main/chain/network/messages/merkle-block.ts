/** `merkleblock` (BIP 37): a header and the part of its merkle tree that leads to some transactions. */
import { ByteWriter, sizedBytesSize } from '../../../codec/byte-writer.ts'
import { HEADER_BYTES } from '../../primitives/header.ts'
import {
  decodeMerkleBlock,
  MAX_BLOCK_TRANSACTIONS,
  type MerkleBlock as MerkleBlockFields,
} from '../../primitives/partial-merkle-tree.ts'
import { hashListSize, maxHashListBytes, writeHashes } from './hash-lists.ts'
import type { MessageCodec } from './message-codec.ts'

export interface MerkleBlock extends MerkleBlockFields {
  readonly command: 'merkleblock'
}

/** A bit for each node of the tree, which has less than three for each leaf. */
const MAX_FLAGS_BYTES = 3 + Math.ceil((3 * MAX_BLOCK_TRANSACTIONS) / 8)

export const merkleblock: MessageCodec<MerkleBlock> = {
  command: 'merkleblock',
  maxBytes: HEADER_BYTES + 4 + maxHashListBytes(MAX_BLOCK_TRANSACTIONS) + MAX_FLAGS_BYTES,
  encode({ header, count, hashes, flags }) {
    const size = HEADER_BYTES + 4 + hashListSize(hashes) + sizedBytesSize(flags)
    const writer = new ByteWriter(size).bytes(header.bytes()).u32(count)
    return writeHashes(writer, hashes).sizedBytes(flags).done()
  },
  decode: (payload) => ({ command: 'merkleblock', ...decodeMerkleBlock(payload) }),
}
