import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ByteReader } from '../../codec/byte-reader.ts'
import { SerializationError } from '../../codec/serialization-error.ts'
import { fromHex, toHex } from '../../kernel/bytes.ts'
import { bitcoinMain } from '../test-support/bitcoin-networks.ts'
import { vectorBytes, vectorJson, vectorText } from '../test-support/vectors.ts'
import { Block, decodeBlock, MAX_BLOCK_BYTES } from './block.ts'
import { displayHash } from './hashes.ts'
import { BlockHeader, decodeHeader, HEADER_BYTES } from './header.ts'
import { merkleRoot } from './merkle.ts'
import { Transaction } from './transaction.ts'
import {
  witnessCommitment,
  witnessCommitmentFault,
  witnessCommitmentOf,
  witnessCommitmentScript,
} from './witness-commitment.ts'

const { limit } = bitcoinMain.proofOfWork

/** Records of 4 bytes of network magic, 4 of length, and a block. */
function recordsOf(path: string): Uint8Array[] {
  const reader = new ByteReader(vectorBytes(path))
  const blocks: Uint8Array[] = []
  while (reader.left > 0) {
    expect(toHex(reader.bytes(4))).toBe('f9beb4d9')
    blocks.push(reader.bytes(reader.u32()))
  }
  return blocks
}

/** Reads, checks what a block can show by itself, and writes again from the fields alone. */
function checkedBlock(bytes: Uint8Array): Block {
  const block = decodeBlock(bytes)
  expect(block.bytes()).toEqual(bytes)
  expect(block.size).toBe(bytes.length)
  const anew = new Block(
    new BlockHeader(block.header),
    block.transactions.map((transaction) => new Transaction(transaction)),
  )
  expect(anew.bytes()).toEqual(bytes)
  expect([anew.weight, anew.strippedSize]).toEqual([block.weight, block.strippedSize])
  expect(anew.hash).toEqual(block.hash)
  expect(merkleRoot(block.transactions.map(({ txid }) => txid))).toEqual({
    root: block.header.merkleRoot,
    mutated: false,
  })
  return block
}

describe('blocks 1 to 255 of the main network', () => {
  const blocks = recordsOf('blocks/mainnet_1-256.dat').map(checkedBlock)

  test('link from the first block on, each with its proof of work', () => {
    expect(blocks).toHaveLength(255)
    let parent = bitcoinMain.genesis
    for (const block of blocks) {
      expect(block.header.previous).toEqual(parent.hash)
      expect(block.header.hasProofOfWork(limit)).toBe(true)
      expect(block.transactions[0]?.isCoinbase).toBe(true)
      expect(block.transactions.slice(1).some(({ isCoinbase }) => isCoinbase)).toBe(false)
      parent = block
    }
    expect(displayHash(parent.hash)).toBe('00000000d0a75c861fabf9ff7b92022f60e4afeed9331fe5aa073d8e4706fe3c')
  })

  test('their first eleven headers', () => {
    const lines = vectorText('blocks/mainnet_headers_1-11.txt').trim().split(/\s+/)
    expect(lines.map((line) => toHex(decodeHeader(fromHex(line).slice(0, HEADER_BYTES)).hash))).toEqual(
      blocks.slice(0, lines.length).map(({ hash }) => toHex(hash)),
    )
    expect(lines).toHaveLength(11)
    expect(decodeHeader(vectorBytes('blocks/bcoin_headers1.raw').subarray(0, HEADER_BYTES)).hash).toEqual(
      blocks[0]?.hash,
    )
    expect(checkedBlock(vectorBytes('blocks/bcoin_block1.raw')).hash).toEqual(blocks[0]?.hash)
  })
})

