/** What getheaders and getblocks are about: hashes that name a branch, and the headers behind the first that is shared. */
import { HEADER_BYTES } from '../primitives/header.ts'
import type { Branch } from './branch.ts'
import type { HeaderTree } from './header-tree.ts'

/** Hashes of a locator that nodes accept. */
export const MAX_LOCATOR_HASHES = 101
/** Headers that one message may hold. */
export const MAX_HEADERS_RESULTS = 2_000
/** The newest hashes stand one by one, those behind ever sparser. */
const DENSE_HASHES = 10

/** Hashes from the end of the branch down to genesis, ever sparser. */
export function locatorOf(tree: HeaderTree, branch: Branch): Uint8Array[] {
  const hashes: Uint8Array[] = []
  let step = 1
  for (let height = branch.height; height > 0; height -= step) {
    hashes.push(tree.hash(branch.at(height)))
    if (hashes.length > DENSE_HASHES) step *= 2
  }
  hashes.push(tree.hash(branch.at(0)))
  return hashes
}

/** Height of the first hash that is part of the branch; 0 where none is. Hashes beyond `MAX_LOCATOR_HASHES` do not count. */
export function sharedHeight(tree: HeaderTree, branch: Branch, locator: readonly Uint8Array[]): number {
  for (const hash of locator.slice(0, MAX_LOCATOR_HASHES)) {
    const row = tree.find(hash)
    if (branch.has(row)) return tree.height(row)
    // The one that asks is ahead of us on our own branch.
    if (row !== -1 && tree.height(row) > branch.height && tree.ancestor(row, branch.height) === branch.end)
      return branch.height
  }
  return 0
}

/**
 * Headers of the branch after the first hash of the locator that is part of it, up to `stop` or `limit` of them: n times 80
 * bytes. Without a locator the header `stop` alone, where it is part of the branch.
 */
export function headersAfter(
  tree: HeaderTree,
  branch: Branch,
  locator: readonly Uint8Array[],
  stop: Uint8Array,
  limit: number,
): Uint8Array {
  const last = tree.find(stop)
  if (locator.length === 0) return branch.has(last) ? tree.bytes(last) : new Uint8Array(0)
  const first = sharedHeight(tree, branch, locator) + 1
  const end = branch.has(last) && tree.height(last) >= first ? tree.height(last) : branch.height
  const count = Math.max(0, Math.min(end - first + 1, limit, MAX_HEADERS_RESULTS))
  const headers = new Uint8Array(count * HEADER_BYTES)
  for (let i = 0; i < count; i++) headers.set(tree.bytes(branch.at(first + i)), i * HEADER_BYTES)
  return headers
}
