/** The key store as the vault's process has it: every call goes to the engine, which has wallet.db open. */
import { ReportedError } from './reported-error.ts'
import type { KeptKeys, KeyStore, NewAccount } from './vault.ts'
import { VaultError } from './vault-error.ts'
import type { FromVault, StoreCall, StoreFault, ToVault } from './vault-messages.ts'

export class RemoteKeyStore implements KeyStore {
  readonly #send: (message: FromVault) => void
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>()
  #nextId = 1

  constructor(send: (message: FromVault) => void) {
    this.#send = send
  }

  async read(): Promise<KeptKeys | undefined> {
    return (await this.#ask('read')) as KeptKeys | undefined
  }

  async begin(sealed: Uint8Array, account: NewAccount): Promise<void> {
    await this.#ask('begin', sealed, account)
  }

  async replace(sealed: Uint8Array): Promise<void> {
    await this.#ask('replace', sealed)
  }

  async settle(): Promise<void> {
    await this.#ask('settle')
  }

  async confirmWords(): Promise<void> {
    await this.#ask('confirmWords')
  }

  /** Takes the engine's answers. */
  receive(message: Extract<ToVault, { kind: 'stored' | 'not-stored' }>): void {
    const waiting = this.#waiting.get(message.id)
    this.#waiting.delete(message.id)
    if (message.kind === 'stored') waiting?.resolve(message.value)
    else waiting?.reject(failure(message.error))
  }

  /** Calls are made by `Attempts`, one after the other, and by few others: the map stays small. */
  #ask(call: StoreCall, ...args: readonly unknown[]): Promise<unknown> {
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#send({ kind: 'store', id, call, args })
    })
  }
}

function failure(fault: StoreFault): Error {
  const { code } = fault
  if (code === 'WALLET_EXISTS' || code === 'NO_WALLET') return new VaultError({ code })
  return new ReportedError(fault)
}