describe('single blocks', () => {
  const files: readonly (readonly [string, string, number])[] = [
    ['bcoin_block300025.raw', '0000000000000000821c4e0acc40f88bedbce3b73ba2358b5ade58a9022cc78c', 461],
    ['bcoin_block482683.raw', '000000000000000000c238240ef6dcb26c37e75e16514e6ffc0aef7eee73e747', 12],
    ['bcoin_block898352.raw', '00000000c269ad542ed9ac684cb5fa6df340d5feee0e040590225c7332b98fca', 10],
    ['bcoin_block1087400.raw', '0000000003db83e6ab01a6ebb26ad2b1481688009141c9afc204c54284e1ba66', 97],
    ['bitcoinj_block169482.dat', '0000000000000756935f1ee9d5987857b604046f846d3df56d024cdb5f368665', 14],
    ['rust_testnet_segwit_block.raw', '000000000000045e0b1660b6445b5e5c5ab63c9a4f956be7e1e69be04fa4497b', 15],
  ]
  test.each(files)('%s', (file, hash, count) => {
    const block = checkedBlock(vectorBytes(`blocks/${file}`))
    expect([displayHash(block.hash), block.transactions.length]).toEqual([hash, count])
    expect(block.header.hasProofOfWork(limit)).toBe(true)
    expect(witnessCommitmentFault(block)).toBeUndefined()
    // Each block with a witness has a commitment.
    const [coinbase] = block.transactions as [Transaction]
    expect(witnessCommitmentOf(coinbase) !== undefined).toBe(block.transactions.some(({ hasWitness }) => hasWitness))
  })

  test('rust_block_13b8a.hex and the five of core/blocks.json', () => {
    const vectors = vectorJson<{ id: string; transactions: number; hex: string }[]>('core/blocks.json')
    expect(vectors).toHaveLength(5)
    for (const { id, transactions, hex } of vectors) {
      const block = checkedBlock(fromHex(hex))
      expect([displayHash(block.hash), block.transactions.length]).toEqual([id, transactions])
    }
    const block = checkedBlock(fromHex(vectorText('blocks/rust_block_13b8a.hex').trim()))
    expect(displayHash(block.hash)).toMatch(/^0000000000013b8a/)
  })

  test('the reorganisation set', () => {
    const chain = recordsOf('blocks/reorg/blk_0_to_4.dat').map(checkedBlock)
    const side = ['3A', '4A', '5A'].flatMap((name) => recordsOf(`blocks/reorg/blk_${name}.dat`).map(checkedBlock))
    expect([chain.length, side.length]).toEqual([5, 3])
    for (const [at, block] of chain.slice(1).entries()) expect(block.header.previous).toEqual(chain[at]?.hash)
    expect(side[0]?.header.previous).toEqual(chain[2]?.hash)
    expect(side[1]?.header.previous).toEqual(side[0]?.hash)
    expect(side[2]?.header.previous).toEqual(side[1]?.hash)
  })
})

interface BlockFixture {
  description: string
  id: string
  version: number
  prevHash: string
  merkleRoot: string
  timestamp: number
  bits: number
  nonce: number
  hex: string
  valid: boolean
  size?: number
  strippedSize?: number
  weight?: number
  witnessCommit?: string
}

describe("bitcoinjs-lib's fixtures", () => {
  const fixtures = vectorJson<{ valid: BlockFixture[]; invalid: { hex: string }[] }>('bitcoinjs/block.json')

  test.each(fixtures.valid)('$description, $id', (expected) => {
    const bytes = fromHex(expected.hex)
    const header = decodeHeader(bytes.subarray(0, HEADER_BYTES))
    expect([header.version, header.time, header.bits, header.nonce]).toEqual([
      expected.version,
      expected.timestamp,
      expected.bits,
      expected.nonce,
    ])
    expect([toHex(header.previous), toHex(header.merkleRoot)]).toEqual([expected.prevHash, expected.merkleRoot])
    expect(displayHash(header.hash)).toBe(expected.id)
    expect(header.hasProofOfWork(limit)).toBe(expected.valid)
    if (bytes.length === HEADER_BYTES) return
    const block = checkedBlock(bytes)
    if (expected.weight === undefined) return
    expect([block.size, block.strippedSize, block.weight]).toEqual([
      expected.size,
      expected.strippedSize,
      expected.weight,
    ])
    expect(toHex(witnessCommitmentOf(block.transactions[0] as Transaction) as Uint8Array)).toBe(expected.witnessCommit)
    expect(witnessCommitmentFault(block)).toBeUndefined()
  })

  test('there are eight, one of them with a witness commitment, and one cut short', () => {
    expect(fixtures.valid).toHaveLength(8)
    expect(fixtures.valid.filter(({ witnessCommit }) => witnessCommit)).toHaveLength(1)
    for (const { hex } of fixtures.invalid)
      expect(() => decodeHeader(fromHex(hex))).toThrow(expect.objectContaining({ code: 'TOO_SHORT' }))
  })
})

