/**
 * The merkle tree over the transactions of a block: its root, and the branch that proves one leaf.
 *
 * Where a level has an odd number of nodes the last one is paired with itself, so a list of leaves whose end repeats has
 * the root of the list without the repetition (CVE-2012-2459). `mutated` says that a list could be such a one: its block
 * is refused, but the hash of the block must not be remembered as bad, for the good block has the same.
 */
import { bytesEqual } from '../../kernel/bytes.ts'
import { HASH_BYTES, hash256, ZERO_HASH } from './hashes.ts'

export interface MerkleRoot {
  /** 32 bytes; zeros for no leaves. */
  readonly root: Uint8Array
  /** Two nodes that are hashed together, not being one node paired with itself, are equal. */
  readonly mutated: boolean
}

/** Root over hashes of 32 bytes. */
export function merkleRoot(leaves: readonly Uint8Array[]): MerkleRoot {
  if (leaves.length === 0) return { root: ZERO_HASH, mutated: false }
  let level = leaves
  let mutated = false
  while (level.length > 1) {
    mutated ||= hasEqualPair(level)
    level = parentsOf(level)
  }
  return { root: level[0] as Uint8Array, mutated }
}

/** The siblings on the way from leaf `index` up to the root, lowest first. */
export function merkleBranch(leaves: readonly Uint8Array[], index: number): Uint8Array[] {
  if (!Number.isInteger(index) || index < 0 || index >= leaves.length) throw new RangeError(`no leaf ${index}`)
  const branch: Uint8Array[] = []
  for (let level = leaves, at = index; level.length > 1; level = parentsOf(level), at >>>= 1)
    branch.push((level[at ^ 1] ?? level[at]) as Uint8Array)
  return branch
}

/** Hash of two nodes of 32 bytes. */
export function merkleParent(left: Uint8Array, right: Uint8Array): Uint8Array {
  return hash256(left, right)
}

function parentsOf(level: readonly Uint8Array[]): Uint8Array[] {
  const parents: Uint8Array[] = []
  // One array for all pairs: a hash over one array is quicker than over two.
  const pair = new Uint8Array(2 * HASH_BYTES)
  for (let at = 0; at < level.length; at += 2) {
    const left = level[at] as Uint8Array
    pair.set(left, 0)
    pair.set(level[at + 1] ?? left, HASH_BYTES)
    parents.push(hash256(pair))
  }
  return parents
}

function hasEqualPair(level: readonly Uint8Array[]): boolean {
  for (let at = 0; at + 1 < level.length; at += 2)
    if (bytesEqual(level[at] as Uint8Array, level[at + 1] as Uint8Array)) return true
  return false
}
