/**
 * What one network's chain is made of, as data: nothing in consensus asks which network it is on, only for its parameters.
 * Every rule that Bitcoin took up on its way has an activation height.
 */
import type { AddressPrefixes } from '../address/address.ts'
import type { Block } from '../primitives/block.ts'
import type { DifficultyRule } from './difficulty.ts'

/**
 * Rules that came after the first release, by the BIP that describes them: 16 pay to script hash · 34 height in the
 * coinbase · 65 absolute locktimes in scripts · 66 strict DER · 68, 112 relative locktimes · 113 locktimes by median time ·
 * 141 witnesses and weight · 143 their signature hash · 147 no extra value for CHECKMULTISIG · 54 locktime and sequence of
 * the coinbase, no transactions of 64 bytes, 2,500 signature operations in a transaction.
 */
export type ConsensusRule =
  | 'bip16'
  | 'bip34'
  | 'bip54'
  | 'bip65'
  | 'bip66'
  | 'bip68'
  | 'bip112'
  | 'bip113'
  | 'bip141'
  | 'bip143'
  | 'bip147'

/** What the time in a header must be. Seconds. */
export interface HeaderTimeRule {
  /** Greater than its parent's. */
  readonly aboveParent: boolean
  /** Greater than the median of the eleven headers before it. */
  readonly aboveMedian: boolean
  /** At most this far ahead of our own clock. */
  readonly furthestAhead: number
}

export interface ProofOfWorkRule {
  /** The easiest target, 1 to 2^256 - 1; the first block has it. */
  readonly limit: bigint
  readonly difficulty: DifficultyRule
}

export interface SubsidyRule {
  /** Grains for each of the first blocks. */
  readonly first: bigint
  /** Blocks after which it is halved, again and again, rounded down. */
  readonly halvingInterval: number
}

export interface ChainNetwork {
  /** As on the command line. */
  readonly name: string
  /** First four bytes of every message between nodes. */
  readonly magic: Uint8Array
  /** TCP port that nodes listen on unless told otherwise. */
  readonly port: number
  readonly addresses: AddressPrefixes
  readonly genesis: Block
  readonly proofOfWork: ProofOfWorkRule
  readonly headerTime: HeaderTimeRule
  readonly subsidy: SubsidyRule
  /** Blocks from a coinbase to the first block that may spend it. */
  readonly coinbaseMaturity: number
  /** A chain with less work is not ours, however it ends. */
  readonly minimumChainWork: bigint
  /**
   * Seconds after which a tip is too old to be the network's, so that there must be blocks we have not heard of; Infinity where
   * an old tip only means that nobody has mined.
   */
  readonly maxTipAge: number
  /** Height of the first block that each rule holds for; Infinity for never. */
  readonly activation: Readonly<Record<ConsensusRule, number>>
}

/** Whether the block at `height` must keep `rule`. */
export function isActive(network: ChainNetwork, rule: ConsensusRule, height: number): boolean {
  return height >= network.activation[rule]
}

/** Grains that the coinbase at `height` may make, beside the fees. */
export function subsidyAt({ subsidy }: ChainNetwork, height: number): bigint {
  return subsidy.first >> BigInt(Math.floor(height / subsidy.halvingInterval))
}

/** Every rule from the same height on. */
export function allFrom(height: number): Readonly<Record<ConsensusRule, number>> {
  return {
    bip16: height,
    bip34: height,
    bip54: height,
    bip65: height,
    bip66: height,
    bip68: height,
    bip112: height,
    bip113: height,
    bip141: height,
    bip143: height,
    bip147: height,
  }
}
