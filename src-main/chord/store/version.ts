/**
 * Which of two versions of an item stands. All holders must come to the same one, so that unlike BEP 44's rule for writes this
 * order is total: where an owner has signed two values under one `seq`, the greater bytes win.
 */
import { createHash } from 'node:crypto'
import { compareBytes, writeU32 } from '../../kernel/bytes.ts'
import type { Item } from '../../kernel/key-value-store.ts'

export const DIGEST_BYTES = 8

/** Positive where `a` replaces `b`, 0 where they are the same. Both are of one key. */
export function compareVersions(a: Item, b: Item): number {
  if (a.kind === 'immutable' || b.kind === 'immutable') return 0
  if (a.seq !== b.seq) return a.seq > b.seq ? 1 : -1
  return compareBytes(a.value, b.value) || compareBytes(a.signature, b.signature)
}

/** The first 8 bytes of SHA-1 over what tells one version from another: `seq`, signature and value; of an immutable item, nothing. */
export function digestOf(item: Item): Uint8Array {
  const hash = createHash('sha1')
  if (item.kind === 'mutable') {
    const seq = new Uint8Array(8)
    writeU32(seq, 0, Number(item.seq >> 32n))
    writeU32(seq, 4, Number(item.seq & 0xffff_ffffn))
    hash.update(seq).update(item.signature).update(item.value)
  }
  return new Uint8Array(hash.digest().subarray(0, DIGEST_BYTES))
}
