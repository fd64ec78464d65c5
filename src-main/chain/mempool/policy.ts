/**
 * What this node relays and mines beside what consensus demands, as numbers. Modelled on Bitcoin Core; where its versions
 * differ, a choice is made and said here.
 *
 * Fee rates are grains for each 1,000 virtual bytes. Fees inside the mempool are numbers: all of them together never pass
 * the 21e14 grains that exist, which a number holds exactly.
 */

/** Grains per 1,000 virtual bytes. */
export type FeeRate = number

/** Below nothing is taken, relayed or mined. Core's value up to version 29, and bcoin's. */
export const MINIMUM_RELAY_FEE_RATE: FeeRate = 1_000
/** What a replacement pays for its own relay beside the fees it replaces, and the step of the floor after an eviction. */
export const INCREMENTAL_RELAY_FEE_RATE: FeeRate = 1_000
/** An output is dust where spending it at this rate costs more than it is worth. */
export const DUST_FEE_RATE: FeeRate = 3_000

/** Versions from 1. Core relays 3 too, with limits of its own for it (TRUC, BIP 431), which we do not have. */
export const MAX_STANDARD_VERSION = 2
export const MAX_STANDARD_WEIGHT = 400_000
/** Bytes without witnesses. One of 64 could pass for a node of the merkle tree (CVE-2017-12842), smaller ones serve nobody. */
export const MIN_STANDARD_STRIPPED_BYTES = 65
export const MAX_STANDARD_SCRIPT_SIG_BYTES = 1_650
/** Keys of a bare multisig output. */
export const MAX_BARE_MULTISIG_KEYS = 3
/**
 * Bytes of a data output's script: OP_RETURN, pushes and 80 bytes of data. There may be one in a transaction. So Core up to
 * version 29; later ones allow 100,000 bytes in any number. bcoin is as strict as this.
 */
export const MAX_DATA_SCRIPT_BYTES = 83

/** A fifth of what a block may cost. */
export const MAX_STANDARD_SIGOPS_COST = 16_000
/** Signature checks in the script behind a script hash. */
export const MAX_STANDARD_P2SH_SIGOPS = 15
/** A transaction counts as at least so many weight units for each unit of sigop cost: bytes cannot be had cheaply for checks. */
const WEIGHT_PER_SIGOP_COST = 20
export const MAX_STANDARD_WITNESS_SCRIPT_BYTES = 3_600
/** Beside the script. */
export const MAX_STANDARD_WITNESS_ITEMS = 100
export const MAX_STANDARD_WITNESS_ITEM_BYTES = 80

/** Transactions in a chain of unconfirmed ones, the one itself counted; Core up to version 30, and bcoin. */
export const MAX_ANCESTORS = 25
export const MAX_ANCESTORS_VIRTUAL_BYTES = 101_000
export const MAX_DESCENDANTS = 25
export const MAX_DESCENDANTS_VIRTUAL_BYTES = 101_000
/** That one replacement may drive out. */
export const MAX_REPLACED_TRANSACTIONS = 100

/** Seconds after which an unconfirmed transaction is forgotten: 336 hours. */
export const EXPIRY_SECONDS = 336 * 3_600
/** Bytes of memory, estimated. */
export const DEFAULT_MEMORY_LIMIT = 300_000_000

/** Grains for `virtualBytes` at a rate, rounded up. */
export function feeFor(rate: FeeRate, virtualBytes: number): number {
  return Math.ceil((rate * virtualBytes) / 1_000)
}

/** What fee rates of the mempool count by: a quarter of the weight, or of what its signature checks weigh, rounded up. */
export function adjustedVirtualSize(weight: number, sigopsCost: number): number {
  return Math.ceil(Math.max(weight, sigopsCost * WEIGHT_PER_SIGOP_COST) / 4)
}
