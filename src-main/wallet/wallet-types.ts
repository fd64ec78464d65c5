/** What the parts of the wallet hand to each other. Amounts are grains; hashes are 32 bytes in internal byte order. */
import type { Outpoint, Transaction } from '../chain/primitives/transaction.ts'

/** `0`: receive, `1`: change (BIP 84: m/84'/coin type'/0'/chain/index). */
export type KeyChain = 0 | 1

export interface KeyPath {
  readonly chain: KeyChain
  readonly index: number
}

/** An account's public side: enough to know every address, not enough to spend. Implemented over the extended public key. */
export interface PublicAccount {
  /** Output script of P2WPKH, 22 bytes. A fraction of a millisecond when it is not kept yet. */
  scriptAt(path: KeyPath): Uint8Array
  addressAt(path: KeyPath): string
  /** Compressed, 33 bytes. */
  publicKeyAt(path: KeyPath): Uint8Array
}

/** An unspent output of the wallet. */
export interface WalletCoin {
  readonly outpoint: Outpoint
  readonly value: bigint
  readonly script: Uint8Array
  readonly path: KeyPath
  /** 0 while unconfirmed. */
  readonly confirmations: number
  readonly isReward: boolean
  /** `change`: unconfirmed, of a transaction that only we paid. `pending`: unconfirmed, from others. */
  readonly status: 'available' | 'change' | 'pending' | 'immature'
  readonly frozen: boolean
}

/** What the vault signs: every input is P2WPKH of the account, SIGHASH_ALL. */
export interface SigningRequest {
  /** Without witnesses. */
  readonly transaction: Transaction
  /** One for each input, in their order. */
  readonly inputs: readonly { readonly value: bigint; readonly path: KeyPath }[]
}
