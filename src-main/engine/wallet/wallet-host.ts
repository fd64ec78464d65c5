/**
 * The wallet over the life of the engine: opened where there is one, made when the vault keeps new keys, put aside, taken
 * from its previous generation. While a chain is open the wallet follows it; it is there without one too.
 */
import type { networks } from '../../chain/consensus/networks.ts'
import type { Clock } from '../../kernel/clock.ts'
import { codeOf, messageOf } from '../../kernel/errors.ts'
import type { Log } from '../../kernel/log.ts'
import type { Random } from '../../kernel/random.ts'
import type { WalletFileCalls, WalletOpening } from '../../wallet/store/wallet-opening.ts'
import type { NewAccount, Vault } from '../../wallet/vault/vault.ts'
import type { OwnPending, WalletBook } from '../../wallet/wallet-book.ts'
import type { PublicAccount } from '../../wallet/wallet-types.ts'
import type { ChainHost } from '../chain/chain-host.ts'
import { Watchers } from '../watchers.ts'
import { deriveAhead, firstPaths } from './derive-ahead.ts'
import { WalletServiceError } from './wallet-error.ts'
import { type FollowedChain, WalletFollower } from './wallet-follower.ts'

export type WalletReady = Extract<WalletOpening, { readonly state: 'ready' }>

export interface WalletHostParts {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly network: keyof typeof networks
  readonly file: WalletFileCalls
  /** @throws KeyError where the account's key cannot be read */
  readonly accountOf: (account: NewAccount) => PublicAccount
  /** What is in the file, as the wallet works with it. @throws KeyError where it does not fit its keys */
  readonly read: (opening: WalletReady, account: PublicAccount) => WalletBook
  readonly vault: Pick<Vault, 'lock'>
  readonly chainHost: Pick<ChainHost, 'chain' | 'watchers'>
  /** Peers of our node now. */
  readonly connected: () => number
  /** Announces one that our own mempool has to all peers. */
  readonly announceAgain: (own: OwnPending) => void
}

export type WalletHostState =
  | { readonly kind: 'none' | 'opening' }
  | {
      readonly kind: 'ready'
      readonly wallet: WalletBook
      readonly account: NewAccount
      readonly keys: PublicAccount
    }
  | (Omit<Extract<WalletOpening, { readonly state: 'damaged' }>, 'state'> & { readonly kind: 'damaged' })
  /** One sentence with the next step. */
  | { readonly kind: 'failed'; readonly reason: string }

export class WalletHost {
  /** Told after each change of anything that `state`, the wallet in it or the follower show. */
  readonly watchers = new Watchers()
  readonly #parts: WalletHostParts
  readonly #ends: readonly (() => void)[]
  #state: WalletHostState = { kind: 'opening' }
  /** What `state` was made of. */
  #opening: WalletOpening | undefined
  #reading: Promise<void> = Promise.resolve()
  #follower: WalletFollower | undefined
  #followed: { readonly wallet: WalletBook; readonly chain: FollowedChain } | undefined
  #stopped = false
  #isReplacing = false
  /** Followers that end. */
  #ending: Promise<unknown> = Promise.resolve()

  constructor(parts: WalletHostParts) {
    this.#parts = parts
    this.#ends = [parts.file.watch(() => void this.#apply()), parts.chainHost.watchers.add(() => this.#follow())]
  }

  get state(): WalletHostState {
    return this.#state
  }

  /** Undefined where there is none that can be used. */
  get wallet(): WalletBook | undefined {
    return this.#state.kind === 'ready' ? this.#state.wallet : undefined
  }

  get account(): NewAccount | undefined {
    return this.#state.kind === 'ready' ? this.#state.account : undefined
  }

  /** While a chain is open and there is a wallet. */
  get follower(): WalletFollower | undefined {
    return this.#follower
  }

  get network(): WalletHostParts['network'] {
    return this.#parts.network
  }

  /** Reads wallet.db. Never fails: `state` says what became of it. */
  async open(): Promise<void> {
    try {
      await this.#parts.file.open()
      await this.#apply()
    } catch (error) {
      this.#parts.log.write('error', 'wallet.db not opened', { code: codeOf(error), message: messageOf(error) })
      this.#state = { kind: 'failed', reason: messageOf(error) }
      this.watchers.notify()
    }
  }

  /** @throws WalletServiceError where there is none that can be used */
  ready(): WalletBook {
    const { state } = this
    switch (state.kind) {
      case 'ready':
        return state.wallet
      case 'none':
        throw new WalletServiceError({ code: 'NO_WALLET' })
      case 'opening':
        throw new WalletServiceError({ code: 'WALLET_OPENING' })
      case 'damaged':
        throw new WalletServiceError({ code: 'WALLET_DAMAGED' })
      case 'failed':
        throw new WalletServiceError({ code: 'WALLET_FAILED', reason: state.reason })
    }
  }

