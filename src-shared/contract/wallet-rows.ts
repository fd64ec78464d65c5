/** What the wallet shows of itself: balance, history, coins, addresses, contacts. */
import { z } from 'zod'
import { hashText, networkName } from './chain.ts'

export const grains = z.bigint()
export const heightNumber = z.int().nonnegative()
export const addressText = z.string().min(1).max(100)
/** `txid:index`. */
export const outpointText = z.string().regex(/^[0-9a-f]{64}:\d{1,10}$/)
/** Written by the person, or taken from a URI or a file: text only, wherever it is shown. */
export const MAX_LABEL_CHARACTERS = 255
export const labelText = z.string().max(MAX_LABEL_CHARACTERS)

export const walletBalance = z.object({
  /** Can be spent now: confirmed and mature, not frozen, and own change that is still pending. */
  available: grains,
  /** Unconfirmed, from others. */
  pending: grains,
  /** Rewards that may not be spent yet. */
  immature: grains,
  /** Set aside by the person; part of none of the above. */
  frozen: grains,
  /** Rewards of blocks that are no part of the best chain any more; part of none of the above. */
  orphaned: grains,
})
export type WalletBalance = z.infer<typeof walletBalance>

export const walletScan = z.object({
  /** Highest block looked at. */
  height: heightNumber,
  /** Of the best chain. */
  target: heightNumber,
  /** While blocks are looked at: of this scan. */
  progress: z.object({ done: z.int(), total: z.int(), rate: z.number(), remaining: z.number().optional() }).optional(),
  /** Why it does not go on, one sentence; empty where it does. */
  stuck: z.string().max(500),
})

/** What there is to choose from where wallet.db cannot be read. */
export const walletGeneration = z.object({ time: z.number(), path: z.string().max(4_096) })

export const walletInfo = z.object({
  /** `none`: create or restore. `damaged`: the previous generation, or the words. `failed` says why in `notice`. */
  state: z.enum(['none', 'opening', 'ready', 'damaged', 'failed']),
  network: networkName,
  /** No key is in memory. */
  locked: z.boolean(),
  /** Unix milliseconds at which it locks by itself. */
  locksAt: z.number().optional(),
  /** The person has shown that the words are written down. */
  wordsConfirmed: z.boolean(),
  /** Unix seconds before which nothing can have been paid to it. */
  birthday: z.number().optional(),
  balance: walletBalance,
  scan: walletScan,
  /** Transactions that wait for a block. */
  unconfirmed: z.int(),
  /** All of its history. */
  transactions: z.int(),
  /** A light node learns of payments only from blocks; with one peer there is nobody to compare with. */
  light: z.object({ oneSource: z.boolean() }).optional(),
  /** Where the state is `damaged`. */
  previous: walletGeneration.optional(),
  /** What a person should know. One sentence, or empty. */
  notice: z.string().max(500),
})
export type WalletInfo = z.infer<typeof walletInfo>

/** Depth as trust: what reversing it would take, in steps. */
export const trust = z.enum(['unconfirmed', 'fresh', 'likely', 'settled'])
export type Trust = z.infer<typeof trust>

export const historyStatus = z.enum([
  'pending',
  'confirmed',
  'immature',
  'orphaned',
  'conflicted',
  'replaced',
  'abandoned',
])
export type HistoryStatus = z.infer<typeof historyStatus>

export const historyRow = z.object({
  /** The txid. */
  id: hashText,
  kind: z.enum(['received', 'sent', 'moved', 'mined']),
  status: historyStatus,
  trust,
  /** Of its block, or when it was first seen. */
  time: z.number(),
  height: heightNumber.optional(),
  confirmations: z.int(),
  /** What the wallet gained or lost by it, the fee counted. */
  delta: grains,
  /** Where we paid it, and know. */
  fee: grains.optional(),
  feeRate: z.number().optional(),
  virtualSize: z.int(),
  /** Sent: whom to. Received, mined: on which of ours. At most 20. */
  addresses: z.array(addressText).max(20),
  /** Names of contacts that have those addresses. */
  contacts: z.array(labelText).max(20),
  label: labelText,
  /** Confirmations until a reward may be spent; 0 for what is no reward or is mature. */
  maturesIn: z.int(),
  canBump: z.boolean(),
  canSpeedUpByChild: z.boolean(),
  canAbandon: z.boolean(),
  canRebroadcast: z.boolean(),
  /** The transaction that took its place. */
  replacedBy: hashText.optional(),
  /** Why peers or our own mempool refused it: the rule's name. Empty for not. */
  refused: z.string().max(200),
})
export type HistoryRow = z.infer<typeof historyRow>

export const coinRow = z.object({
  id: outpointText,
  value: grains,
  address: addressText,
  label: labelText,
  confirmations: z.int(),
  /** `pending`: unconfirmed, from others. `change`: unconfirmed, our own. */
  status: z.enum(['available', 'change', 'pending', 'immature', 'frozen']),
  isReward: z.boolean(),
})
export type CoinRow = z.infer<typeof coinRow>

export const addressRow = z.object({
  /** The address. */
  id: addressText,
  chain: z.enum(['receive', 'change']),
  index: z.int().nonnegative(),
  /** As in BIP 84. */
  path: z.string().max(64),
  /** When it was handed out; undefined for not. */
  handedOut: z.number().optional(),
  label: labelText,
  received: grains,
  balance: grains,
  payments: z.int(),
})
export type AddressRow = z.infer<typeof addressRow>

export const contactRow = z.object({
  id: z.string().regex(/^[0-9a-f]{16}$/),
  name: z.string().min(1).max(100),
  address: addressText,
  note: labelText,
})
export type ContactRow = z.infer<typeof contactRow>
