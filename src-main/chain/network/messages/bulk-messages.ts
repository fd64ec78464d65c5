/**
 * Blocks and transactions, and the parts of the compact block family that hold them, as the bytes that they are. Only
 * their size is looked at here: what they hold is read where it is checked, which is not the thread that owns sockets.
 */
import { MAX_BLOCK_BYTES } from '../../primitives/block.ts'
import { HASH_BYTES } from '../../primitives/hashes.ts'
import { HEADER_BYTES } from '../../primitives/header.ts'
import { MAX_TRANSACTION_BYTES } from '../../primitives/transaction-decoding.ts'
import { MAX_BLOCK_TRANSACTIONS_BYTES, MAX_GET_BLOCK_TRANSACTIONS_BYTES } from '../compact-block-messages.ts'
import { MAX_PAYLOAD_BYTES } from './envelope.ts'
import type { MessageCodec } from './message-codec.ts'
import { WireError } from './wire-error.ts'

const MIN_TRANSACTION_BYTES = 10

/** `payload` is what `decodeBlock`, `decodeTransaction`, `decodeCompactBlock` and so on read. */
export interface BulkMessage<C extends 'block' | 'tx' | 'cmpctblock' | 'getblocktxn' | 'blocktxn'> {
  readonly command: C
  /** Not to be written to. */
  readonly payload: Uint8Array
}

function bulkMessage<C extends BulkMessage<'block' | 'tx' | 'cmpctblock' | 'getblocktxn' | 'blocktxn'>['command']>(
  command: C,
  minBytes: number,
  maxBytes: number,
): MessageCodec<BulkMessage<C>> {
  return {
    command,
    maxBytes,
    encode: ({ payload }) => payload,
    decode(payload) {
      if (payload.length < minBytes) throw new WireError({ code: 'MALFORMED', command, what: 'TOO_SHORT' })
      return { command, payload }
    },
  }
}

/** Begins with the header: 80 bytes. */
export const block = bulkMessage('block', HEADER_BYTES + 1, MAX_BLOCK_BYTES)
export const tx = bulkMessage('tx', MIN_TRANSACTION_BYTES, MAX_TRANSACTION_BYTES)
/** Begins with the header: 80 bytes. BIP 152. One that gains nothing on its block would not fit into a message. */
export const cmpctblock = bulkMessage('cmpctblock', HEADER_BYTES + 8 + 2, MAX_PAYLOAD_BYTES)
/** Begins with the hash of the block: 32 bytes. BIP 152. */
export const getblocktxn = bulkMessage('getblocktxn', HASH_BYTES + 1, MAX_GET_BLOCK_TRANSACTIONS_BYTES)
/** Begins with the hash of the block: 32 bytes. BIP 152. */
export const blocktxn = bulkMessage('blocktxn', HASH_BYTES + 1, MAX_BLOCK_TRANSACTIONS_BYTES)
