/**
 * What the vault's process does: makes and opens sealed keys, signs while they are open, and forgets them.
 *
 * Locked or open, nothing else; `lock` ends it for good, with its process. Passwords are worked on one at a time
 * (`Attempts`); what became of a piece of work after the end is thrown away. A changed password is believed only after the
 * new generation was read back and opened; until then the previous one is kept, and opens.
 */
import type { WordLanguage } from '#shared/contract/vault-channel.ts'
import { MIN_PASSWORD_CHARACTERS } from '#shared/contract/vault-channel.ts'
import { bytesEqual } from '../../kernel/bytes.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { AccountNetwork } from '../keys/account-network.ts'
import { PrivateAccount } from '../keys/private-account.ts'
import { ENTROPY_BYTES, readWords, seedOf, wordsOf } from '../keys/words.ts'
import type { SigningRequest } from '../wallet-types.ts'
import { Attempts } from './attempts.ts'
import { AutoLock, type OpenKeys, UnconfirmedWords } from './open-keys.ts'
import { openSecret, type SealingParts, sealSecret } from './sealed-keys.ts'
import { signTransaction } from './sign-transaction.ts'
import type { KeptKeys, KeyStore } from './vault.ts'
import { VaultError } from './vault-error.ts'
import type { WalletSecret } from './wallet-secret.ts'

export interface KeeperParts extends SealingParts {
  readonly network: AccountNetwork
  readonly store: KeyStore
  readonly clock: Clock
  /** Minutes without use. */
  readonly lockAfter: number
  /** After every change of `state`. */
  changed(): void
  /** The keys are gone: the process ends. */
  ended(): void
}

export interface KeeperState {
  readonly exists: boolean
  readonly locked: boolean
  readonly locksAt: number | undefined
  readonly wordsConfirmed: boolean
}

export interface NewWallet {
  readonly words: 12 | 24
  readonly language: WordLanguage
  readonly passphrase: string
  readonly password: string
}

export interface RestoredWallet {
  readonly words: string
  readonly passphrase: string
  readonly password: string
  readonly birthday?: number | undefined
}

export class VaultKeeper {
  readonly #parts: KeeperParts
  readonly #attempts = new Attempts()
  readonly #autoLock: AutoLock
  #keys: OpenKeys | undefined
  #kept: { readonly wordsConfirmed: boolean } | undefined
  #hasEnded = false

  constructor(parts: KeeperParts) {
    this.#parts = parts
    this.#autoLock = new AutoLock(parts.clock, parts.lockAfter, () => this.lock())
  }

  /** As far as it is known; `refresh` reads again what is kept. */
  get state(): KeeperState {
    return {
      exists: this.#kept !== undefined,
      locked: this.#keys === undefined,
      locksAt: this.#autoLock.at,
      wordsConfirmed: this.#kept?.wordsConfirmed ?? false,
    }
  }

  async refresh(): Promise<KeeperState> {
    this.#kept = await this.#parts.store.read()
    return this.state
  }

  set lockAfter(minutes: number) {
    this.#autoLock.minutes = minutes
    this.#parts.changed()
  }

