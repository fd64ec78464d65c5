/** What crosses between the engine and the vault's process: plain data. No password, no word and no private key. */
import type { NetworkName } from '../../chain/consensus/networks.ts'
import type { LogLevel } from '../../kernel/log.ts'
import type { SigningRequest } from '../wallet-types.ts'
import type { KeyStore } from './vault.ts'
import type { VaultFault } from './vault-error.ts'

export interface VaultConfiguration {
  readonly network: NetworkName
  /** Path of the channel for commands. */
  readonly socket: string
  /** Minutes without use. */
  readonly lockAfter: number
}

export type StoreCall = keyof KeyStore

/** What the engine's store said when it failed. */
export interface StoreFault {
  readonly code: string
  readonly message: string
}

export type ToVault =
  | { readonly kind: 'open'; readonly configuration: VaultConfiguration }
  | { readonly kind: 'stored'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'not-stored'; readonly id: number; readonly error: StoreFault }
  | { readonly kind: 'sign'; readonly id: number; readonly request: SigningRequest }
  | { readonly kind: 'lock-after'; readonly minutes: number }
  | { readonly kind: 'lock' }

export type FromVault =
  | { readonly kind: 'opened' }
  | { readonly kind: 'not-opened'; readonly error: StoreFault }
  | { readonly kind: 'store'; readonly id: number; readonly call: StoreCall; readonly args: readonly unknown[] }
  | { readonly kind: 'signed'; readonly id: number; readonly witnesses: readonly (readonly Uint8Array[])[] }
  | { readonly kind: 'not-signed'; readonly id: number; readonly fault: VaultFault }
  | { readonly kind: 'state'; readonly locked: boolean; readonly locksAt: number | undefined }
  /** An event by its name, with codes and no contents. */
  | {
      readonly kind: 'log'
      readonly level: LogLevel
      readonly event: string
      readonly facts: Readonly<Record<string, string>>
    }
