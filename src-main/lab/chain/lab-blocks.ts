/** A short chain of real blocks, each with a coinbase and a payment of the one before, mined at a difficulty that can be felt. */
import { coinbaseHeightScript, coinbaseLockTime } from '../../chain/consensus/coinbase.ts'
import { BLOCK_VERSION } from '../../chain/consensus/header-rules.ts'
import { type ChainNetwork, subsidyAt } from '../../chain/consensus/network.ts'
import { networks } from '../../chain/consensus/networks.ts'
import { Block } from '../../chain/primitives/block.ts'
import { ZERO_HASH } from '../../chain/primitives/hashes.ts'
import { BlockHeader, type BlockHeaderFields } from '../../chain/primitives/header.ts'
import { merkleRoot } from '../../chain/primitives/merkle.ts'
import { bitsFromTarget } from '../../chain/primitives/target.ts'
import { COINBASE_INDEX, SEQUENCE_FINAL, Transaction } from '../../chain/primitives/transaction.ts'
import { concatBytes } from '../../kernel/bytes.ts'

/** 2^12 hashes for a block: a few milliseconds, and too many for luck. */
const LIMIT = 1n << 244n
/** The local network with that difficulty, and coinbases that may be spent at once. */
export const LAB_NETWORK: ChainNetwork = {
  ...networks.local,
  proofOfWork: { limit: LIMIT, difficulty: { kind: 'fixed' } },
  coinbaseMaturity: 1,
}
const SECONDS_APART = 60
/** OP_1: whoever likes may spend it. Scripts are not what is shown here. */
const ANYONE = Uint8Array.of(0x51)
const MAX_NONCES = 2 ** 32

export interface SolvedHeader {
  readonly header: BlockHeader
  /** Hashes that were tried. */
  readonly hashes: number
}

/** The header with the lowest nonce that meets its bits. */
export function solveHeader(fields: Omit<BlockHeaderFields, 'nonce'>): SolvedHeader {
  for (let nonce = 0; nonce < MAX_NONCES; nonce++) {
    const header = new BlockHeader({ ...fields, nonce })
    if (header.hasProofOfWork(LAB_NETWORK.proofOfWork.limit)) return { header, hashes: nonce + 1 }
  }
  throw new Error('no nonce meets these bits')
}

export function rootOf(transactions: readonly Transaction[]): Uint8Array {
  return merkleRoot(transactions.map(({ txid }) => txid)).root
}

/** A payment of what `spent` made first, less a fee. */
export function payment(spent: Pick<Transaction, 'txid'>, value: bigint): Transaction {
  const previous = { txid: spent.txid, index: 0 }
  return new Transaction({
    version: 2,
    inputs: [{ previous, scriptSig: ANYONE, sequence: SEQUENCE_FINAL, witness: [] }],
    outputs: [{ value, scriptPubKey: ANYONE }],
    lockTime: 0,
  })
}

function coinbase(height: number): Transaction {
  const input = {
    previous: { txid: ZERO_HASH, index: COINBASE_INDEX },
    scriptSig: concatBytes([coinbaseHeightScript(height), Uint8Array.of(1, height & 0x7f)]),
    sequence: SEQUENCE_FINAL - 1,
    witness: [],
  }
  const outputs = [{ value: subsidyAt(LAB_NETWORK, height), scriptPubKey: ANYONE }]
  return new Transaction({ version: 2, inputs: [input], outputs, lockTime: coinbaseLockTime(height) })
}

/** The block after `parent` at `height`, and what it took. */
export function nextBlock(parent: Block, height: number): { readonly block: Block; readonly hashes: number } {
  const [spent] = parent.transactions
  // What genesis made can never be spent.
  const payments = spent && height > 1 ? [payment(spent, (spent.outputs[0]?.value ?? 0n) - 1_000n)] : []
  const transactions = [coinbase(height), ...payments]
  const { header, hashes } = solveHeader({
    version: BLOCK_VERSION,
    previous: parent.hash,
    merkleRoot: rootOf(transactions),
    time: parent.header.time + SECONDS_APART,
    bits: bitsFromTarget(LAB_NETWORK.proofOfWork.limit),
  })
  return { block: new Block(header, transactions), hashes }
}

/** Blocks 1 to `length` after genesis. */
export function labChain(length: number): readonly Block[] {
  const blocks: Block[] = []
  for (let height = 1; height <= length; height++)
    blocks.push(nextBlock(blocks.at(-1) ?? LAB_NETWORK.genesis, height).block)
  return blocks
}
