/** A key store without a disk, which can fail at a step or change what it was given. */
import type { KeptKeys, KeyStore, NewAccount } from '../vault/vault.ts'
import { VaultError } from '../vault/vault-error.ts'

export class MemoryKeyStore implements KeyStore {
  account: NewAccount | undefined
  /** Oldest first; at most two. */
  generations: Uint8Array[] = []
  /** Called before each change with its name; may throw. */
  before: (call: keyof KeyStore) => void = () => {}
  /** What the medium makes of what is written. */
  written: (sealed: Uint8Array) => Uint8Array = (sealed) => sealed

  async read(): Promise<KeptKeys | undefined> {
    this.before('read')
    const sealed = this.generations.at(-1)
    if (!this.account || !sealed) return undefined
    const { extendedPublicKey, wordsConfirmed } = this.account
    const previous = this.generations.length > 1 ? this.generations[0] : undefined
    return { sealed, previous, extendedPublicKey, wordsConfirmed }
  }

  async begin(sealed: Uint8Array, account: NewAccount): Promise<void> {
    this.before('begin')
    if (this.account) throw new VaultError({ code: 'WALLET_EXISTS' })
    this.account = account
    this.generations = [this.written(sealed)]
  }

  async replace(sealed: Uint8Array): Promise<void> {
    this.before('replace')
    this.generations = [...this.generations.slice(0, 1), this.written(sealed)]
  }

  async settle(): Promise<void> {
    this.before('settle')
    this.generations = this.generations.slice(-1)
  }

  async confirmWords(): Promise<void> {
    this.before('confirmWords')
    if (this.account) this.account = { ...this.account, wordsConfirmed: true }
  }
}
