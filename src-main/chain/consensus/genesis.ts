/**
 * First blocks. One transaction, in Bitcoin's manner: its input holds a sentence with a date, so that the block is not older
 * than it says; its output has the first subsidy and a script that nothing can spend.
 */
import { concatBytes, utf8 } from '../../kernel/bytes.ts'
import { Block } from '../primitives/block.ts'
import { ZERO_HASH } from '../primitives/hashes.ts'
import { BlockHeader } from '../primitives/header.ts'
import { merkleRoot } from '../primitives/merkle.ts'
import { COINBASE_INDEX, SEQUENCE_FINAL, Transaction } from '../primitives/transaction.ts'

export interface GenesisFields {
  /** At most 75 bytes of UTF-8: one push. */
  readonly sentence: string
  /** Seconds since 1970. */
  readonly time: number
  readonly bits: number
  readonly nonce: number
  readonly subsidy: bigint
}

const MAX_PUSH_BYTES = 75
const OP_RETURN = 0x6a

/** The block of these fields. @throws RangeError for a sentence that is too long */
export function genesisBlock({ sentence, time, bits, nonce, subsidy }: GenesisFields): Block {
  const text = utf8(sentence)
  if (text.length > MAX_PUSH_BYTES) throw new RangeError(`the sentence has more than ${MAX_PUSH_BYTES} bytes`)
  const coinbase = new Transaction({
    version: 1,
    inputs: [
      {
        previous: { txid: ZERO_HASH, index: COINBASE_INDEX },
        scriptSig: concatBytes([Uint8Array.of(text.length), text]),
        sequence: SEQUENCE_FINAL,
        witness: [],
      },
    ],
    outputs: [{ value: subsidy, scriptPubKey: Uint8Array.of(OP_RETURN) }],
    lockTime: 0,
  })
  const { root } = merkleRoot([coinbase.txid])
  return new Block(new BlockHeader({ version: 1, previous: ZERO_HASH, merkleRoot: root, time, bits, nonce }), [
    coinbase,
  ])
}
