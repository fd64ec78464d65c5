/** Bulk messages as bytes (BEP 3, BEP 6): many in one array, so that a batch costs one allocation and one write. */
import { writeU32 } from '../../kernel/bytes.ts'
import { BLOCK_MESSAGE_LENGTH, MESSAGE, PIECE_HEADER_LENGTH } from './messages.ts'
import type { BlockAddress } from './peer-wire.ts'

const BLOCK_MESSAGE_FRAME = 4 + BLOCK_MESSAGE_LENGTH
const PIECE_HEADER_FRAME = 4 + PIECE_HEADER_LENGTH

/** A block's address with its bytes, as many as the address says. */
export interface OutgoingBlock {
  readonly address: BlockAddress
  readonly bytes: Uint8Array
}

/** 17 bytes for each block. */
export function blockMessages(
  id: typeof MESSAGE.REQUEST | typeof MESSAGE.CANCEL | typeof MESSAGE.REJECT,
  blocks: readonly BlockAddress[],
): Uint8Array {
  const frames = new Uint8Array(BLOCK_MESSAGE_FRAME * blocks.length)
  let at = 0
  for (const { piece, begin, length } of blocks) {
    writeU32(frames, at, BLOCK_MESSAGE_LENGTH)
    frames[at + 4] = id
    writeU32(frames, at + 5, piece)
    writeU32(frames, at + 9, begin)
    writeU32(frames, at + 13, length)
    at += BLOCK_MESSAGE_FRAME
  }
  return frames
}

/** Header, block, header, block, …: the 13-byte headers stand in one array, the blocks are not copied. */
export function pieceMessages(blocks: readonly OutgoingBlock[]): Uint8Array[] {
  const headers = new Uint8Array(PIECE_HEADER_FRAME * blocks.length)
  const parts: Uint8Array[] = []
  let at = 0
  for (const { address, bytes } of blocks) {
    if (bytes.length !== address.length) throw new RangeError(`${bytes.length} bytes for a block of ${address.length}`)
    writeU32(headers, at, PIECE_HEADER_LENGTH + bytes.length)
    headers[at + 4] = MESSAGE.PIECE
    writeU32(headers, at + 5, address.piece)
    writeU32(headers, at + 9, address.begin)
    parts.push(headers.subarray(at, at + PIECE_HEADER_FRAME), bytes)
    at += PIECE_HEADER_FRAME
  }
  return parts
}
