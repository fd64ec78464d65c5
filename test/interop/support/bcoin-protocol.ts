/** What a test and a bcoin process (test/tools/bcoin) say to each other, one JSON line each. Hashes as people read them. */
import type { AddressPrefixes } from '../../../src-main/chain/address/address.ts'
import type { ChainNetwork } from '../../../src-main/chain/consensus/network.ts'
import { toHex } from '../../../src-main/kernel/bytes.ts'

/** A network as bcoin is told of it. Byte strings in hexadecimal. */
export interface BcoinParameters {
  readonly name: string
  /** As on the wire. */
  readonly magic: string
  readonly port: number
  /** The whole block. */
  readonly genesis: string
  readonly bits: number
  readonly limit: string
  readonly firstSubsidy: number
  readonly halvingInterval: number
  readonly coinbaseMaturity: number
  readonly addresses: AddressPrefixes
  /** Whether its mempool takes standard transactions only. */
  readonly requireStandard: boolean
}

/** The only argument of the process, as JSON. */
export interface BcoinOptions {
  readonly parameters: BcoinParameters
  /** To listen on at 127.0.0.1; 0 for any that is free. */
  readonly port: number
  /** Whether it offers BIP 37, and with it answers to `mempool`, at which it closes the connection otherwise. */
  readonly bloom: boolean
  /** Milliseconds after which it ends, come what may. */
  readonly lifetimeMs: number
  /** `none`, `error`, `warning`, `info`, `debug` or `spam`, to standard error. */
  readonly log: string
}

export interface BcoinPeer {
  /** `host:port` of its end of the connection. */
  readonly peer: string
  /** Whether hands are shaken. */
  readonly open: boolean
  /** Whether bcoin dialled. */
  readonly outbound: boolean
}

/** Score: what bcoin holds against the sender; 100 is a ban. */
export interface Refusal {
  readonly accepted: false
  readonly reason: string
  readonly score?: number
}

export type Injected =
  /** `best`: it is the tip now. */
  { readonly accepted: true; readonly height: number; readonly best: boolean } | Refusal | Orphaned
/** Kept until its parent comes. */
export interface Orphaned {
  readonly accepted: false
  readonly orphan: true
}

/** A block in numbers as bcoin works them out. */
export interface BlockFacts {
  readonly hash: string
  readonly merkleRoot: string
  /** To the witnesses, in the order of the bytes; null for a block without one. */
  readonly commitment: string | null
  readonly weight: number
  readonly transactions: readonly { readonly txid: string; readonly wtxid: string; readonly weight: number }[]
}

/** Each command with its arguments and result. */
export interface BcoinCommands {
  info: {
    args: Record<string, never>
    result: { height: number; tip: string; chainwork: string; peers: readonly BcoinPeer[] }
  }
  /** Mines `blocks` blocks with what the mempool holds. Result: their hashes. */
  mine: { args: { blocks: number; address: string }; result: readonly string[] }
  /** `accepted` false without a reason: its parents are not known. */
  addTx: {
    args: { tx: string }
    result: { readonly accepted: boolean; readonly reason?: string; readonly score?: number }
  }
  mempool: { args: Record<string, never>; result: readonly string[] }
  /** A block of the best chain by height, or any it has by hash. */
  block: { args: { at: number | string }; result: string | null }
  facts: { args: { at: number | string }; result: BlockFacts | null }
  inject: { args: { block: string }; result: Injected }
  /** Scripts of all inputs under flags named as Bitcoin Core names them. Result: the first that fails. */
  verifyTx: {
    args: {
      tx: string
      spent: readonly { readonly value: number; readonly script: string }[]
      flags: readonly string[]
    }
    result: { readonly input: number; readonly code: string } | null
  }
  /** Dials; answers when hands are shaken. */
  connect: { args: { host: string; port: number }; result: true }
  /** Closes all connections and forgets bans. */
  disconnect: { args: Record<string, never>; result: true }
  /** A new node with nothing but genesis, on the same port. */
  reset: { args: Record<string, never>; result: true }
}

export type BcoinCommand = keyof BcoinCommands

export type BcoinEvent =
  | { readonly event: 'ready'; readonly port: number }
  /** Connected to, or taken from, the best chain. */
  | { readonly event: 'block' | 'disconnected'; readonly hash: string; readonly height: number }
  /** Entered its mempool. */
  | { readonly event: 'tx'; readonly txid: string }
  /** bcoin refused this; `peer` is who sent it, null for what a command gave. */
  | {
      readonly event: 'reject'
      readonly what: 'block' | 'tx'
      readonly hash: string
      readonly reason: string
      readonly score: number
      readonly peer: string | null
    }
  /** A peer told bcoin by a `reject` message that it refused something. */
  | {
      readonly event: 'rejected'
      readonly what: string
      readonly hash: string | null
      readonly reason: string
      readonly peer: string
    }
  /** Hands are shaken. */
  | {
      readonly event: 'peer'
      readonly peer: string
      readonly agent: string
      readonly version: number
      readonly services: number
      readonly height: number
      readonly outbound: boolean
    }
  | { readonly event: 'gone'; readonly peer: string; readonly reason: string | null }
  | { readonly event: 'ban'; readonly peer: string }

export type FromBcoin =
  | BcoinEvent
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string }

/** @throws RangeError for a network whose difficulty changes: bcoin does not know our rule */
export function bcoinParameters(network: ChainNetwork, requireStandard = true): BcoinParameters {
  const { proofOfWork, subsidy, genesis } = network
  if (proofOfWork.difficulty.kind !== 'fixed') throw new RangeError(`difficulty of ${network.name} is not fixed`)
  return {
    name: network.name,
    magic: toHex(network.magic),
    port: network.port,
    genesis: toHex(genesis.bytes()),
    bits: genesis.header.bits,
    limit: proofOfWork.limit.toString(16),
    firstSubsidy: Number(subsidy.first),
    halvingInterval: subsidy.halvingInterval,
    coinbaseMaturity: network.coinbaseMaturity,
    addresses: network.addresses,
    requireStandard,
  }
}
