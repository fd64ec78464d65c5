import { describe, expect, test } from 'vitest'
import { concatBytes } from '../../kernel/bytes.ts'
import { Block } from '../primitives/block.ts'
import { BlockHeader } from '../primitives/header.ts'
import { SEQUENCE_FINAL, Transaction, type TransactionInput } from '../primitives/transaction.ts'
import { Opcode } from '../script/opcodes.ts'
import { type BlockParts, buildBlock, withTransactions } from '../test-support/block-builder.ts'
import { ANYONE_CAN_SPEND, withFields } from '../test-support/test-keys.ts'
import type { BlockFault } from './block-fault.ts'
import { blockFault, contextualBlockFault } from './block-rules.ts'
import { allFrom, type ChainNetwork } from './network.ts'
import { networks } from './networks.ts'

const { local } = networks
const HEIGHT = 100
const parent = new BlockHeader({ ...fieldsOf(local.genesis.header), time: 1_800_000_000 })
const invalid = (reason: string): BlockFault => ({ reason, kind: 'invalid' })
const mutated = (reason: string): BlockFault => ({ reason, kind: 'mutated' })

function fieldsOf({ version, previous, merkleRoot, time, bits, nonce }: BlockHeader) {
  return { version, previous, merkleRoot, time, bits, nonce }
}

function blockOf(parts: Partial<BlockParts> = {}): Block {
  return buildBlock({ network: local, height: HEIGHT, parent, ...parts })
}

/** Spends something, whatever that may be. */
function transactionOf(n: number, outputScript = ANYONE_CAN_SPEND, input: Partial<TransactionInput> = {}): Transaction {
  const previous = { txid: new Uint8Array(32).fill(7), index: n }
  return new Transaction({
    version: 2,
    inputs: [{ previous, scriptSig: Uint8Array.of(Opcode.OP_1), sequence: 0, witness: [], ...input }],
    outputs: [{ value: BigInt(n), scriptPubKey: outputScript }],
    lockTime: 0,
  })
}

/** The length of a script takes one byte, of one beyond 65,535 bytes five. */
function ofSize(bytes: number): Transaction {
  const script = bytes - transactionOf(1, new Uint8Array(0)).size
  return transactionOf(1, new Uint8Array(script > 0xffff ? script - 4 : script))
}

const checksigs = (count: number) => new Uint8Array(count).fill(Opcode.OP_CHECKSIG)
const [one, two, three] = [transactionOf(1), transactionOf(2), transactionOf(3)]

function place(block: Block, network: ChainNetwork = local, height = HEIGHT): BlockFault | undefined {
  return contextualBlockFault(block, { height, medianTimePast: parent.time, network })
}

