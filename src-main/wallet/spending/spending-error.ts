/** Why a payment, or a way to speed one up, cannot be had as it was asked for. */
import type { FeeRate } from '../../chain/mempool/policy.ts'
import { assertNever, CodedError, type Fault } from '../../kernel/errors.ts'
import { formatAmount, formatFeeRate } from './amount-text.ts'

/** `coin` is `txid:index` as people write it; `address` is empty for a script that has none. Amounts are grains. */
export type SpendingFault = Fault &
  (
    | { readonly code: 'NO_RECIPIENT' }
    /** `amount`: of the payment; `fee`: at least; `available`: of the coins that it may spend and that are worth their fee. */
    | {
        readonly code: 'NOT_ENOUGH'
        readonly amount: bigint
        readonly fee: bigint
        readonly available: bigint
        readonly missing: bigint
      }
    | { readonly code: 'DUST'; readonly address: string; readonly amount: bigint; readonly least: bigint }
    | { readonly code: 'NOT_PAYABLE'; readonly address: string }
    | { readonly code: 'EVERYTHING_TWICE' }
    | { readonly code: 'SAME_COIN_TWICE' | 'NO_SUCH_COIN' | 'COIN_IMMATURE'; readonly coin: string }
    /** `most`: what can be paid at once, the fee left out. */
    | { readonly code: 'TOO_MANY_COINS'; readonly limit: number; readonly most: bigint }
    /** `most`: what can be paid now, the fee left out; 0 for nothing. */
    | { readonly code: 'UNCONFIRMED_CHAIN'; readonly most: bigint }
    | { readonly code: 'TOO_LARGE'; readonly weight: number; readonly limit: number }
    | { readonly code: 'FEE_TOO_HIGH'; readonly fee: bigint; readonly limit: bigint }
    | { readonly code: 'FEE_TOO_LOW'; readonly rate: FeeRate; readonly least: FeeRate }
    /** `reason`: a sentence without its full stop. */
    | { readonly code: 'NOT_TO_BE_SPED_UP'; readonly reason: string; readonly next: string }
    | { readonly code: 'SIGNED_WRONG'; readonly reason: string }
  )

export class SpendingError extends CodedError<SpendingFault> {
  constructor(fault: SpendingFault) {
    super(fault, sentencesOf(fault))
  }
}

function sentencesOf(fault: SpendingFault): string {
  switch (fault.code) {
    case 'NO_RECIPIENT':
      return 'This payment has no recipient. Enter an address.'
    case 'NOT_ENOUGH':
      return `${formatAmount(fault.missing)} are missing: ${formatAmount(fault.amount)} and a fee of ${formatAmount(fault.fee)} are needed, and ${formatAmount(fault.available)} can be spent. Send less, or wait for coins that are pending.`
    case 'DUST':
      return `${formatAmount(fault.amount)}${to(fault.address)} would cost more to spend than it is worth. Send at least ${formatAmount(fault.least)}.`
    case 'NOT_PAYABLE':
      return `Nodes do not relay payments${to(fault.address)}. Ask for another address.`
    case 'EVERYTHING_TWICE':
      return 'Only one recipient can get everything. Enter an amount for the others.'
    case 'SAME_COIN_TWICE':
      return `Coin ${fault.coin} is chosen twice. Choose each coin once.`
    case 'NO_SUCH_COIN':
      return `Coin ${fault.coin} is not in the wallet any more. Choose the coins again.`
    case 'COIN_IMMATURE':
      return `Coin ${fault.coin} is a reward that may not be spent yet. Choose other coins, or wait until it is mature.`
    case 'TOO_MANY_COINS':
      return `This takes more than ${fault.limit} coins, which is too many for one transaction. Send at most ${formatAmount(fault.most)} first, and the rest afterwards.`
    case 'UNCONFIRMED_CHAIN':
      return `This takes coins that hang on more transactions that wait for a block than nodes relay together. ${fault.most > 0n ? `Send at most ${formatAmount(fault.most)} now, or wait for a block.` : 'Wait for a block.'}`
    case 'TOO_LARGE':
      return `A transaction to these recipients weighs ${fault.weight} units, and nodes relay at most ${fault.limit}. Pay some of them in another one.`
    case 'FEE_TOO_HIGH':
      return `The fee would be ${formatAmount(fault.fee)}, and Shoal pays at most ${formatAmount(fault.limit)} for one transaction. Choose a lower fee.`
    case 'FEE_TOO_LOW':
      return `A fee rate of ${formatFeeRate(fault.rate)} is less than nodes relay. Pay at least ${formatFeeRate(fault.least)}.`
    case 'NOT_TO_BE_SPED_UP':
      return `${fault.reason}. ${fault.next}`
    case 'SIGNED_WRONG':
      return `The signed transaction is not what was planned: ${fault.reason}. Nothing was sent; try it again.`
    default:
      return assertNever(fault)
  }
}

function to(address: string): string {
  return address && ` to ${address}`
}
