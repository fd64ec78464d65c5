/**
 * What spending is told, and the plans that it makes. All of it is worked out in pure code: what the wallet has, what is
 * wanted and a source of randomness go in, an unsigned transaction comes out or a `SpendingError`. Amounts are grains;
 * hashes are 32 bytes in internal byte order; fee rates are grains per 1,000 virtual bytes, whole numbers.
 *
 * The calls, each by itself: `planPayment(request, view, random)` (plan-payment.ts), `planBump(txid, fee, view, random)`
 * (plan-bump.ts), `planChild(txid, fee, view, random)` (plan-child.ts), `whichIsPossible(txid, view)` (speed-up.ts),
 * `signingRequestOf(plan)`, `withWitnesses(plan, witnesses, verifier)` and `isOutdated(plan, view)` (signing.ts).
 */
import type { AddressPrefixes } from '../../chain/address/address.ts'
import type { FeeRate } from '../../chain/mempool/policy.ts'
import type { Outpoint, Transaction } from '../../chain/primitives/transaction.ts'
import type { KeyPath, WalletCoin } from '../wallet-types.ts'

/** What an input of a transaction spends, where it is ours. */
export interface OwnInput {
  readonly value: bigint
  readonly script: Uint8Array
  readonly path: KeyPath
}

/** A transaction that concerns the wallet and waits for a block; neither abandoned nor in conflict with one in a block. */
export interface PendingTransaction {
  readonly transaction: Transaction
  /** One for each input; undefined for coins of others. */
  readonly inputs: readonly (OwnInput | undefined)[]
  /** Outputs of ours by their place. */
  readonly outputs: ReadonlyMap<number, KeyPath>
  /** Undefined where some input is not ours, so that nobody told us. */
  readonly fee: bigint | undefined
}

/** The wallet as spending sees it; plain data of one moment. */
export interface SpendingView {
  /** Prefixes of the network's addresses: names recipients in errors. */
  readonly addresses: AddressPrefixes
  /** Height of the best chain. */
  readonly tipHeight: number
  /** All unspent outputs: also frozen, immature and unconfirmed ones. No output that a pending transaction of ours spends. */
  readonly coins: readonly WalletCoin[]
  /** All of them, in any order: children are found by what they spend. */
  readonly pending: readonly PendingTransaction[]
  /** Where change goes: an address of the change chain that nothing was paid to. */
  readonly change: { readonly path: KeyPath; readonly script: Uint8Array }
  /** The path of a script of ours. */
  pathOf(script: Uint8Array): KeyPath | undefined
  /** Whether we have paid to a script or been paid on it before. */
  isUsed(script: Uint8Array): boolean
}

/** What to pay for each 1,000 virtual bytes, and where that comes from. */
export interface FeeDecision {
  readonly rate: FeeRate
  /** `minimum`: there was too little to estimate from. `chosen`: by hand. */
  readonly basis: 'estimate' | 'minimum' | 'chosen'
  /** What estimates say, for a warning about a rate chosen by hand: for the next block, and for the most patient. */
  readonly estimates?: { readonly fast: FeeRate; readonly slow: FeeRate }
}

export interface Recipient {
  /** Output script. */
  readonly script: Uint8Array
  /** `everything`: what remains; of one recipient at most. */
  readonly amount: bigint | 'everything'
}

export interface PaymentRequest {
  readonly recipients: readonly Recipient[]
  readonly fee: FeeDecision
  /** Only of these, frozen and unconfirmed ones too, and all that are needed of them; undefined for chosen by us. */
  readonly coins?: readonly Outpoint[] | undefined
}

export interface PlannedCoin extends OwnInput {
  readonly outpoint: Outpoint
  readonly isConfirmed: boolean
}

export interface PlannedOutput {
  readonly script: Uint8Array
  readonly amount: bigint
}

/** Codes as in the contract. `message`: a sentence or two. */
export interface SpendingWarning {
  readonly code:
    | 'fee-rivals-amount'
    | 'address-used'
    | 'unconfirmed-coins'
    | 'own-address'
    | 'minimum-fee'
    | 'no-change'
    | 'unlike-estimate'
  readonly message: string
}

/** A transaction that is ready to be signed, and what a person should know of it. */
export interface SpendingPlan {
  readonly kind: 'payment' | 'bump' | 'child'
  /** Without witnesses. */
  readonly transaction: Transaction
  /** One for each input, in their order. */
  readonly coins: readonly PlannedCoin[]
  /** Without change, in the order of the request; `everything` is worked out. Of a child none. */
  readonly recipients: readonly PlannedOutput[]
  /** Of all recipients. */
  readonly total: bigint
  readonly fee: bigint
  /** The largest that it can be once it is signed: signatures differ by a byte. */
  readonly virtualSize: number
  /** Undefined where nothing is left, or too little to be worth an output. */
  readonly change: (PlannedOutput & { readonly path: KeyPath; readonly isFirstUse: boolean }) | undefined
  /** The coins were named by hand, so that frozen ones may be among them. */
  readonly areCoinsNamed: boolean
  /** What can be spent afterwards, own change that waits for a block counted. */
  readonly remaining: bigint
  readonly warnings: readonly SpendingWarning[]
  /** Of a bump or child: the transaction, and its fee so far; undefined where nobody told us: others paid it. */
  readonly speedsUp?: { readonly txid: Uint8Array; readonly fee: bigint | undefined }
}

/** Grains for each virtual byte, as people are told it. */
export function feeRateOf({ fee, virtualSize }: Pick<SpendingPlan, 'fee' | 'virtualSize'>): number {
  return Number(fee) / virtualSize
}