  /** Takes the previous generation. @throws WalletFileError */
  async takePrevious(): Promise<void> {
    const { file } = this.#parts
    await this.#replacing(file.usePrevious.bind(file))
  }

  /** Makes room for another wallet. @returns where wallet.db is now @throws WalletFileError */
  putAside(): Promise<{ readonly path: string }> {
    return this.#replacing(() => this.#parts.file.putAside())
  }

  /** Looks `more` addresses further, and at all blocks again for them. @throws WalletServiceError */
  async lookFurther(more: number): Promise<void> {
    const wallet = this.ready()
    const { state } = this
    if (state.kind !== 'ready') return
    const count = wallet.scripts().scripts.length + more
    await deriveAhead(state.keys, firstPaths(count), this.#parts.clock, () => this.wallet === wallet)
    if (this.wallet === wallet) wallet.lookFurther(more)
  }

  /** @throws WalletFileError */
  backup(path: string): Promise<void> {
    return this.#parts.file.backup(path)
  }

  /** Announces one that our own mempool has to all peers. */
  announceAgain(own: OwnPending): void {
    this.#parts.announceAgain(own)
  }

  /** Something of the wallet was changed by a call. */
  changed(): void {
    this.watchers.notify()
  }

  /** Asks nothing of the chain any more. */
  halt(): void {
    this.#stopped = true
    for (const end of this.#ends) end()
    this.#endFollower()
  }

  /** Once the chain is closed, or what was asked of it answered. */
  async stop(): Promise<void> {
    this.halt()
    await this.#ending
    this.#state = { kind: 'opening' }
    await this.#parts.file.close()
  }

  /** The file is other: keys that are in memory are of the one before. */
  async #replacing<T>(replace: () => Promise<T>): Promise<T> {
    await this.#parts.vault.lock()
    this.#isReplacing = true
    this.#endFollower()
    try {
      return await replace()
    } finally {
      this.#isReplacing = false
      await this.#apply()
    }
  }

  /** What the file holds now becomes `state`; keys of a large wallet are made before it is ready. */
  async #apply(): Promise<void> {
    if (this.#stopped || this.#isReplacing) return
    const { opening } = this.#parts.file
    const before = this.#opening
    this.#opening = opening
    const isSame = opening.state === 'ready' && before?.state === 'ready' && before.store === opening.store
    if (!isSame) this.#become(stateBefore(opening))
    if (opening.state !== 'ready') return
    if (!isSame) this.#reading = this.#read(opening)
    await this.#reading
    if (this.#opening === opening && this.#state.kind === 'ready')
      this.#become({ ...this.#state, account: opening.account })
  }

  async #read(opening: WalletReady): Promise<void> {
    const { clock, log, accountOf, read } = this.#parts
    const { store, account } = opening
    const isWanted = () => !this.#stopped && this.#opening?.state === 'ready' && this.#opening.store === store
    try {
      const keys = accountOf(account)
      const known = store.addresses.list().map(({ path }) => path)
      await deriveAhead(keys, known, clock, isWanted)
      if (isWanted()) this.#become({ kind: 'ready', wallet: read(opening, keys), account, keys })
    } catch (error) {
      log.write('error', 'wallet not read', { code: codeOf(error), message: messageOf(error) })
      if (isWanted()) this.#become({ kind: 'failed', reason: messageOf(error) })
    }
  }

  #become(state: WalletHostState): void {
    this.#state = state
    this.#follow()
    this.watchers.notify()
  }

  #follow(): void {
    if (this.#stopped || this.#isReplacing) return
    const { clock, random, log, chainHost, connected, announceAgain } = this.#parts
    const { wallet, account } = this
    const { chain } = chainHost
    const isSame = this.#followed?.wallet === wallet && this.#followed?.chain === chain
    if (isSame) return
    this.#endFollower()
    if (wallet === undefined || chain === undefined) {
      this.watchers.notify()
      return
    }
    this.#followed = { wallet, chain }
    this.#follower = new WalletFollower({
      ...{ clock, random, log, chain, wallet, connected, announceAgain },
      birthday: account?.birthday,
      changed: () => this.watchers.notify(),
    })
    this.watchers.notify()
  }

  #endFollower(): void {
    const follower = this.#follower
    this.#follower = undefined
    this.#followed = undefined
    if (follower) this.#ending = Promise.all([this.#ending, follower.stop()])
  }
}

/** What there is to say before wallet.db is read. */
function stateBefore(opening: WalletOpening): WalletHostState {
  switch (opening.state) {
    case 'none':
      return { kind: 'none' }
    case 'ready':
      return { kind: 'opening' }
    case 'damaged':
      return { kind: 'damaged', cause: opening.cause, previous: opening.previous }
    case 'failed':
      return { kind: 'failed', reason: opening.message }
  }
}
