import { assertNever, CodedError, type Fault } from '../kernel/errors.ts'

export type WalletFault = Fault &
  (
    | { readonly code: 'NO_SUCH_TRANSACTION'; readonly txid: string }
    | { readonly code: 'NO_SUCH_COIN'; readonly coin: string }
    | { readonly code: 'NO_SUCH_CONTACT' }
    /** `height`: of the highest block that was looked at. */
    | { readonly code: 'BEYOND_SCANNED'; readonly height: number }
    /** With this name and this address. */
    | { readonly code: 'CONTACT_EXISTS'; readonly name: string }
    | { readonly code: 'NOT_TO_BE_ABANDONED' | 'NOT_TO_BE_OFFERED'; readonly reason: string }
    | { readonly code: 'TOO_MANY_CONTACTS' | 'TOO_MANY_ADDRESSES' | 'TOO_MANY_LABELS'; readonly limit: number }
    | { readonly code: 'WALLET_NOT_WRITTEN'; readonly cause: string }
  )

/** What was asked of the wallet cannot be done as things stand. */
export class WalletError extends CodedError<WalletFault> {
  constructor(fault: WalletFault, options?: ErrorOptions) {
    super(fault, sentencesOf(fault), options)
  }
}

function sentencesOf(fault: WalletFault): string {
  switch (fault.code) {
    case 'NO_SUCH_TRANSACTION':
      return `Transaction ${fault.txid} is not in this wallet. Look for it in the Explorer.`
    case 'NO_SUCH_COIN':
      return `Coin ${fault.coin} is not in the wallet any more. Look at its coins again.`
    case 'NO_SUCH_CONTACT':
      return 'There is no such contact. Look at the contacts again.'
    case 'BEYOND_SCANNED':
      return `The wallet has looked at blocks up to ${fault.height} only. Name one of those.`
    case 'CONTACT_EXISTS':
      return `${fault.name} is a contact with this address already. Change that one, or use another name.`
    case 'NOT_TO_BE_ABANDONED':
      return `This transaction cannot be abandoned: ${fault.reason}. Look at its row in the history.`
    case 'NOT_TO_BE_OFFERED':
      return `This transaction cannot be offered to the network: ${fault.reason}. Look at its row in the history.`
    case 'TOO_MANY_CONTACTS':
      return `There are ${fault.limit} contacts, and no more are kept. Remove one first.`
    case 'TOO_MANY_ADDRESSES':
      return `The wallet looks for ${fault.limit} addresses, and no more are looked for. Use an address that was handed out and not paid to.`
    case 'TOO_MANY_LABELS':
      return `There are ${fault.limit} labels, and no more are kept. Remove one first.`
    case 'WALLET_NOT_WRITTEN':
      return `wallet.db could not be written and not be read again (${fault.cause}). Check the disk and start Shoal again.`
    default:
      return assertNever(fault)
  }
}
