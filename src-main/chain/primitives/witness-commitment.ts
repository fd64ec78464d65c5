/**
 * The commitment of a block to its witnesses (BIP 141): the last output of the coinbase whose script starts with
 * `6a24aa21a9ed` holds hash256(root over the wtxids, that of the coinbase as zeros · reserved value of 32 bytes), and the
 * witness of the coinbase holds the reserved value alone. A block without any witness needs no commitment.
 *
 * A fault here is no fault of the header: another block with the same hash can be good.
 */
import { bytesEqual, concatBytes } from '../../kernel/bytes.ts'
import type { Block } from './block.ts'
import { HASH_BYTES, hash256, ZERO_HASH } from './hashes.ts'
import { merkleRoot } from './merkle.ts'
import type { Transaction } from './transaction.ts'

/** OP_RETURN, a push of 36 bytes, and the mark. */
const COMMITMENT_PREFIX = Uint8Array.of(0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed)

/** Named as other programs name them. */
export type WitnessCommitmentFault = 'bad-witness-nonce-size' | 'bad-witness-merkle-match' | 'unexpected-witness'

/** The 32 bytes that a coinbase commits to, if it does. */
export function witnessCommitmentOf(coinbase: Transaction): Uint8Array | undefined {
  const length = COMMITMENT_PREFIX.length + HASH_BYTES
  const output = coinbase.outputs.findLast(
    ({ scriptPubKey }) =>
      scriptPubKey.length >= length &&
      bytesEqual(scriptPubKey.subarray(0, COMMITMENT_PREFIX.length), COMMITMENT_PREFIX),
  )
  return output?.scriptPubKey.subarray(COMMITMENT_PREFIX.length, length)
}

/** The script of an output that carries a commitment of 32 bytes. */
export function witnessCommitmentScript(commitment: Uint8Array): Uint8Array {
  return concatBytes([COMMITMENT_PREFIX, commitment])
}

/** The commitment to the transactions of a block, coinbase first, under a reserved value of 32 bytes. */
export function witnessCommitment(transactions: readonly Transaction[], reserved: Uint8Array): Uint8Array {
  const leaves = transactions.map((transaction, index) => (index === 0 ? ZERO_HASH : transaction.wtxid))
  return hash256(merkleRoot(leaves).root, reserved)
}

/** What is wrong with the commitment of a block on a chain where BIP 141 is in force; undefined for nothing. */
export function witnessCommitmentFault({ transactions }: Block): WitnessCommitmentFault | undefined {
  const [coinbase] = transactions
  const committed = coinbase && witnessCommitmentOf(coinbase)
  if (coinbase === undefined || committed === undefined)
    return transactions.some((transaction) => transaction.hasWitness) ? 'unexpected-witness' : undefined
  const [reserved, ...more] = coinbase.inputs[0]?.witness ?? []
  if (reserved?.length !== HASH_BYTES || more.length > 0) return 'bad-witness-nonce-size'
  return bytesEqual(witnessCommitment(transactions, reserved), committed) ? undefined : 'bad-witness-merkle-match'
}
