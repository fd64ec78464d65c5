/**
 * The vault for the engine: starts the process that holds the keys when it is first needed, keeps what it wants kept, and
 * has it sign. A process that ends by itself is locked: the next use starts another, `MAX_CRASHES` times in `CRASH_WINDOW`.
 */
import { MINUTE, type Millis } from '../../kernel/clock.ts'
import type { SigningRequest } from '../wallet-types.ts'
import type { Vault, VaultOptions, VaultState } from './vault.ts'
import { VaultError } from './vault-error.ts'
import { VaultRun } from './vault-run.ts'

export const MAX_CRASHES = 4
export const CRASH_WINDOW: Millis = 5 * MINUTE

const LOCKED: VaultState = { locked: true, locksAt: undefined }

export function createVault(options: VaultOptions): Vault {
  return new ProcessVault(options)
}

class ProcessVault implements Vault {
  readonly #options: VaultOptions
  readonly #watchers = new Set<() => void>()
  /** When processes ended that nobody had ended. */
  #crashes: Millis[] = []
  #run: VaultRun | undefined
  #starting: Promise<VaultRun> | undefined
  #lockAfter: number
  #isStopped = false

  constructor(options: VaultOptions) {
    this.#options = options
    this.#lockAfter = options.lockAfter
  }

  get state(): VaultState {
    return this.#run?.state ?? LOCKED
  }

  watch(changed: () => void): () => void {
    this.#watchers.add(changed)
    return () => this.#watchers.delete(changed)
  }

  async open(): Promise<{ readonly socket: string }> {
    await this.#running()
    return { socket: this.#options.socket }
  }

  async hand(end: unknown): Promise<void> {
    const run = await this.#running()
    run.hand(end)
  }

  sign(request: SigningRequest): Promise<readonly (readonly Uint8Array[])[]> {
    if (!this.#run || this.state.locked) return Promise.reject(new VaultError({ code: 'WALLET_LOCKED' }))
    return this.#run.sign(request)
  }

  async lock(): Promise<void> {
    await this.#run?.end()
  }

  setLockAfter(minutes: number): void {
    this.#lockAfter = minutes
    this.#run?.setLockAfter(minutes)
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    await this.lock()
    this.#watchers.clear()
  }

  /** One start at a time; after a lock once the old process is gone. */
  async #running(): Promise<VaultRun> {
    this.#starting ??= this.#start().finally(() => {
      this.#starting = undefined
    })
    return this.#starting
  }

  async #start(): Promise<VaultRun> {
    while (this.#run) {
      if (!this.#run.isEnding) return this.#run
      await this.#run.gone
    }
    if (this.#isStopped) throw new VaultError({ code: 'VAULT_ENDED' })
    const { clock, network, socket, log } = this.#options
    this.#crashes = this.#crashes.filter((at) => clock.now() - at < CRASH_WINDOW)
    if (this.#crashes.length >= MAX_CRASHES) throw new VaultError({ code: 'VAULT_FAILED' })
    const run = new VaultRun(this.#options, { network, socket, lockAfter: this.#lockAfter }, () => this.#changed())
    this.#run = run
    void run.gone.then((wasAsked) => {
      this.#run = undefined
      if (!wasAsked) {
        this.#crashes.push(clock.now())
        log.write('warn', 'the process that holds the keys ended by itself')
      }
      this.#changed()
    })
    await run.opened
    return run
  }

  #changed(): void {
    for (const watcher of [...this.#watchers]) watcher()
  }
}
