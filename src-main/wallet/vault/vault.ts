/**
 * The vault as the engine sees it: something that signs while it is unlocked. Passwords and words never pass here: whoever
 * types them reaches the vault's process by its own channel (`vault-channel.ts` of the contract).
 */
import type { NetworkName } from '../../chain/consensus/networks.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Log } from '../../kernel/log.ts'
import type { VaultProcesses } from '../../kernel/vault-process.ts'
import type { SigningRequest } from '../wallet-types.ts'

/** The account that a vault's keys belong to, as it is known outside: m/84'/coin type'/0'. */
export interface NewAccount {
  /** Base58Check with the network's version bytes. */
  readonly extendedPublicKey: string
  /** Of the master key, BIP 32: four bytes as eight hex digits. */
  readonly fingerprint: string
  /** Seconds since 1970 before which nothing can have been paid to it; undefined for not known. */
  readonly birthday: number | undefined
  /** Whether the person has shown that the words are written down; restored words are. */
  readonly wordsConfirmed: boolean
}

export interface KeptKeys {
  /** What `sealed-keys.ts` makes of the words: of no use without the password. */
  readonly sealed: Uint8Array
  /** The generation before a changed password, while the new one is not settled. */
  readonly previous: Uint8Array | undefined
  /** Of the account in the same store, as in `NewAccount`: keys of another account are refused. */
  readonly extendedPublicKey: string
  readonly wordsConfirmed: boolean
}

/** Where sealed keys are kept; implemented over wallet.db. Every call resolves when it is on the medium. */
export interface KeyStore {
  /** What is kept now, read from the medium; undefined where there is no wallet. */
  read(): Promise<KeptKeys | undefined>
  /** A wallet begins. @throws where there is one already */
  begin(sealed: Uint8Array, account: NewAccount): Promise<void>
  /**
   * A new generation for a changed password; the one that is kept now stays beside it until `settle`, or the one that
   * stands beside it already. `read` gives both.
   */
  replace(sealed: Uint8Array): Promise<void>
  /** The new generation was read back and opened: the previous one goes. Nothing where there is none. */
  settle(): Promise<void>
  confirmWords(): Promise<void>
}

export interface VaultState {
  readonly locked: boolean
  /** Unix milliseconds at which it locks by itself. */
  readonly locksAt: number | undefined
}

export interface Vault {
  readonly state: VaultState
  watch(changed: () => void): () => void
  /** Starts the process where it does not run. `socket`: path of its channel for commands. */
  open(): Promise<{ readonly socket: string }>
  /** Gives the process one end of a channel, where the platform has such a thing; opens it first. */
  hand(end: unknown): Promise<void>
  /** Witness stacks, one for each input. @throws VaultError `WALLET_LOCKED`, `NOT_OURS`, `SIGNING_FAILED` */
  sign(request: SigningRequest): Promise<readonly (readonly Uint8Array[])[]>
  /** Ends the process, and with it every key in memory. */
  lock(): Promise<void>
  /** Minutes without use after which it locks by itself; counted on the wall clock, so that a night asleep counts. */
  setLockAfter(minutes: number): void
  stop(): Promise<void>
}

/** Of `createVault` (create-vault.ts). */
export interface VaultOptions {
  readonly processes: VaultProcesses
  readonly store: KeyStore
  readonly network: NetworkName
  /** Path for the channel's local socket, in the profile: `connectLocally` of the vault takes the same path. */
  readonly socket: string
  /** Minutes, as for `setLockAfter`. */
  readonly lockAfter: number
  readonly clock: Clock
  readonly log: Log
}
