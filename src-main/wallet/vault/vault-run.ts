/** One life of the vault's process, from its start to its end, as the engine sees it. */
import type { Millis, Timer } from '../../kernel/clock.ts'
import { SECOND } from '../../kernel/clock.ts'
import { codeOf, messageOf } from '../../kernel/errors.ts'
import type { ProcessLink } from '../../kernel/vault-process.ts'
import type { SigningRequest } from '../wallet-types.ts'
import { ReportedError } from './reported-error.ts'
import type { VaultOptions, VaultState } from './vault.ts'
import { VaultError } from './vault-error.ts'
import type { FromVault, StoreCall, ToVault, VaultConfiguration } from './vault-messages.ts'

/** For a process that starts on a machine that is busy. */
export const OPENING_LIMIT: Millis = 60 * SECOND
/** Thousands of inputs take seconds. */
export const SIGNING_LIMIT: Millis = 60 * SECOND
/** After this the process is not asked any more to end. */
export const ENDING_LIMIT: Millis = 2 * SECOND
export const MAX_SIGNINGS_AT_ONCE = 16

type Witnesses = readonly (readonly Uint8Array[])[]

interface Signing {
  readonly timer: Timer
  resolve(witnesses: Witnesses): void
  reject(error: VaultError): void
}

/** Nothing but these is called for a message. */
const STORE_CALLS: Readonly<Record<StoreCall, true>> = {
  read: true,
  begin: true,
  replace: true,
  settle: true,
  confirmWords: true,
}

export class VaultRun {
  /** Rejects where the process cannot serve, or ends first. */
  readonly opened: Promise<void>
  /** Whether it was asked to end, once it is gone. Never rejects. */
  readonly gone: Promise<boolean>
  readonly #options: VaultOptions
  readonly #changed: () => void
  readonly #link: ProcessLink
  readonly #signings = new Map<number, Signing>()
  #state: VaultState = { locked: true, locksAt: undefined }
  #isEnding = false
  #nextId = 1
  #opened!: { resolve(): void; reject(error: unknown): void }
  #gone!: (wasAsked: boolean) => void

  constructor(options: VaultOptions, configuration: VaultConfiguration, changed: () => void) {
    this.#options = options
    this.#changed = changed
    this.opened = new Promise((resolve, reject) => {
      this.#opened = { resolve, reject }
    })
    this.gone = new Promise((resolve) => {
      this.#gone = resolve
    })
    this.#link = options.processes.start()
    this.#link.listen({
      message: (message) => this.#receive(message as FromVault),
      ended: () => this.#ended(),
    })
    this.#send({ kind: 'open', configuration })
    const timer = options.clock.after(OPENING_LIMIT, () => this.#fail(new VaultError({ code: 'VAULT_FAILED' })))
    this.opened.catch(() => undefined).finally(() => timer.cancel())
  }

  get state(): VaultState {
    return this.#state
  }

  /** It is on its way out: nothing new for it. */
  get isEnding(): boolean {
    return this.#isEnding
  }

  hand(end: unknown): void {
    if (!this.#link.hand) throw new TypeError('this platform has no ports to hand to a process')
    this.#link.hand(end)
  }

  sign({ transaction, inputs }: SigningRequest): Promise<Witnesses> {
    if (this.#signings.size >= MAX_SIGNINGS_AT_ONCE) return Promise.reject(new VaultError({ code: 'SIGNING_FAILED' }))
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      const timer = this.#options.clock.after(SIGNING_LIMIT, () => this.#refuse(id, { code: 'SIGNING_FAILED' }))
      this.#signings.set(id, { timer, resolve, reject })
      // A transaction is more than its fields; fields cross.
      const { version, lockTime, outputs } = transaction
      const fields = { version, lockTime, outputs, inputs: transaction.inputs } as SigningRequest['transaction']
      this.#send({ kind: 'sign', id, request: { transaction: fields, inputs } })
    })
  }

  setLockAfter(minutes: number): void {
    this.#send({ kind: 'lock-after', minutes })
  }

  /** Asks it to end, then makes it. Settles when it is gone. */
  async end(): Promise<void> {
    this.#isEnding = true
    this.#setState({ locked: true, locksAt: undefined })
    this.#send({ kind: 'lock' })
    const timer = this.#options.clock.after(ENDING_LIMIT, () => void this.#link.terminate())
    await this.gone
    timer.cancel()
  }

  #receive(message: FromVault): void {
    if (message.kind === 'opened') this.#opened.resolve()
    else if (message.kind === 'not-opened') this.#fail(new ReportedError(message.error))
    else if (message.kind === 'store') void this.#store(message)
    else if (message.kind === 'signed') this.#take(message.id)?.resolve(message.witnesses)
    else if (message.kind === 'not-signed') this.#refuse(message.id, message.fault)
    else if (message.kind === 'log') this.#options.log.write(message.level, `vault: ${message.event}`, message.facts)
    else {
      // Locked after it was open: it ends by itself now.
      if (message.locked && !this.#state.locked) this.#isEnding = true
      this.#setState({ locked: message.locked, locksAt: message.locksAt })
    }
  }

  async #store({ id, call, args }: Extract<FromVault, { kind: 'store' }>): Promise<void> {
    try {
      if (!Object.hasOwn(STORE_CALLS, call)) throw new TypeError(`the key store has no call ${call}`)
      const work = this.#options.store[call] as (...args: readonly unknown[]) => Promise<unknown>
      this.#send({ kind: 'stored', id, value: await work.apply(this.#options.store, [...args]) })
    } catch (error) {
      this.#send({ kind: 'not-stored', id, error: { code: codeOf(error), message: messageOf(error) } })
    }
  }

  #setState(state: VaultState): void {
    const { locked, locksAt } = this.#state
    if (state.locked === locked && state.locksAt === locksAt) return
    this.#state = state
    this.#changed()
  }

  #fail(error: Error): void {
    this.#opened.reject(error)
    this.#isEnding = true
    void this.#link.terminate()
  }

  #ended(): void {
    const wasAsked = this.#isEnding
    this.#isEnding = true
    this.#state = { locked: true, locksAt: undefined }
    for (const id of [...this.#signings.keys()]) this.#refuse(id, { code: 'VAULT_ENDED' })
    this.#opened.reject(new VaultError({ code: 'VAULT_FAILED' }))
    this.#gone(wasAsked)
  }

  #refuse(id: number, fault: ConstructorParameters<typeof VaultError>[0]): void {
    this.#take(id)?.reject(new VaultError(fault))
  }

  #take(id: number): Signing | undefined {
    const signing = this.#signings.get(id)
    this.#signings.delete(id)
    signing?.timer.cancel()
    return signing
  }

  #send(message: ToVault): void {
    this.#link.post(message)
  }
}
