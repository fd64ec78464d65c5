import { assertNever, CodedError, codeOf, type Fault } from '../../kernel/errors.ts'

export type WalletServiceFault = Fault &
  (
    | { readonly code: 'NO_WALLET' }
    | { readonly code: 'WALLET_OPENING' }
    | { readonly code: 'WALLET_DAMAGED' }
    | { readonly code: 'WALLET_FAILED'; readonly reason: string }
    | { readonly code: 'NOTHING_TO_PUT_ASIDE' }
    /** `reason`: the address's own fault; `position`: the character that it is about, from 0. */
    | { readonly code: 'BAD_ADDRESS'; readonly reason: string; readonly position?: number }
    | { readonly code: 'PLAN_OUTDATED' }
    /** `reason`: the rule's name. */
    | { readonly code: 'TRANSACTION_REFUSED'; readonly reason: string }
  )

/** The wallet cannot do what it is asked. */
export class WalletServiceError extends CodedError<WalletServiceFault> {
  constructor(fault: WalletServiceFault, message = sentenceOf(fault)) {
    super(fault, message)
  }
}

function sentenceOf(fault: WalletServiceFault): string {
  switch (fault.code) {
    case 'NO_WALLET':
      return 'There is no wallet yet. Create one, or restore one from its words.'
    case 'WALLET_OPENING':
      return 'The wallet is being opened. Try again in a moment.'
    case 'WALLET_DAMAGED':
      return 'The wallet’s file is damaged. Take its previous copy, or put it aside and restore the wallet from its words.'
    case 'WALLET_FAILED':
      return fault.reason
    case 'NOTHING_TO_PUT_ASIDE':
      return 'There is no wallet to be put aside. Create one, or restore one from its words.'
    case 'BAD_ADDRESS':
      return 'This is no address that can be paid to. Copy the address again.'
    case 'PLAN_OUTDATED':
      return 'What was to be signed does not fit the wallet any more. Look the payment over again.'
    case 'TRANSACTION_REFUSED':
      return `The transaction was refused (${fault.reason}). ${nextStepFor(fault.reason)}`
    default:
      return assertNever(fault)
  }
}

function nextStepFor(reason: string): string {
  switch (reason) {
    case 'bad-txns-inputs-missingorspent':
    case 'txn-mempool-conflict':
      return 'A coin of it is spent already; make the payment again once the wallet has caught up.'
    case 'min relay fee not met':
    case 'mempool min fee not met':
    case 'mempool full':
    case 'mempool-full':
    case 'insufficient fee':
      return 'Make the payment again with a higher fee.'
    case 'too-long-mempool-chain':
      return 'Wait until what it spends is in a block.'
    default:
      return 'Its coins are free; make the payment again.'
  }
}

/** Any fault of an address under the one code of the contract; its sentence names the wrong character where that is known. */
export function badAddress(error: CodedError<Fault>): WalletServiceError {
  const position = (error.fault as { readonly position?: unknown }).position
  return new WalletServiceError(
    { code: 'BAD_ADDRESS', reason: codeOf(error), ...(typeof position === 'number' && { position }) },
    error.message,
  )
}

/** What was entered is too short for an address, so a name was meant. */
export function noSuchContact(name: string): WalletServiceError {
  const message = `No contact is called "${name}", and that is no address. Look at the contacts, or enter an address.`
  return new WalletServiceError({ code: 'BAD_ADDRESS', reason: 'NO_SUCH_CONTACT' }, message)
}

/** A name stands for one address or for none. */
export function severalContacts(): WalletServiceError {
  const message = 'Several contacts with other addresses have this name. Enter the address of the one that is meant.'
  return new WalletServiceError({ code: 'BAD_ADDRESS', reason: 'SEVERAL_CONTACTS' }, message)
}
