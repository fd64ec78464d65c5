import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ByteReader } from '../../codec/byte-reader.ts'
import { ByteWriter } from '../../codec/byte-writer.ts'
import { SerializationError } from '../../codec/serialization-error.ts'
import { concatBytes, fromHex } from '../../kernel/bytes.ts'
import { vectorBytes, vectorText } from '../test-support/vectors.ts'
import { decodeBlock } from './block.ts'
import { displayHash, hash256, ZERO_HASH } from './hashes.ts'
import { BlockHeader } from './header.ts'
import { merkleRoot } from './merkle.ts'
import { MerkleError } from './merkle-error.ts'
import {
  decodeMerkleBlock,
  MAX_BLOCK_TRANSACTIONS,
  type MerkleBlock,
  matchesOf,
  readMerkleBlock,
} from './partial-merkle-tree.ts'
import { readTransaction } from './transaction-decoding.ts'

const numRuns = process.env.SHOAL_LONG === '1' ? 5_000 : 200
const fault = (code: string) => expect.objectContaining({ code })
const leaves = (count: number) => Array.from({ length: count }, (_, at) => hash256(Uint8Array.of(at & 255, at >>> 8)))

/** The partial tree of BIP 37, built from the whole one: level by level, depth first. */
function treeOf(txids: readonly Uint8Array[], wanted: ReadonlySet<number>): MerkleBlock {
  const flags: boolean[] = []
  const hashes: Uint8Array[] = []
  const height = Math.ceil(Math.log2(txids.length))
  const visit = (level: number, position: number): void => {
    const span = 2 ** level
    const below = txids.slice(position * span, (position + 1) * span)
    const isParent = below.some((_, at) => wanted.has(position * span + at))
    flags.push(isParent)
    if (level === 0 || !isParent) {
      hashes.push(rootAt(below, level))
      return
    }
    visit(level - 1, 2 * position)
    if ((2 * position + 1) * (span / 2) < txids.length) visit(level - 1, 2 * position + 1)
  }
  visit(height, 0)
  const bytes = new Uint8Array(Math.ceil(flags.length / 8))
  for (const [at, flag] of flags.entries()) if (flag) bytes[at >> 3] = (bytes[at >> 3] as number) | (1 << (at & 7))
  const header = new BlockHeader({
    version: 1,
    previous: ZERO_HASH,
    merkleRoot: merkleRoot(txids).root,
    time: 0,
    bits: 0,
    nonce: 0,
  })
  return { header, count: txids.length, hashes, flags: bytes }
}

/** Root over the leaves of one node `level` above them: short lists are paired with themselves up to it. */
function rootAt(below: readonly Uint8Array[], level: number): Uint8Array {
  let nodes = [...below]
  for (let height = 0; height < level; height++)
    nodes = nodes.flatMap((node, at) => (at % 2 === 0 ? [hash256(node, nodes[at + 1] ?? node)] : []))
  return nodes[0] as Uint8Array
}

function encoded({ header, count, hashes, flags }: MerkleBlock): Uint8Array {
  const size = 84 + 3 + 32 * hashes.length + 3 + flags.length
  const front = new ByteWriter(84).bytes(header.bytes()).u32(count).done()
  const long = (value: number) => (value < 0xfd ? Uint8Array.of(value) : Uint8Array.of(0xfd, value & 255, value >> 8))
  expect(size).toBeLessThan(1_000_000)
  return concatBytes([front, long(hashes.length), ...hashes, long(flags.length), flags])
}

describe('merkleblock messages of others', () => {
  test('block 300025 (bcoin): parsed whole, its two matches are in the block', () => {
    const message = decodeMerkleBlock(vectorBytes('blocks/bcoin_merkle300025.raw'))
    const block = decodeBlock(vectorBytes('blocks/bcoin_block300025.raw'))
    expect([message.header.hash, message.count]).toEqual([block.hash, block.transactions.length])
    const matches = matchesOf(message)
    expect(matches).toHaveLength(2)
    for (const { txid, index } of matches) expect(block.transactions[index]?.txid).toEqual(txid)
  })

  test('the same with the transactions behind it', () => {
    const reader = new ByteReader(vectorBytes('blocks/bcoin_merkle300025-extended.raw'))
    const message = readMerkleBlock(reader)
    const matches = matchesOf(message)
    // Transactions follow, counted.
    const transactions = Array.from({ length: reader.compactSize() }, () => readTransaction(reader))
    reader.end()
    expect(transactions.map(({ txid }) => txid)).toEqual(matches.map(({ txid }) => txid))
  })

  test('block 13b8a (rust-bitcoin): of nine transactions', () => {
    const message = decodeMerkleBlock(fromHex(vectorText('blocks/rust_merkle_block.hex').trim()))
    const block = decodeBlock(fromHex(vectorText('blocks/rust_block_13b8a.hex').trim()))
    expect(displayHash(message.header.hash)).toBe(displayHash(block.hash))
    const matches = matchesOf(message)
    expect(matches.length).toBeGreaterThan(0)
    for (const { txid, index } of matches) expect(block.transactions[index]?.txid).toEqual(txid)
  })
})