describe('what a block is refused for', () => {
  const bytes = vectorBytes('blocks/bcoin_block1.raw')

  test('too many bytes, too few, or too many for what it is', () => {
    expect(() => decodeBlock(new Uint8Array(MAX_BLOCK_BYTES + 1))).toThrow(
      expect.objectContaining({ code: 'TOO_MANY' }),
    )
    for (let end = 0; end < bytes.length; end++) expect(() => decodeBlock(bytes.subarray(0, end))).toThrow()
    expect(() => decodeBlock(Uint8Array.of(...bytes, 0))).toThrow(expect.objectContaining({ code: 'TRAILING_BYTES' }))
  })

  test('a count of transactions that the bytes cannot hold', () => {
    const forged = Uint8Array.of(
      ...bytes.subarray(0, HEADER_BYTES),
      0xfe,
      0xff,
      0xff,
      0xff,
      0x7f,
      ...bytes.subarray(81),
    )
    expect(() => decodeBlock(forged)).toThrow(
      expect.objectContaining({ fault: expect.objectContaining({ code: 'TOO_MANY', what: 'transactions' }) }),
    )
  })

  test('bytes of strangers bring nothing but a block or a coded error', () => {
    const good = vectorBytes('blocks/rust_testnet_segwit_block.raw')
    const change = fc.record({ at: fc.nat(good.length - 1), value: fc.integer({ min: 0, max: 255 }) })
    const damaged = fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) => {
      const forged = good.slice()
      for (const { at, value } of changes) forged[at] = value
      return forged
    })
    fc.assert(
      fc.property(damaged, (forged) => {
        try {
          expect(Buffer.from(decodeBlock(forged).bytes()).equals(forged)).toBe(true)
        } catch (error) {
          if (!(error instanceof SerializationError)) throw error
        }
      }),
      { seed: 42, numRuns: process.env.SHOAL_LONG === '1' ? 20_000 : 500 },
    )
  })

  test('a header is kept without the message it came in', () => {
    const { header } = decodeBlock(bytes)
    expect(header.previous.buffer.byteLength).toBe(HEADER_BYTES)
  })
})

describe('the commitment to the witnesses', () => {
  const good = decodeBlock(vectorBytes('blocks/bcoin_block1087400.raw'))
  const [coinbase, ...others] = good.transactions as [Transaction, ...Transaction[]]
  const withCoinbase = (changed: Transaction) => new Block(good.header, [changed, ...others])
  const withReserved = (...witness: Uint8Array[]) =>
    withCoinbase(new Transaction({ ...coinbase, inputs: coinbase.inputs.map((input) => ({ ...input, witness })) }))

  test('is over every witness but that of the coinbase', () => {
    const reserved = coinbase.inputs[0]?.witness[0] as Uint8Array
    expect(witnessCommitment(good.transactions, reserved)).toEqual(witnessCommitmentOf(coinbase))
  })

  test('needs exactly one reserved value of 32 bytes', () => {
    expect(witnessCommitmentFault(withReserved())).toBe('bad-witness-nonce-size')
    expect(witnessCommitmentFault(withReserved(new Uint8Array(31)))).toBe('bad-witness-nonce-size')
    expect(witnessCommitmentFault(withReserved(new Uint8Array(32), new Uint8Array(32)))).toBe('bad-witness-nonce-size')
    expect(witnessCommitmentFault(withReserved(new Uint8Array(32).fill(1)))).toBe('bad-witness-merkle-match')
  })

  test('a changed witness does not match, under the same block hash', () => {
    const at = others.findIndex(({ hasWitness }) => hasWitness)
    const target = others[at] as Transaction
    const inputs = target.inputs.map((input) => ({ ...input, witness: [Uint8Array.of(1)] }))
    const forged = new Block(good.header, [coinbase, ...others.with(at, new Transaction({ ...target, inputs }))])
    expect(witnessCommitmentFault(forged)).toBe('bad-witness-merkle-match')
    expect(merkleRoot(forged.transactions.map(({ txid }) => txid)).root).toEqual(good.header.merkleRoot)
  })

  test('may be missing where there is no witness, and only there', () => {
    const bare = new Transaction({
      version: coinbase.version,
      lockTime: coinbase.lockTime,
      inputs: coinbase.inputs.map((input) => ({ ...input, witness: [] })),
      outputs: coinbase.outputs.filter(({ scriptPubKey }) => scriptPubKey[0] !== 0x6a),
    })
    expect(witnessCommitmentFault(withCoinbase(bare))).toBe('unexpected-witness')
    expect(witnessCommitmentFault(new Block(good.header, [bare]))).toBeUndefined()
    expect(witnessCommitmentFault(new Block(good.header, []))).toBeUndefined()
  })

  test('is the last of several', () => {
    const commit = (fill: number) => ({
      value: 0n,
      scriptPubKey: witnessCommitmentScript(new Uint8Array(32).fill(fill)),
    })
    const short = { value: 0n, scriptPubKey: commit(3).scriptPubKey.slice(0, 37) }
    const two = new Transaction({ ...coinbase, outputs: [commit(1), commit(2), short] })
    expect(witnessCommitmentOf(two)).toEqual(new Uint8Array(32).fill(2))
  })
})
