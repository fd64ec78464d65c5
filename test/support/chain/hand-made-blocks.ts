/**
 * Blocks made by hand from the primitives alone: no template, no mempool, no consensus code takes part, so that what judges
 * them is judged itself. Mined by trying nonces: for networks whose limit every second hash meets.
 */
import type { ChainNetwork } from '../../../src-main/chain/consensus/network.ts'
import { subsidyAt } from '../../../src-main/chain/consensus/network.ts'
import { Block } from '../../../src-main/chain/primitives/block.ts'
import { ZERO_HASH } from '../../../src-main/chain/primitives/hashes.ts'
import { BlockHeader, type BlockHeaderFields } from '../../../src-main/chain/primitives/header.ts'
import { merkleRoot } from '../../../src-main/chain/primitives/merkle.ts'
import { bitsFromTarget } from '../../../src-main/chain/primitives/target.ts'
import {
  COINBASE_INDEX,
  SEQUENCE_FINAL,
  Transaction,
  type TransactionFields,
  type TransactionOutput,
} from '../../../src-main/chain/primitives/transaction.ts'
import { witnessCommitment, witnessCommitmentScript } from '../../../src-main/chain/primitives/witness-commitment.ts'
import { encodeNumber } from '../../../src-main/chain/script/script-number.ts'
import { pushOf } from '../../../src-main/chain/script/script-reader.ts'
import { concatBytes, utf8 } from '../../../src-main/kernel/bytes.ts'

/** What a block is built on. */
export interface BlockParent {
  readonly hash: Uint8Array
  readonly height: number
  /** Seconds since 1970. */
  readonly time: number
}

export interface BlockParts {
  /** After the coinbase. @default none */
  readonly transactions?: readonly Transaction[]
  /** Grains that the coinbase takes beside the subsidy. @default 0n */
  readonly fees?: bigint
  /** Seconds since 1970. @default one second after the parent */
  readonly time?: number
  /** At most 75 bytes in the coinbase, which make its block differ from another at the same place. */
  readonly tag?: string
  /** Alters the coinbase before it is committed to. */
  readonly coinbase?: (fields: TransactionFields) => TransactionFields
  /** Alters the header before it is mined. */
  readonly header?: (fields: BlockHeaderFields) => BlockHeaderFields
  /** False: no commitment to the witnesses, and no witness in the coinbase. @default true */
  readonly commit?: boolean
}

const BLOCK_VERSION = 0x2000_0000
const OP_1 = 0x51

/** The block after `parent` whose coinbase pays to `script`. */
export function blockAfter(
  network: ChainNetwork,
  parent: BlockParent,
  script: Uint8Array,
  parts: BlockParts = {},
): Block {
  const { transactions = [], time = parent.time + 1, coinbase: alter = same, header: alterHeader = same } = parts
  const coinbase = new Transaction(alter(coinbaseFields(network, parent.height + 1, script, parts)))
  const all = [coinbase, ...transactions]
  const fields: BlockHeaderFields = {
    version: BLOCK_VERSION,
    previous: parent.hash,
    merkleRoot: merkleRoot(all.map(({ txid }) => txid)).root,
    time,
    bits: bitsFromTarget(network.proofOfWork.limit),
    nonce: 0,
  }
  return new Block(mined(alterHeader(fields), network.proofOfWork.limit), all)
}

/** The header with the first nonce, from the one given on, that is work enough. */
export function mined(fields: BlockHeaderFields, limit: bigint): BlockHeader {
  for (let { nonce } = fields; ; nonce++) {
    const header = new BlockHeader({ ...fields, nonce })
    if (header.hasProofOfWork(limit)) return header
  }
}

/** The same fields with the first nonce that is not enough. */
export function unmined(fields: BlockHeaderFields, limit: bigint): BlockHeader {
  for (let { nonce } = fields; ; nonce++) {
    const header = new BlockHeader({ ...fields, nonce })
    if (!header.hasProofOfWork(limit)) return header
  }
}

function coinbaseFields(
  network: ChainNetwork,
  height: number,
  script: Uint8Array,
  { transactions = [], fees = 0n, tag = 'made by hand', commit = true }: BlockParts,
): TransactionFields {
  const outputs: TransactionOutput[] = [{ value: subsidyAt(network, height) + fees, scriptPubKey: script }]
  if (commit) outputs.push({ value: 0n, scriptPubKey: commitmentTo(transactions) })
  return {
    version: 2,
    inputs: [
      {
        previous: { txid: ZERO_HASH, index: COINBASE_INDEX },
        scriptSig: concatBytes([heightScript(height), pushOf(utf8(tag))]),
        sequence: SEQUENCE_FINAL - 1,
        witness: commit ? [ZERO_HASH] : [],
      },
    ],
    outputs,
    lockTime: height - 1,
  }
}

/** BIP 34: the height, pushed in the shortest way. */
export function heightScript(height: number): Uint8Array {
  return height <= 16 ? Uint8Array.of(OP_1 + height - 1) : pushOf(encodeNumber(height))
}

/** Script of the commitment, under a reserved value of zeros. A coinbase counts as zeros, so any stands in for it. */
function commitmentTo(transactions: readonly Transaction[]): Uint8Array {
  const standIn = new Transaction({ version: 1, inputs: [], outputs: [], lockTime: 0 })
  return witnessCommitmentScript(witnessCommitment([standIn, ...transactions], ZERO_HASH))
}

function same<T>(fields: T): T {
  return fields
}