describe('partial trees', () => {
  test('of any size lead to exactly what was asked for', () => {
    const drawn = fc
      .integer({ min: 1, max: 70 })
      .chain((count) => fc.tuple(fc.constant(count), fc.subarray([...Array(count).keys()])))
    fc.assert(
      fc.property(drawn, ([count, wanted]) => {
        const txids = leaves(count)
        const tree = decodeMerkleBlock(encoded(treeOf(txids, new Set(wanted))))
        expect(matchesOf(tree)).toEqual(wanted.map((index) => ({ txid: txids[index], index })))
      }),
      { seed: 37, numRuns },
    )
  })

  test('with one byte changed never lead to anything else', () => {
    const txids = leaves(13)
    const good = encoded(treeOf(txids, new Set([0, 7, 12])))
    const change = fc.record({ at: fc.nat(good.length - 1), value: fc.integer({ min: 1, max: 255 }) })
    fc.assert(
      fc.property(change, ({ at, value }) => {
        const bytes = good.slice()
        bytes[at] = (bytes[at] as number) ^ value
        try {
          for (const { txid, index } of matchesOf(decodeMerkleBlock(bytes))) expect(txid).toEqual(txids[index])
        } catch (error) {
          if (!(error instanceof SerializationError || error instanceof MerkleError)) throw error
        }
      }),
      { seed: 38, numRuns: numRuns * 5 },
    )
  })
})

describe('refused', () => {
  const tree = treeOf(leaves(6), new Set([2]))

  test('counts that no block has', () => {
    for (const count of [0, MAX_BLOCK_TRANSACTIONS + 1, 0xffff_ffff])
      expect(() => matchesOf({ ...tree, count })).toThrow(fault('TRANSACTION_COUNT'))
  })

  test('hashes or flags that are missing or left over', () => {
    expect(() => matchesOf({ ...tree, hashes: tree.hashes.slice(1) })).toThrow(fault('TREE_INCOMPLETE'))
    expect(() => matchesOf({ ...tree, hashes: [...tree.hashes, ZERO_HASH] })).toThrow(fault('TREE_LEFT_OVER'))
    expect(() => matchesOf({ ...tree, flags: new Uint8Array(0) })).toThrow(fault('TREE_INCOMPLETE'))
    expect(() => matchesOf({ ...tree, flags: Uint8Array.of(...tree.flags, 0) })).toThrow(fault('TREE_LEFT_OVER'))
    const padded = tree.flags.slice()
    padded[padded.length - 1] = (padded.at(-1) as number) | 0x80
    expect(() => matchesOf({ ...tree, flags: padded })).toThrow(fault('TREE_LEFT_OVER'))
    expect(() => matchesOf({ ...tree, hashes: Array.from({ length: 7 }, () => ZERO_HASH) })).toThrow(
      fault('TREE_LEFT_OVER'),
    )
  })

  test('a root that is not the header’s', () => {
    expect(() => matchesOf({ ...tree, hashes: tree.hashes.with(0, ZERO_HASH) })).toThrow(fault('WRONG_ROOT'))
  })

  test('a block whose end is repeated (CVE-2012-2459)', () => {
    const good = leaves(5)
    const forged = treeOf([...good, good[4] as Uint8Array], new Set([4, 5]))
    expect(forged.header.merkleRoot).toEqual(merkleRoot(good).root)
    expect(() => matchesOf(forged)).toThrow(fault('DUPLICATED'))
  })

  test('a transaction of 64 bytes taken for two (CVE-2017-12842)', () => {
    const bytes = new Uint8Array(64)
    bytes.set([2, 0, 0, 0, 1], 0)
    bytes[46] = 1
    bytes[55] = 4
    const forged = treeOf([bytes.slice(0, 32), bytes.slice(32)], new Set([1]))
    expect(() => matchesOf(forged)).toThrow(fault('NODE_IS_TRANSACTION'))
  })

  test('more hashes or flags than a block can need, by their count', () => {
    const front = encoded({ ...tree, hashes: [], flags: new Uint8Array(0) }).slice(0, 84)
    const many = Uint8Array.of(...front, 0xfd, 0x1b, 0x41)
    expect(() => decodeMerkleBlock(concatBytes([many, new Uint8Array(32 * 16_667)]))).toThrow(fault('TOO_MANY'))
    const flags = concatBytes([front, Uint8Array.of(0, 0xfe, 0, 0, 1, 0), new Uint8Array(65_536)])
    expect(() => decodeMerkleBlock(flags)).toThrow(fault('TOO_MANY'))
  })

  test('every truncation', () => {
    const bytes = encoded(tree)
    for (let end = 0; end < bytes.length; end++)
      expect(() => decodeMerkleBlock(bytes.subarray(0, end))).toThrow(SerializationError)
  })
})
