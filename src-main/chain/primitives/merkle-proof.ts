/**
 * Proof that a transaction is in a block, for those who have its header only.
 *
 * Beside leading to the root, a proof must not use the two weaknesses of the tree:
 * - a transaction repeated at the end of its block (CVE-2012-2459): a right child never equals its left sibling;
 * - 64 bytes that are at once a transaction and two hashes (CVE-2017-12842): no transaction of 64 bytes is proved, and
 *   no step hashes 64 bytes that can be read as a transaction. By chance that befalls a step once in 10^8 times.
 */
import { bytesEqual, concatBytes } from '../../kernel/bytes.ts'
import { merkleParent } from './merkle.ts'
import { MerkleError } from './merkle-error.ts'
import type { Transaction } from './transaction.ts'
import { decodeTransaction } from './transaction-decoding.ts'

/** Depth of a tree over as many transactions as fit into a block (16,666), rounded up. */
export const MAX_MERKLE_DEPTH = 15
/** Size, without witnesses, of a transaction that can be mistaken for two hashes. */
export const MERKLE_PAIR_BYTES = 64
/** Where the count of inputs stands; two inputs take more than 64 bytes. */
const INPUT_COUNT_AT = 4

export interface MerkleProof {
  /** Place of the transaction in its block, 0 for the coinbase. */
  readonly index: number
  /** Siblings of 32 bytes on the way up, lowest first. */
  readonly branch: readonly Uint8Array[]
}

/** Checks that `transaction` stands at `proof.index` in the block whose header has the merkle root `root`. @throws MerkleError */
export function checkMerkleProof(transaction: Transaction, proof: MerkleProof, root: Uint8Array): void {
  if (transaction.strippedSize === MERKLE_PAIR_BYTES) throw new MerkleError({ code: 'TRANSACTION_IS_NODE' })
  if (!bytesEqual(rootOfBranch(transaction.txid, proof), root)) throw new MerkleError({ code: 'WRONG_ROOT' })
}

/** The root that a branch leads to from a leaf of 32 bytes. @throws MerkleError for a branch that no good tree has */
export function rootOfBranch(leaf: Uint8Array, { index, branch }: MerkleProof): Uint8Array {
  if (branch.length > MAX_MERKLE_DEPTH)
    throw new MerkleError({ code: 'TOO_DEEP', depth: branch.length, limit: MAX_MERKLE_DEPTH })
  if (!Number.isInteger(index) || index < 0 || index >= 2 ** branch.length)
    throw new MerkleError({ code: 'NO_SUCH_LEAF', index })
  let node = leaf
  for (const [height, sibling] of branch.entries()) {
    const isRight = ((index >>> height) & 1) === 1
    node = isRight ? checkedParent(sibling, node, true) : checkedParent(node, sibling, false)
  }
  return node
}

/**
 * The parent of two nodes, unless they show one of the weaknesses. `distinct`: the right one is a node of its own, not the
 * left one paired with itself. @throws MerkleError `DUPLICATED` | `NODE_IS_TRANSACTION`
 */
export function checkedParent(left: Uint8Array, right: Uint8Array, distinct: boolean): Uint8Array {
  if (distinct && bytesEqual(left, right)) throw new MerkleError({ code: 'DUPLICATED' })
  if (isTransaction(left, right)) throw new MerkleError({ code: 'NODE_IS_TRANSACTION' })
  return merkleParent(left, right)
}

/** Whether two hashes one after the other can be read as a transaction without witnesses. */
function isTransaction(left: Uint8Array, right: Uint8Array): boolean {
  if (left[INPUT_COUNT_AT] !== 1) return false
  try {
    decodeTransaction(concatBytes([left, right]), { witness: false })
    return true
  } catch {
    return false
  }
}
