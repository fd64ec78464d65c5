/**
 * The wallet, without its secrets: passwords and words never cross here but on the vault's own channel (`vault-channel.ts`).
 * Amounts are grains (`bigint`); ids and hashes are 64 hex digits as people write them; times are Unix seconds.
 */
import { z } from 'zod'
import { hashText, networkName } from './chain.ts'
import { nothing, rows, service, value } from './service.ts'

const grains = z.bigint()
const height = z.int().nonnegative()
const address = z.string().min(1).max(100)
/** `txid:index`. */
export const outpointText = z.string().regex(/^[0-9a-f]{64}:\d{1,10}$/)
/** Written by the person, or taken from a URI or a file: text only, wherever it is shown. */
export const MAX_LABEL_CHARACTERS = 255
const label = z.string().max(MAX_LABEL_CHARACTERS)
/** Grains per virtual byte. */
const feeRate = z.number().positive().max(1_000_000)
const page = { offset: z.int().nonnegative().default(0), limit: z.int().min(1).max(200).default(50) }

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
  height,
  /** Of the best chain. */
  target: height,
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
  height: height.optional(),
  confirmations: z.int(),
  /** What the wallet gained or lost by it, the fee counted. */
  delta: grains,
  /** Where we paid it, and know. */
  fee: grains.optional(),
  feeRate: z.number().optional(),
  virtualSize: z.int(),
  /** Sent: whom to. Received, mined: on which of ours. At most 20. */
  addresses: z.array(address).max(20),
  /** Names of contacts that have those addresses. */
  contacts: z.array(label).max(20),
  label,
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
  address,
  label,
  confirmations: z.int(),
  /** `pending`: unconfirmed, from others. `change`: unconfirmed, our own. */
  status: z.enum(['available', 'change', 'pending', 'immature', 'frozen']),
  isReward: z.boolean(),
})
export type CoinRow = z.infer<typeof coinRow>

export const addressRow = z.object({
  /** The address. */
  id: address,
  chain: z.enum(['receive', 'change']),
  index: z.int().nonnegative(),
  /** As in BIP 84. */
  path: z.string().max(64),
  /** When it was handed out; undefined for not. */
  handedOut: z.number().optional(),
  label,
  received: grains,
  balance: grains,
  payments: z.int(),
})
export type AddressRow = z.infer<typeof addressRow>

export const contactRow = z.object({
  id: z.string().regex(/^[0-9a-f]{16}$/),
  name: z.string().min(1).max(100),
  address,
  note: label,
})
export type ContactRow = z.infer<typeof contactRow>

/** What a BIP 21 URI or an address stands for. */
export const paymentTarget = z.object({
  address,
  amount: grains.optional(),
  label: label.optional(),
  message: label.optional(),
  contact: label.optional(),
  /** We have paid to it or been paid on it before. */
  used: z.boolean(),
  /** It is one of this wallet. */
  own: z.boolean(),
})
export type PaymentTarget = z.infer<typeof paymentTarget>

export const FEE_TARGETS = [1, 3, 10] as const
export const feeChoice = z.union([
  z.object({ target: z.union([z.literal(1), z.literal(3), z.literal(10)]) }),
  z.object({ feeRate }),
])
export type FeeChoice = z.infer<typeof feeChoice>

export const feeEstimate = z.object({
  /** Blocks. */
  target: z.int(),
  /** Grains per virtual byte. */
  feeRate: z.number(),
  /** `minimum`: too few blocks to estimate from (fewer than 20), or a light node: the least that is relayed. */
  basis: z.enum(['estimate', 'minimum']),
})
export type FeeEstimate = z.infer<typeof feeEstimate>

export const MAX_RECIPIENTS = 100
export const paymentDraft = z.object({
  recipients: z
    .array(
      z.object({
        to: z.string().min(1).max(2_000),
        amount: z.union([grains.positive(), z.literal('everything')]),
        label: label.optional(),
      }),
    )
    .min(1)
    .max(MAX_RECIPIENTS),
  fee: feeChoice,
  /** Only of these, and all that are needed of them; undefined for chosen by the wallet. */
  coins: z.array(outpointText).max(1_000).optional(),
})
export type PaymentDraft = z.infer<typeof paymentDraft>

export const planWarning = z.object({
  code: z.enum([
    'fee-rivals-amount',
    'address-used',
    'unconfirmed-coins',
    'own-address',
    'minimum-fee',
    'no-change',
    'unlike-estimate',
  ]),
  message: z.string().max(300),
})
export type PlanWarning = z.infer<typeof planWarning>

/** What will be signed, for a person to look over. */
export const paymentPlan = z.object({
  id: z.int(),
  kind: z.enum(['payment', 'bump', 'child']),
  recipients: z.array(z.object({ address, contact: label, label, amount: grains })).max(MAX_RECIPIENTS),
  coins: z.array(z.object({ id: outpointText, value: grains, confirmed: z.boolean() })).max(1_000),
  /** All recipients together. */
  total: grains,
  fee: grains,
  /** Grains per virtual byte. */
  feeRate: z.number(),
  virtualSize: z.int(),
  change: grains.optional(),
  changeAddress: address.optional(),
  /** What can be spent afterwards. */
  remaining: grains,
  warnings: z.array(planWarning).max(20),
  /** Of a bump or a child: the transaction that it speeds up, and its fee so far where that is known. */
  speedsUp: z.object({ txid: hashText, fee: grains.optional() }).optional(),
})
export type PaymentPlan = z.infer<typeof paymentPlan>

