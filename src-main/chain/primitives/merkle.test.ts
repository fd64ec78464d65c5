import { describe, expect, test } from 'vitest'
import { fromHex, toHex } from '../../kernel/bytes.ts'
import { vectorBytes } from '../test-support/vectors.ts'
import { decodeBlock } from './block.ts'
import { hash256, ZERO_HASH } from './hashes.ts'
import { merkleBranch, merkleParent, merkleRoot } from './merkle.ts'
import { MerkleError, type MerkleFault } from './merkle-error.ts'
import { checkMerkleProof, MAX_MERKLE_DEPTH, MERKLE_PAIR_BYTES, rootOfBranch } from './merkle-proof.ts'
import { decodeTransaction } from './transaction-decoding.ts'

const leaves = (count: number) => Array.from({ length: count }, (_, at) => hash256(Uint8Array.of(at & 255, at >>> 8)))
const fault = (code: MerkleFault['code']) => expect.objectContaining({ code })

describe('the root', () => {
  test('of few leaves is what the rule says', () => {
    const [a, b, c] = leaves(3) as [Uint8Array, Uint8Array, Uint8Array]
    expect(merkleRoot([])).toEqual({ root: ZERO_HASH, mutated: false })
    expect(merkleRoot([a]).root).toEqual(a)
    expect(merkleRoot([a, b]).root).toEqual(hash256(a, b))
    expect(merkleRoot([a, b, c]).root).toEqual(merkleParent(merkleParent(a, b), merkleParent(c, c)))
  })

  test('is the same for a list whose end repeats, which is told (CVE-2012-2459)', () => {
    for (const [count, repeated] of [
      [3, 1],
      [5, 1],
      [6, 2],
      [7, 1],
      [12, 4],
      [11, 1],
    ] as const) {
      const good = leaves(count)
      const forged = [...good, ...good.slice(-repeated)]
      expect(merkleRoot(good).mutated).toBe(false)
      expect(merkleRoot(forged)).toEqual({ root: merkleRoot(good).root, mutated: true })
    }
  })

  test('equal leaves in different pairs are no mutation', () => {
    const [a, b] = leaves(2) as [Uint8Array, Uint8Array]
    expect(merkleRoot([a, b, b, a]).mutated).toBe(false)
    expect(merkleRoot([a, b, a, b]).mutated).toBe(true)
    expect(merkleRoot([a, a]).mutated).toBe(true)
  })
})

describe('a branch', () => {
  test('leads from every leaf to the root, and from anything else elsewhere', () => {
    for (const count of [1, 2, 3, 4, 5, 7, 8, 9, 17]) {
      const all = leaves(count)
      const { root } = merkleRoot(all)
      for (const [index, leaf] of all.entries()) {
        const branch = merkleBranch(all, index)
        expect(rootOfBranch(leaf, { index, branch })).toEqual(root)
        expect(rootOfBranch(hash256(leaf), { index, branch })).not.toEqual(root)
      }
    }
  })

  test('is for leaves that there are', () => {
    for (const index of [-1, 3, 0.5]) expect(() => merkleBranch(leaves(3), index)).toThrow(RangeError)
  })

  test('of a repeated leaf is refused (CVE-2012-2459)', () => {
    const all = leaves(5)
    const { root } = merkleRoot(all)
    // Place 5 does not exist; its branch leads to the root all the same.
    const branch = merkleBranch([...all, all[4] as Uint8Array], 5)
    expect(merkleRoot([...all, all[4] as Uint8Array]).root).toEqual(root)
    expect(() => rootOfBranch(all[4] as Uint8Array, { index: 5, branch })).toThrow(fault('DUPLICATED'))
    expect(rootOfBranch(all[4] as Uint8Array, { index: 4, branch: merkleBranch(all, 4) })).toEqual(root)
  })

  test('has a place within it, and no more steps than a block needs', () => {
    const [leaf, sibling] = leaves(2) as [Uint8Array, Uint8Array]
    for (const index of [2, -1, 0.5])
      expect(() => rootOfBranch(leaf, { index, branch: [sibling] })).toThrow(fault('NO_SUCH_LEAF'))
    const deepest = Array.from({ length: MAX_MERKLE_DEPTH }, () => sibling)
    expect(rootOfBranch(leaf, { index: 0, branch: deepest })).toHaveLength(32)
    expect(() => rootOfBranch(leaf, { index: 0, branch: [...deepest, sibling] })).toThrow(fault('TOO_DEEP'))
  })
})

describe('a proof for a transaction', () => {
  const block = decodeBlock(vectorBytes('blocks/bcoin_block482683.raw'))
  const txids = block.transactions.map(({ txid }) => txid)

  test('holds for each of a real block, and for no other place or root', () => {
    for (const [index, transaction] of block.transactions.entries()) {
      const branch = merkleBranch(txids, index)
      checkMerkleProof(transaction, { index, branch }, block.header.merkleRoot)
      expect(() => checkMerkleProof(transaction, { index: index ^ 1, branch }, block.header.merkleRoot)).toThrow(
        MerkleError,
      )
      expect(() => checkMerkleProof(transaction, { index, branch }, ZERO_HASH)).toThrow(fault('WRONG_ROOT'))
    }
  })

  /** 64 bytes: one input without a script, one output with four bytes of it. The second half is for the taking. */
  const pairLike = (half: Uint8Array) => {
    const bytes = new Uint8Array(MERKLE_PAIR_BYTES)
    bytes.set(fromHex('0200000001'), 0)
    // Sequence, then one output with a script of four bytes, then the locktime.
    bytes.set(half, 32)
    bytes[41] = 0
    bytes[46] = 1
    bytes[55] = 4
    return bytes
  }

  test('is none where a node inside it can be read as a transaction (CVE-2017-12842)', () => {
    // The block holds the 64-byte transaction; its second half is the id of a transaction that was never in a block.
    const bytes = pairLike(hash256(Uint8Array.of(1)))
    expect(toHex(decodeTransaction(bytes).bytes())).toBe(toHex(bytes))
    const forgedLeaf = bytes.subarray(32)
    const proof = { index: 1, branch: [bytes.slice(0, 32)] }
    expect(() => rootOfBranch(forgedLeaf, proof)).toThrow(fault('NODE_IS_TRANSACTION'))
  })

  test('is none for a transaction of 64 bytes (CVE-2017-12842)', () => {
    const transaction = decodeTransaction(pairLike(hash256(Uint8Array.of(2))))
    expect(transaction.strippedSize).toBe(64)
    expect(() => checkMerkleProof(transaction, { index: 0, branch: [] }, transaction.txid)).toThrow(
      fault('TRANSACTION_IS_NODE'),
    )
  })
})
