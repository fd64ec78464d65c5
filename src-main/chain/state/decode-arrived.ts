/** Bytes that are said to be a block. */
import { SerializationError } from '../../codec/serialization-error.ts'
import type { BlockOutcome } from '../chain.ts'
import { mutated } from '../consensus/block-fault.ts'
import { Block, decodeBlock } from '../primitives/block.ts'
import { hash256 } from '../primitives/hashes.ts'
import { type BlockHeader, decodeHeader, HEADER_BYTES } from '../primitives/header.ts'

/** A block, or its serialisation as it came. */
export type GivenBlock = Block | Uint8Array

/** The header, for which 80 bytes are enough, or the refusal of fewer. */
export function headerOfArrived(given: GivenBlock): BlockHeader | BlockOutcome {
  if (given instanceof Block) return given.header
  return given.length < HEADER_BYTES ? unreadable(given) : decodeHeader(given.subarray(0, HEADER_BYTES))
}

/** The block, or the refusal of what is none. Nothing is held against the hash: the header may belong to a good block. */
export function decodeArrived(given: GivenBlock): Block | BlockOutcome {
  if (given instanceof Block) return given
  try {
    return decodeBlock(given)
  } catch (error) {
    if (!(error instanceof SerializationError)) throw error
    return unreadable(given)
  }
}

function unreadable(bytes: Uint8Array): BlockOutcome {
  return { status: 'refused', hash: hash256(bytes.subarray(0, HEADER_BYTES)), fault: mutated('bad-blk-encoding') }
}