describe('a block by itself', () => {
  const good = blockOf({ transactions: [one, two] })
  const [coinbase] = good.transactions as [Transaction]

  test('is good, with and without transactions', () => {
    expect(blockFault(good)).toBeUndefined()
    expect(blockFault(blockOf())).toBeUndefined()
  })

  test('has the transactions that its header commits to', () => {
    for (const transactions of [[coinbase, two, one], [coinbase, one], [coinbase], []])
      expect(blockFault(new Block(good.header, transactions))).toEqual(mutated('bad-txnmrklroot'))
  })

  test('repeats none at its end, which would leave the root as it is', () => {
    expect(blockFault(new Block(good.header, [...good.transactions, two]))).toEqual(mutated('bad-txns-duplicate'))
    const six = blockOf({ transactions: [1, 2, 3, 4, 5].map((n) => transactionOf(n)) })
    const longer = [...six.transactions, ...six.transactions.slice(-2)]
    expect(blockFault(new Block(six.header, longer))).toEqual(mutated('bad-txns-duplicate'))
  })

  test('has transactions', () => {
    const empty = withTransactions(good, [])
    expect(blockFault(empty)).toEqual(invalid('bad-blk-length'))
  })

  test('has at most a million bytes without witnesses', () => {
    const room = 1_000_000 - blockOf().strippedSize
    const largest = blockOf({ transactions: [ofSize(room)] })
    expect(largest.strippedSize).toBe(1_000_000)
    expect(blockFault(largest)).toBeUndefined()
    expect(blockFault(blockOf({ transactions: [ofSize(room + 1)] }))).toEqual(invalid('bad-blk-length'))
  })

  test('starts with a coinbase', () => {
    expect(blockFault(withTransactions(good, [one, coinbase]))).toEqual(invalid('bad-cb-missing'))
  })

  test('that starts with none and has 64 bytes like a node of a tree may be another one changed', () => {
    const [left, right] = [ofSize(64), one]
    expect(left.strippedSize).toBe(64)
    expect(blockFault(withTransactions(good, [left, right]))).toEqual(mutated('bad-cb-missing'))
    expect(blockFault(withTransactions(good, [right, left]))).toEqual(mutated('bad-cb-missing'))
  })

  test('has one coinbase', () => {
    expect(blockFault(withTransactions(good, [coinbase, one, coinbase]))).toEqual(invalid('bad-cb-multiple'))
  })

  test.each<[string, Transaction]>([
    ['bad-txns-vin-empty', withFields(one, { inputs: [] })],
    ['bad-txns-vout-empty', withFields(one, { outputs: [] })],
    ['bad-txns-vout-negative', withFields(one, { outputs: [{ value: -1n, scriptPubKey: ANYONE_CAN_SPEND }] })],
    ['bad-txns-inputs-duplicate', withFields(one, { inputs: [...one.inputs, ...one.inputs] })],
  ])('has transactions that are good by themselves: %s', (reason, transaction) =>
    expect(blockFault(blockOf({ transactions: [two, transaction, three] }))).toEqual(invalid(reason)),
  )

  test('has a coinbase that is good by itself', () => {
    const tooShort = blockOf({ coinbaseInput: { scriptSig: new Uint8Array(1) } })
    expect(blockFault(tooShort)).toEqual(invalid('bad-cb-length'))
  })

  test('has at most 20,000 signature checks outside witnesses, in whatever script', () => {
    const asked = (count: number) => blockFault(blockOf({ transactions: [transactionOf(1, checksigs(count))] }))
    expect(asked(20_000)).toBeUndefined()
    expect(asked(20_001)).toEqual(invalid('bad-blk-sigops'))
    const scriptSig = checksigs(10_000)
    const inputs = [0, 1].map((n) => transactionOf(n, checksigs(1), { scriptSig }))
    expect(blockFault(blockOf({ transactions: inputs }))).toEqual(invalid('bad-blk-sigops'))
    const multisigs = new Uint8Array(1_001).fill(Opcode.OP_CHECKMULTISIG)
    expect(blockFault(blockOf({ outputs: [{ value: 0n, scriptPubKey: multisigs }] }))).toEqual(
      invalid('bad-blk-sigops'),
    )
  })
})

