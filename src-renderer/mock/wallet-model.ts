/** What the mock's wallet holds: lists that tests and previews fill, and the feeds made of them. */
import type {
  AddressRow,
  CoinRow,
  FeeEstimate,
  HistoryRow,
  PaymentPlan,
  WalletContact,
  WalletInfo,
} from '../client/types.ts'
import {
  CONTACTS,
  FRESH,
  generateAddresses,
  generateCoins,
  generateHistory,
  NO_WALLET,
  READY,
} from './generate-wallet.ts'
import { Source } from './source.ts'

export interface WalletOptions {
  /** `none`: nothing was created yet. A partial state is laid over a wallet that is ready. */
  readonly wallet?: 'none' | Partial<WalletInfo>
  readonly history?: number
  readonly coins?: number
  readonly addresses?: number
  readonly walletContacts?: readonly WalletContact[]
  readonly estimates?: readonly FeeEstimate[]
  readonly planChanges?: Partial<PaymentPlan>
  /** How often `send` says that the plan is outdated before it takes one. */
  readonly outdated?: number
  /** The feeds of the wallet never send, or fail. */
  readonly walletFeed?: 'ready' | 'loading' | 'failed'
  readonly now?: number
}

export interface MockWallet {
  readonly info: Source<WalletInfo>
  readonly recent: Source<HistoryRow>
  readonly coins: Source<CoinRow>
  change(changes: Partial<WalletInfo>): void
  /** What the vault does to the wallet. */
  made(wordsConfirmed: boolean): void
}

const RECENT = 200
const AUTO_LOCK_MS = 600_000

const ESTIMATES: readonly FeeEstimate[] = [
  { target: 1, feeRate: 4.2, basis: 'estimate' },
  { target: 3, feeRate: 2.1, basis: 'estimate' },
  { target: 10, feeRate: 1, basis: 'estimate' },
]

export class WalletModel implements MockWallet {
  readonly info: Source<WalletInfo>
  readonly recent: Source<HistoryRow>
  readonly coins: Source<CoinRow>
  history: readonly HistoryRow[]
  addresses: readonly AddressRow[]
  contacts: readonly WalletContact[]
  readonly estimates: readonly FeeEstimate[]
  readonly planChanges: Partial<PaymentPlan>
  outdated: number
  plans = 0
  readonly plansMade = new Map<number, PaymentPlan>()
  readonly now: number

  constructor(options: WalletOptions) {
    this.now = options.now ?? Date.now()
    const seconds = Math.round(this.now / 1_000)
    const none = options.wallet === 'none'
    this.history = generateHistory(none ? 0 : (options.history ?? 0), seconds)
    const unconfirmed = this.history.filter((row) => row.status === 'pending').length
    const counts = { transactions: this.history.length, unconfirmed }
    const base = none ? NO_WALLET : { ...READY, ...counts }
    this.info = new Source([{ ...base, ...(typeof options.wallet === 'object' ? options.wallet : {}) }])
    this.recent = new Source(this.history.slice(0, RECENT))
    this.coins = new Source(generateCoins(none ? 0 : (options.coins ?? 0)))
    this.addresses = generateAddresses(none ? 0 : (options.addresses ?? 0), seconds)
    this.contacts = options.walletContacts ?? (none ? [] : CONTACTS)
    this.estimates = options.estimates ?? ESTIMATES
    this.planChanges = options.planChanges ?? {}
    this.outdated = options.outdated ?? 0
  }

  get state(): WalletInfo {
    return this.info.all[0] ?? NO_WALLET
  }

  change(changes: Partial<WalletInfo>): void {
    this.info.set([{ ...this.state, ...changes }])
  }

  made(wordsConfirmed: boolean): void {
    this.info.set([{ ...FRESH, wordsConfirmed, locksAt: Date.now() + AUTO_LOCK_MS }])
  }

  changeHistory(id: string, changes: Partial<HistoryRow>): void {
    this.history = this.history.map((row) => (row.id === id ? { ...row, ...changes } : row))
    this.recent.set(this.history.slice(0, RECENT))
    // As the engine does: whoever shows the history hears that something has changed.
    this.change({})
  }

  add(row: HistoryRow): void {
    this.history = [row, ...this.history]
    this.recent.set(this.history.slice(0, RECENT))
    this.change({ transactions: this.history.length, unconfirmed: this.state.unconfirmed + 1 })
  }
}
