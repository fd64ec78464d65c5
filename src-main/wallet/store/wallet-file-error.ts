import { assertNever, CodedError, type Fault } from '../../kernel/errors.ts'

export type WalletFileFault = Fault & { readonly path: string } & (
    | { readonly code: 'NO_WALLET' | 'WALLET_EXISTS' | 'EXISTS' | 'NO_PREVIOUS' | 'NOT_DAMAGED' | 'WALLET_DAMAGED' }
    | { readonly code: 'COPY_NOT_SOUND'; readonly cause: string }
  )

/** What was asked of wallet.db cannot be done as it stands. */
export class WalletFileError extends CodedError<WalletFileFault> {
  constructor(fault: WalletFileFault) {
    super(fault, sentencesOf(fault))
  }
}

function sentencesOf(fault: WalletFileFault): string {
  switch (fault.code) {
    case 'NO_WALLET':
      return 'There is no wallet yet. Create one, or restore one from its words.'
    case 'WALLET_EXISTS':
      return `There is a wallet already (${fault.path}). Put it aside before you make another.`
    case 'EXISTS':
      return `${fault.path} is there already. Choose another name.`
    case 'NO_PREVIOUS':
      return `There is no previous generation of ${fault.path} that is whole. Restore the wallet from its words.`
    case 'NOT_DAMAGED':
      return `${fault.path} is sound. Nothing has to take its place.`
    case 'WALLET_DAMAGED':
      return `${fault.path} is damaged. Take its previous generation, or restore the wallet from its words.`
    case 'COPY_NOT_SOUND':
      return `A copy of the wallet at ${fault.path} could not be read back (${fault.cause}). Check the disk and try it again.`
    default:
      return assertNever(fault)
  }
}
