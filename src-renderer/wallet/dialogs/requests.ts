/** What the dialogs of the wallet ask. None of it holds a password or a word. */
import type { HistoryRow, WalletContact } from '../../client/types.ts'

export type WalletDialogRequest =
  /** Makes a wallet: password, words, three of them asked for. */
  | { readonly kind: 'wallet-create' }
  /** From words that were written down. */
  | { readonly kind: 'wallet-restore' }
  /** Asks for three of the words. */
  | { readonly kind: 'wallet-confirm-words' }
  /** Asks for the password; `onUnlocked` is what waited for it. */
  | { readonly kind: 'wallet-unlock'; readonly why: string; readonly onUnlocked?: () => void }
  | { readonly kind: 'wallet-password' }
  /** Chooses by hand what a payment spends. */
  | { readonly kind: 'wallet-choose-coins' }
  /** Without a contact a new one. */
  | { readonly kind: 'wallet-contact'; readonly contact?: WalletContact; readonly address?: string }
  | { readonly kind: 'wallet-remove-contact'; readonly contact: WalletContact }
  | { readonly kind: 'wallet-abandon'; readonly row: HistoryRow }
  | { readonly kind: 'wallet-rescan' }
  | { readonly kind: 'wallet-put-aside' }
