/**
 * A block that lacks only its work. The coinbase has a place of eight bytes (the extranonce) that whoever mines may fill at
 * will: the merkle root follows from it and from the branch beside the coinbase.
 */
import { compactSizeBytes } from '../../codec/byte-writer.ts'
import { concatBytes } from '../../kernel/bytes.ts'
import type { ChainTip } from '../chain.ts'
import { coinbaseHeightScript, coinbaseLockTime } from '../consensus/coinbase.ts'
import { BLOCK_VERSION, earliestTime } from '../consensus/header-rules.ts'
import { MAX_BLOCK_SIGOPS_COST, MAX_BLOCK_WEIGHT } from '../consensus/limits.ts'
import { type ChainNetwork, isActive, subsidyAt } from '../consensus/network.ts'
import type { BlockTemplate } from '../node/node-chain.ts'
import { Block } from '../primitives/block.ts'
import { hash256, ZERO_HASH } from '../primitives/hashes.ts'
import { decodeHeader, HEADER_BYTES } from '../primitives/header.ts'
import { merkleBranch, merkleParent } from '../primitives/merkle.ts'
import {
  COINBASE_INDEX,
  SEQUENCE_FINAL,
  Transaction,
  type TransactionOutput,
  WITNESS_SCALE,
} from '../primitives/transaction.ts'
import { witnessCommitment, witnessCommitmentScript } from '../primitives/witness-commitment.ts'
import { pushOf } from '../script/script-reader.ts'

export const EXTRANONCE_BYTES = 8
const RESERVED_VALUE = ZERO_HASH
/** Weight units kept for the header, the count of transactions and the coinbase. */
const RESERVED_WEIGHT = 4_000
/** Signature checks kept for the coinbase's outputs: one of a public key hash, outside witnesses. */
const RESERVED_SIGOPS_COST = WITNESS_SCALE

/** What may be taken from a mempool for a block. */
export const TRANSACTIONS_LIMITS = {
  maxWeight: MAX_BLOCK_WEIGHT - RESERVED_WEIGHT,
  maxSigopsCost: MAX_BLOCK_SIGOPS_COST - RESERVED_SIGOPS_COST,
} as const

export interface TemplateParts {
  readonly id: number
  readonly network: ChainNetwork
  /** The parent. */
  readonly tip: ChainTip
  /** Bits that the rules ask of the block. */
  readonly bits: number
  /** Our time, seconds since 1970. */
  readonly now: number
  readonly payTo: Uint8Array
  /** In an order that is valid, within `TRANSACTIONS_LIMITS`. */
  readonly transactions: readonly { readonly transaction: Transaction; readonly fee: bigint }[]
}

/** A template with what it needs to become a block. */
export interface OpenTemplate {
  readonly template: BlockTemplate
  /** After the coinbase. */
  readonly transactions: readonly Transaction[]
  /** The coinbase with any extranonce. */
  coinbase(extranonce: Uint8Array): Transaction
}

export function buildTemplate(parts: TemplateParts): OpenTemplate {
  const { id, network, tip, bits, now } = parts
  const height = tip.height + 1
  const transactions = parts.transactions.map(({ transaction }) => transaction)
  const fees = parts.transactions.reduce((sum, { fee }) => sum + fee, 0n)
  const reward = subsidyAt(network, height) + fees
  const coinbase = coinbaseMaker(parts, height, reward, transactions)
  const sample = coinbase(new Uint8Array(EXTRANONCE_BYTES))
  const bytes = sample.strippedBytes()
  const extranonceAt = extranoncePlace(height)
  const minimumTime = earliestTime({ time: () => tip.time, medianTimePast: () => tip.medianTimePast }, network)
  const weight = transactions.reduce((sum, transaction) => sum + transaction.weight, sample.weight)
  return {
    template: {
      ...{ id, height, bits, minimumTime, fees, reward },
      version: BLOCK_VERSION,
      previous: tip.hash,
      time: Math.max(minimumTime, now),
      coinbaseStart: bytes.slice(0, extranonceAt),
      coinbaseEnd: bytes.slice(extranonceAt + EXTRANONCE_BYTES),
      branch: merkleBranch([sample.txid, ...transactions.map(({ txid }) => txid)], 0),
      weight: weight + WITNESS_SCALE * (HEADER_BYTES + compactSizeBytes(transactions.length + 1)),
      transactions: transactions.length + 1,
    },
    transactions,
    coinbase,
  }
}

/** The merkle root that goes with an extranonce of eight bytes. */
export function merkleRootOf(
  { coinbaseStart, coinbaseEnd, branch }: Pick<BlockTemplate, 'coinbaseStart' | 'coinbaseEnd' | 'branch'>,
  extranonce: Uint8Array,
): Uint8Array {
  return branch.reduce(merkleParent, hash256(coinbaseStart, extranonce, coinbaseEnd))
}

/** The block that a miner has found. @throws SerializationError for a header that is not 80 bytes */
export function assembleBlock(open: OpenTemplate, header: Uint8Array, extranonce: Uint8Array): Block {
  return new Block(decodeHeader(header), [open.coinbase(extranonce), ...open.transactions])
}

/** Of the serialisation without witness: version, one input, the outpoint, the script's length, height, a push of eight. */
function extranoncePlace(height: number): number {
  return 4 + 1 + 36 + 1 + coinbaseHeightScript(height).length + 1
}

function coinbaseMaker(
  { network, payTo }: TemplateParts,
  height: number,
  reward: bigint,
  transactions: readonly Transaction[],
): OpenTemplate['coinbase'] {
  const withWitness = isActive(network, 'bip141', height)
  const withLockTime = isActive(network, 'bip54', height)
  const outputs: TransactionOutput[] = [{ value: reward, scriptPubKey: payTo }]
  const make = (extranonce: Uint8Array) =>
    new Transaction({
      version: 2,
      inputs: [
        {
          previous: { txid: ZERO_HASH, index: COINBASE_INDEX },
          scriptSig: concatBytes([coinbaseHeightScript(height), pushOf(extranonce)]),
          sequence: withLockTime ? SEQUENCE_FINAL - 1 : SEQUENCE_FINAL,
          witness: withWitness ? [RESERVED_VALUE] : [],
        },
      ],
      outputs,
      lockTime: withLockTime ? coinbaseLockTime(height) : 0,
    })
  if (withWitness) {
    // The coinbase counts as zeros in what it commits to, so its extranonce does not change the commitment.
    const commitment = witnessCommitment([make(new Uint8Array(EXTRANONCE_BYTES)), ...transactions], RESERVED_VALUE)
    outputs.push({ value: 0n, scriptPubKey: witnessCommitmentScript(commitment) })
  }
  return make
}