const plan = z.object({ plan: z.int() })
const txid = z.object({ txid: hashText })
const text = z.object({ text: z.string().max(16_000_000) })

export const wallet = service({
  name: 'wallet',
  calls: {
    info: { args: nothing, result: walletInfo },
    /** Starts the process that holds keys where it does not run. `socket`: where commands reach its channel; the window has a port. */
    openVault: { args: nothing, result: z.object({ socket: z.string().max(4_096) }) },
    /** Forgets the keys: the process that holds them ends. */
    lock: { args: nothing, result: nothing },
    /** The next address that was never handed out or paid to; it stays reserved. `NO_WALLET`. */
    newAddress: { args: z.object({ label: label.optional() }), result: addressRow },
    /** A BIP 21 URI. `BAD_ADDRESS`. */
    paymentUri: {
      args: z.object({
        address,
        amount: grains.positive().optional(),
        label: label.optional(),
        message: label.optional(),
      }),
      result: z.object({ uri: z.string().max(2_000) }),
    },
    /** What a pasted text stands for. `BAD_ADDRESS`, `BAD_URI`, in a sentence that names the wrong character where that can be told. */
    readTarget: { args: z.object({ text: z.string().min(1).max(2_000) }), result: paymentTarget },
    addresses: {
      args: z.object({ chain: z.enum(['receive', 'change']).default('receive'), ...page }),
      result: z.object({ rows: z.array(addressRow).max(200), total: z.int() }),
    },
    feeEstimates: { args: nothing, result: z.array(feeEstimate).max(10) },
    /** Chooses coins and says what would be signed. `NOT_ENOUGH`, `DUST`, `BAD_ADDRESS`, `BAD_URI`, `SAME_COIN_TWICE`. */
    plan: { args: paymentDraft, result: paymentPlan },
    /** A dearer replacement (BIP 125) or a child that pays for its parent, whichever is possible. `NOT_TO_BE_SPED_UP` says why. */
    planFaster: {
      args: txid.extend({ fee: feeChoice, how: z.enum(['bump', 'child']).optional() }),
      result: paymentPlan,
    },
    /** Signs and relays a plan as it was shown. `WALLET_LOCKED`, `PLAN_OUTDATED`, `TRANSACTION_REFUSED`. */
    send: { args: plan, result: z.object({ txid: hashText }) },
    history: {
      args: z.object({ search: z.string().max(200).default(''), ...page }),
      result: z.object({ rows: z.array(historyRow).max(200), total: z.int() }),
    },
    coins: { args: z.object(page), result: z.object({ rows: z.array(coinRow).max(200), total: z.int() }) },
    /** Frozen coins are spent only where they are named. */
    freeze: { args: z.object({ coin: outpointText, frozen: z.boolean() }), result: nothing },
    /** Its coins are free again; it may still confirm. `NOT_TO_BE_ABANDONED`. */
    abandon: { args: txid, result: nothing },
    /** Offers it to the network again. `TRANSACTION_REFUSED`. */
    rebroadcast: { args: txid, result: nothing },
    /** As in BIP 329: of a transaction, an address, a coin. Empty removes it. */
    setLabel: {
      args: z.object({ type: z.enum(['tx', 'addr', 'output']), ref: z.string().min(1).max(100), label }),
      result: nothing,
    },
    contacts: { args: nothing, result: z.array(contactRow).max(10_000) },
    /** Without an id a new one. `BAD_ADDRESS`. */
    setContact: { args: contactRow.partial({ id: true }), result: contactRow },
    removeContact: { args: z.object({ id: z.string().max(16) }), result: nothing },
    /** Labels and frozen coins as BIP 329's lines. */
    exportLabels: { args: nothing, result: text },
    importLabels: { args: text, result: z.object({ taken: z.int(), ignored: z.int() }) },
    /** The history as CSV (RFC 4180). */
    exportHistory: { args: nothing, result: text },
    /** Looks at all blocks again from a height; undefined: from the birthday. */
    rescan: { args: z.object({ from: height.optional() }), result: nothing },
    /** Looks `more` addresses further on both chains than the gap of 20, and scans for them. */
    lookFurther: { args: z.object({ more: z.int().min(1).max(1_000).default(100) }), result: nothing },
    /** A copy of wallet.db at `path`; without the password it is of no use to anyone. `EXISTS`. */
    backup: { args: z.object({ path: z.string().min(1).max(4_096) }), result: nothing },
    /** Takes the previous generation in place of a damaged wallet.db, which is kept aside. */
    usePrevious: { args: nothing, result: nothing },
    /** Moves wallet.db aside so that another can be made or restored; nothing is deleted. `path`: where it is now. */
    putAside: { args: nothing, result: z.object({ path: z.string().max(4_096) }) },
  },
  feeds: {
    state: value(walletInfo),
    /** The newest 200. */
    recent: rows(historyRow),
  },
})