  /** @returns the words, this once. @throws VaultError `WALLET_EXISTS`, `WEAK_PASSWORD`, `NOT_KEPT`, `BUSY` */
  create({ words, language, passphrase, password }: NewWallet): Promise<string[]> {
    return this.#attempts.run(async () => {
      const entropy = this.#parts.random.bytes(ENTROPY_BYTES[words])
      const birthday = Math.floor(this.#parts.clock.wallTime() / 1_000)
      await this.#begin({ entropy, language, passphrase, birthday }, password, false)
      const made = wordsOf(entropy, language)
      entropy.fill(0)
      return made
    })
  }

  /** @throws VaultError `WALLET_EXISTS`, `BAD_WORDS`, `WEAK_PASSWORD`, `NOT_KEPT`, `BUSY` */
  restore({ words, passphrase, password, birthday }: RestoredWallet): Promise<void> {
    return this.#attempts.run(async () => {
      const read = readWords(words)
      if ('wrong' in read) throw new VaultError({ code: 'BAD_WORDS', reason: read.wrong })
      await this.#begin({ ...read, passphrase, birthday }, password, true)
      read.entropy.fill(0)
    })
  }

  /** @throws VaultError `NO_WALLET`, `WRONG_PASSWORD`, `DAMAGED_KEYS`, `BUSY` */
  unlock(password: string): Promise<void> {
    return this.#attempts.run(async () => {
      const kept = await this.#read()
      const { secret, isNewest } = await this.#open(kept, password)
      const account = this.#accountOf(secret)
      if (account.extendedPublicKey !== kept.extendedPublicKey) {
        account.wipe()
        secret.entropy.fill(0)
        throw new VaultError({ code: 'DAMAGED_KEYS' })
      }
      if (kept.previous && isNewest) await this.#parts.store.settle()
      this.#hold(account, secret, kept.wordsConfirmed)
    })
  }

  /** Positions of three words, from 1. @throws VaultError `NO_WALLET`, `WALLET_LOCKED`, `WORDS_CONFIRMED` */
  challenge(): readonly number[] {
    return this.#unconfirmed().positions
  }

  /** @throws VaultError `WRONG_WORD`, and as `challenge` */
  async confirm(answers: readonly string[]): Promise<void> {
    const words = this.#unconfirmed()
    const position = words.wrongAnswer(answers)
    this.#autoLock.touch()
    if (position !== undefined) throw new VaultError({ code: 'WRONG_WORD', position })
    await this.#parts.store.confirmWords()
    words.wipe()
    if (this.#keys) this.#keys.unconfirmed = undefined
    this.#kept = { wordsConfirmed: true }
    this.#parts.changed()
  }

  /** @throws VaultError `NO_WALLET`, `WRONG_PASSWORD`, `WEAK_PASSWORD`, `DAMAGED_KEYS`, `NOT_KEPT`, `BUSY` */
  changePassword(from: string, to: string): Promise<void> {
    return this.#attempts.run(async () => {
      checkStrength(to)
      const kept = await this.#read()
      const { secret } = await this.#open(kept, from)
      try {
        await this.#replace(secret, to)
      } finally {
        secret.entropy.fill(0)
      }
      if (this.#keys) this.#autoLock.touch()
      this.#parts.changed()
    })
  }

  /** @throws VaultError `WALLET_LOCKED`, `NOT_OURS`, `SIGNING_FAILED` */
  sign(request: SigningRequest): readonly (readonly Uint8Array[])[] {
    this.#autoLock.check()
    if (!this.#keys) throw new VaultError({ code: 'WALLET_LOCKED' })
    const witnesses = signTransaction(request, this.#keys.account)
    this.#autoLock.touch()
    this.#parts.changed()
    return witnesses
  }

  /** open -> ended. Nothing where it is locked already. */
  lock(): void {
    if (this.#keys) this.end()
  }

  /** Wipes what there is, whatever the state. */
  end(): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#autoLock.stop()
    this.#keys?.account.wipe()
    this.#keys?.unconfirmed?.wipe()
    this.#keys = undefined
    this.#parts.changed()
    this.#parts.ended()
  }

  async #begin(secret: WalletSecret, password: string, wordsConfirmed: boolean): Promise<void> {
    const { store } = this.#parts
    checkStrength(password)
    if (await store.read()) throw new VaultError({ code: 'WALLET_EXISTS' })
    const account = this.#accountOf(secret)
    const { extendedPublicKey, fingerprint } = account
    const sealed = await sealSecret(secret, password, this.#parts)
    // A wallet whose words nobody will be told must not begin.
    if (this.#hasEnded) {
      account.wipe()
      throw new VaultError({ code: 'VAULT_ENDED' })
    }
    await store.begin(sealed, { extendedPublicKey, fingerprint, birthday: secret.birthday, wordsConfirmed })
    const kept = await store.read()
    if (!kept || !bytesEqual(kept.sealed, sealed)) throw new VaultError({ code: 'NOT_KEPT' })
    // The caller's own is the caller's to wipe.
    this.#hold(account, { ...secret, entropy: Uint8Array.from(secret.entropy) }, wordsConfirmed)
  }

  /** Writes a new generation, reads it back and opens it; only then the previous one goes. */
  async #replace(secret: WalletSecret, password: string): Promise<void> {
    const { store } = this.#parts
    try {
      const sealed = await sealSecret(secret, password, this.#parts)
      await store.replace(sealed)
      const kept = await store.read()
      if (!kept || !bytesEqual(kept.sealed, sealed)) throw new VaultError({ code: 'NOT_KEPT' })
      const opened = await openSecret(kept.sealed, password, this.#parts)
      const isSame = bytesEqual(opened.entropy, secret.entropy) && opened.passphrase === secret.passphrase
      opened.entropy.fill(0)
      if (!isSame) throw new VaultError({ code: 'NOT_KEPT' })
      await store.settle()
    } catch (cause) {
      throw cause instanceof VaultError && cause.code === 'NOT_KEPT'
        ? cause
        : new VaultError({ code: 'NOT_KEPT' }, { cause })
    }
  }

  /** The newest generation that the password opens; the previous one only while the newest was never settled. */
  async #open(kept: KeptKeys, password: string): Promise<{ secret: WalletSecret; isNewest: boolean }> {
    try {
      return { secret: await openSecret(kept.sealed, password, this.#parts), isNewest: true }
    } catch (error) {
      if (!kept.previous) throw error
      const secret = await openSecret(kept.previous, password, this.#parts).catch(() => undefined)
      if (!secret) throw error
      return { secret, isNewest: false }
    }
  }

  #hold(account: PrivateAccount, secret: WalletSecret, wordsConfirmed: boolean): void {
    if (this.#hasEnded) {
      account.wipe()
      secret.entropy.fill(0)
      throw new VaultError({ code: 'VAULT_ENDED' })
    }
    this.#keys?.account.wipe()
    this.#keys?.unconfirmed?.wipe()
    if (wordsConfirmed) secret.entropy.fill(0)
    this.#keys = { account, unconfirmed: wordsConfirmed ? undefined : new UnconfirmedWords(secret, this.#parts.random) }
    this.#kept = { wordsConfirmed }
    this.#autoLock.touch()
    this.#parts.changed()
  }

  #unconfirmed(): UnconfirmedWords {
    this.#autoLock.check()
    if (!this.#kept) throw new VaultError({ code: 'NO_WALLET' })
    if (this.#kept.wordsConfirmed) throw new VaultError({ code: 'WORDS_CONFIRMED' })
    if (!this.#keys?.unconfirmed) throw new VaultError({ code: 'WALLET_LOCKED' })
    return this.#keys.unconfirmed
  }

  #accountOf(secret: WalletSecret): PrivateAccount {
    const seed = seedOf(secret, secret.passphrase)
    try {
      return new PrivateAccount(seed, this.#parts.network)
    } finally {
      seed.fill(0)
    }
  }

  async #read(): Promise<KeptKeys> {
    const kept = await this.#parts.store.read()
    this.#kept = kept
    if (!kept) throw new VaultError({ code: 'NO_WALLET' })
    return kept
  }
}

/** @throws VaultError `WEAK_PASSWORD` */
function checkStrength(password: string): void {
  if ([...password.normalize('NFKC')].length < MIN_PASSWORD_CHARACTERS)
    throw new VaultError({ code: 'WEAK_PASSWORD', least: MIN_PASSWORD_CHARACTERS })
}
