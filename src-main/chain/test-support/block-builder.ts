/** Blocks made by hand: valid unless asked for otherwise, with their proof of work. For networks whose work is little. */
import { ByteWriter } from '../../codec/byte-writer.ts'
import { concatBytes } from '../../kernel/bytes.ts'
import { coinbaseHeightScript, coinbaseLockTime } from '../consensus/coinbase.ts'
import { BLOCK_VERSION } from '../consensus/header-rules.ts'
import { type ChainNetwork, isActive, subsidyAt } from '../consensus/network.ts'
import { Block } from '../primitives/block.ts'
import { ZERO_HASH } from '../primitives/hashes.ts'
import { BlockHeader, type BlockHeaderFields } from '../primitives/header.ts'
import { merkleRoot } from '../primitives/merkle.ts'
import { bitsFromTarget } from '../primitives/target.ts'
import {
  COINBASE_INDEX,
  SEQUENCE_FINAL,
  Transaction,
  type TransactionFields,
  type TransactionOutput,
} from '../primitives/transaction.ts'
import { witnessCommitment, witnessCommitmentScript } from '../primitives/witness-commitment.ts'
import { pushOf } from '../script/script-reader.ts'
import { ANYONE_CAN_SPEND } from './test-keys.ts'

/** Nonces that are tried for a block: networks of tests need two or so. */
const MAX_NONCES = 1_000_000
const RESERVED_VALUE = ZERO_HASH

export interface BlockParts {
  readonly network: ChainNetwork
  readonly height: number
  readonly parent: BlockHeader
  /** After the coinbase. */
  readonly transactions?: readonly Transaction[]
  /** What the coinbase takes beside the subsidy. */
  readonly fees?: bigint
  /** Who gets the reward: anyone, unless said. */
  readonly payTo?: Uint8Array
  /** Instead of the reward in one output. */
  readonly outputs?: readonly TransactionOutput[]
  /** Tells blocks apart that are alike otherwise: 0 to 2^32 - 1. */
  readonly extraNonce?: number
  /** Of the coinbase, instead of what the rules ask for. Its script and witness are `coinbaseInput`. */
  readonly coinbase?: Partial<Pick<TransactionFields, 'version' | 'lockTime'>>
  readonly coinbaseInput?: { readonly scriptSig?: Uint8Array; readonly sequence?: number }
  /** Of the header, instead of what follows: version, time (a minute after the parent), bits (the limit), root. */
  readonly header?: Partial<BlockHeaderFields>
}

/** A block with its proof of work. */
export function buildBlock(parts: BlockParts): Block {
  const transactions = [buildCoinbase(parts), ...(parts.transactions ?? [])]
  const { network, parent } = parts
  return solvedBlock(
    {
      version: BLOCK_VERSION,
      previous: parent.hash,
      merkleRoot: rootOf(transactions),
      time: parent.time + 60,
      bits: bitsFromTarget(network.proofOfWork.limit),
      nonce: 0,
      ...parts.header,
    },
    transactions,
  )
}

/** Another block with these transactions instead, its root and proof of work made again. */
export function withTransactions({ header }: Block, transactions: readonly Transaction[]): Block {
  const { version, previous, time, bits } = header
  return solvedBlock({ version, previous, time, bits, nonce: 0, merkleRoot: rootOf(transactions) }, transactions)
}

/** The header with the lowest nonce from its own on that meets its bits. */
export function solve(fields: BlockHeaderFields): BlockHeader {
  for (let nonce = fields.nonce; nonce < fields.nonce + MAX_NONCES; nonce++) {
    const { version, previous, merkleRoot: root, time, bits } = fields
    const header = new BlockHeader({ version, previous, merkleRoot: root, time, bits, nonce })
    if (header.hasProofOfWork(2n ** 256n)) return header
  }
  throw new RangeError(`no nonce of ${MAX_NONCES} meets these bits`)
}

export function rootOf(transactions: readonly Transaction[]): Uint8Array {
  return merkleRoot(transactions.map(({ txid }) => txid)).root
}

function solvedBlock(fields: BlockHeaderFields, transactions: readonly Transaction[]): Block {
  return new Block(solve(fields), transactions)
}

function buildCoinbase(parts: BlockParts): Transaction {
  const { network, height, transactions = [], fees = 0n, payTo = ANYONE_CAN_SPEND } = parts
  const reward = parts.outputs ?? [{ value: subsidyAt(network, height) + fees, scriptPubKey: payTo }]
  const input = {
    previous: { txid: ZERO_HASH, index: COINBASE_INDEX },
    scriptSig: concatBytes([coinbaseHeightScript(height), pushOf(new ByteWriter(4).u32(parts.extraNonce ?? 0).done())]),
    sequence: isActive(network, 'bip54', height) ? SEQUENCE_FINAL - 1 : SEQUENCE_FINAL,
    ...parts.coinbaseInput,
  }
  const fields = {
    version: 2,
    lockTime: isActive(network, 'bip54', height) ? coinbaseLockTime(height) : 0,
    ...parts.coinbase,
  }
  const bare = new Transaction({ ...fields, inputs: [{ ...input, witness: [] }], outputs: reward })
  if (!isActive(network, 'bip141', height)) return bare
  const commitment = witnessCommitment([bare, ...transactions], RESERVED_VALUE)
  return new Transaction({
    ...fields,
    inputs: [{ ...input, witness: [RESERVED_VALUE] }],
    outputs: [...reward, { value: 0n, scriptPubKey: witnessCommitmentScript(commitment) }],
  })
}
