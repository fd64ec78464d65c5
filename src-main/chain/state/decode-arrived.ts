/** Bytes that are said to be a block. */
import { SerializationError } from '../../codec/serialization-error.ts'
import type { BlockOutcome } from '../chain.ts'
import { mutated } from '../consensus/block-fault.ts'
import { type Block, decodeBlock } from '../primitives/block.ts'
import { hash256 } from '../primitives/hashes.ts'
import { HEADER_BYTES } from '../primitives/header.ts'

/** The block, or the refusal of what is none. Nothing is held against the hash: the header may belong to a good block. */
export function decodeArrived(bytes: Uint8Array): Block | BlockOutcome {
  try {
    return decodeBlock(bytes)
  } catch (error) {
    if (!(error instanceof SerializationError)) throw error
    return { status: 'refused', hash: hash256(bytes.subarray(0, HEADER_BYTES)), fault: mutated('bad-blk-encoding') }
  }
}
