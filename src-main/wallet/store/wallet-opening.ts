/** What became of opening wallet.db, and what can be done about it. */
import type { KeyStore, NewAccount } from '../vault/vault.ts'
import type { WalletStore } from './wallet-store.ts'

/** A copy of wallet.db from before the last change that could have gone wrong. */
export interface PreviousGeneration {
  /** Unix milliseconds at which it was made. */
  readonly time: number
  readonly path: string
}

export type WalletOpening =
  /** No wallet was made yet. */
  | { readonly state: 'none' }
  | { readonly state: 'ready'; readonly store: WalletStore; readonly account: NewAccount }
  /** It cannot be believed; nothing was changed. `previous`: only where that one is sound. */
  | { readonly state: 'damaged'; readonly cause: string; readonly previous: PreviousGeneration | undefined }
  /** Written by a newer Shoal, or it cannot be opened now. `message`: one sentence and a next step. */
  | { readonly state: 'failed'; readonly code: string; readonly message: string }

/**
 * wallet.db of one network in a folder, with its previous generation beside it. `keys` works in every state: a vault begins
 * a wallet with it, and `watch` then tells that there is one.
 */
export interface WalletFileCalls {
  /** As of the last `open`, `begin`, `usePrevious` or `putAside`. */
  readonly opening: WalletOpening
  readonly keys: KeyStore
  /** Told after `opening`, or the words' confirmation in it, changed. */
  watch(changed: () => void): () => void
  open(): Promise<WalletOpening>
  /** The damaged file is kept as wallet.db.damaged-N. @throws WalletFileError `NO_PREVIOUS`, `NOT_DAMAGED` */
  usePrevious(): Promise<WalletOpening>
  /** wallet.db and its previous generation get other names; nothing is deleted. `path`: where wallet.db is now. @throws WalletFileError `NO_WALLET` */
  putAside(): Promise<{ readonly path: string }>
  /** A whole copy at an absolute path where nothing is yet. @throws WalletFileError `EXISTS`, `NO_WALLET` */
  backup(path: string): Promise<void>
  close(): Promise<void>
}