describe('a block at its place', () => {
  test('is good', () => expect(place(blockOf({ transactions: [one] }))).toBeUndefined())

  test('has no transaction whose locktime is not over', () => {
    const locked = (lockTime: number, header = {}) =>
      place(blockOf({ transactions: [withFields(one, { lockTime })], header }))
    expect(locked(HEIGHT - 1)).toBeUndefined()
    expect(locked(HEIGHT)).toEqual(invalid('bad-txns-nonfinal'))
    // The median of the times before counts, not the block's own (BIP 113).
    expect(locked(parent.time - 1)).toBeUndefined()
    expect(locked(parent.time, { time: parent.time + 100 })).toEqual(invalid('bad-txns-nonfinal'))
  })

  test('locktimes are held against its own time before BIP 113', () => {
    const network = { ...local, activation: { ...local.activation, bip113: HEIGHT + 1 } }
    const locked = (lockTime: number) =>
      place(
        blockOf({ network, transactions: [withFields(one, { lockTime })], header: { time: parent.time + 100 } }),
        network,
      )
    expect(locked(parent.time + 99)).toBeUndefined()
    expect(locked(parent.time + 100)).toEqual(invalid('bad-txns-nonfinal'))
  })

  test('names its height from BIP 34 on', () => {
    const wrong = blockOf({ coinbaseInput: { scriptSig: Uint8Array.of(1, 101, 0) } })
    expect(place(wrong)).toEqual(invalid('bad-cb-height'))
    expect(place(wrong, { ...local, activation: { ...local.activation, bip34: HEIGHT + 1 } })).toBeUndefined()
    const low = (scriptSig: Uint8Array) => place(blockOf({ height: 5, coinbaseInput: { scriptSig } }), local, 5)
    expect(low(Uint8Array.of(Opcode.OP_1 + 4, 0))).toBeUndefined()
    expect(low(Uint8Array.of(1, 5))).toEqual(invalid('bad-cb-height'))
  })

  describe('from BIP 54 on', () => {
    const before = { ...local, activation: { ...local.activation, bip54: HEIGHT + 1 } }

    test.each([
      ['bad-cb-locktime', { coinbase: { lockTime: HEIGHT - 2 } }],
      ['bad-cb-locktime', { coinbase: { lockTime: 0 } }],
      ['bad-cb-sequence', { coinbaseInput: { sequence: SEQUENCE_FINAL } }],
      ['bad-txns-size', { transactions: [two, ofSize(64)] }],
      ['bad-txns-size', { transactions: [withWitness(ofSize(64))] }],
    ] as const)('%s', (reason, parts) => {
      const block = blockOf(parts)
      expect(blockFault(block)).toBeUndefined()
      expect(place(block)).toEqual(invalid(reason))
      expect(place(block, before)).toBeUndefined()
    })

    test('63 and 65 bytes are good', () =>
      expect(place(blockOf({ transactions: [ofSize(63), ofSize(65)] }))).toBeUndefined())

    test('a coinbase of the next block is not final yet', () =>
      expect(place(blockOf({ coinbase: { lockTime: HEIGHT } }))).toEqual(invalid('bad-txns-nonfinal')))
  })

  describe('commits to its witnesses', () => {
    const signed = withWitness(one)
    const good = blockOf({ transactions: [signed] })
    const [coinbase] = good.transactions as [Transaction]
    const withReserved = (witness: readonly Uint8Array[]) =>
      withFields(coinbase, { inputs: coinbase.inputs.map((input) => ({ ...input, witness })) })

    test.each<[string, readonly Transaction[]]>([
      ['bad-witness-nonce-size', [withReserved([]), signed]],
      ['bad-witness-nonce-size', [withReserved([new Uint8Array(31)]), signed]],
      ['bad-witness-nonce-size', [withReserved([new Uint8Array(32), new Uint8Array(32)]), signed]],
      ['bad-witness-merkle-match', [withReserved([new Uint8Array(32).fill(1)]), signed]],
      ['bad-witness-merkle-match', [coinbase, withWitness(one, 2)]],
      ['bad-witness-merkle-match', [coinbase, one]],
    ])('%s: another block of this hash may be good', (reason, transactions) => {
      const changed = new Block(good.header, transactions)
      expect(blockFault(changed)).toBeUndefined()
      expect(place(changed)).toEqual(mutated(reason))
      expect(place(good)).toBeUndefined()
    })

    test('or has none', () => {
      const bare = { ...local, activation: { ...local.activation, bip141: Infinity } }
      const without = buildBlock({ network: bare, height: HEIGHT, parent, transactions: [one] })
      expect(place(without)).toBeUndefined()
      const added = new Block(without.header, [without.transactions[0] as Transaction, signed])
      expect(place(added)).toEqual(mutated('unexpected-witness'))
      expect(place(added, bare)).toEqual(mutated('unexpected-witness'))
    })
  })

  test('weighs at most four million units', () => {
    const room = (block: Block) => 4_000_000 - block.weight
    const base = transactionOf(1, new Uint8Array(500_000), { witness: [new Uint8Array(70_000)] })
    const bytes = 70_000 + room(blockOf({ transactions: [base] }))
    const heavy = (more: number) =>
      blockOf({
        transactions: [transactionOf(1, new Uint8Array(500_000), { witness: [new Uint8Array(bytes + more)] })],
      })
    expect(heavy(0).weight).toBe(4_000_000)
    expect(place(heavy(0))).toBeUndefined()
    expect(blockFault(heavy(1))).toBeUndefined()
    expect(place(heavy(1))).toEqual(invalid('bad-blk-weight'))
  })

  test('no rule holds before its height', () => {
    const early: ChainNetwork = { ...local, activation: allFrom(Infinity) }
    const scriptSig = concatBytes([Uint8Array.of(9, 9)])
    expect(
      place(buildBlock({ network: early, height: 7, parent, coinbaseInput: { scriptSig } }), early, 7),
    ).toBeUndefined()
  })
})

function withWitness(transaction: Transaction, byte = 1): Transaction {
  return withFields(transaction, {
    inputs: transaction.inputs.map((input) => ({ ...input, witness: [Uint8Array.of(byte)] })),
  })
}
