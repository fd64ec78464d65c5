/** The service `wallet` of the mock: a wallet of a few lists, whose payments lead to plausible plans. */
import type { FeedListener, Unsubscribe } from '#shared/contract/service.ts'
import { ClientError } from '../client/client-error.ts'
import type {
  AddressRow,
  CoinRow,
  FeeChoice,
  FeeEstimate,
  HistoryRow,
  PaymentDraft,
  PaymentPlan,
  PaymentTarget,
  WalletContact,
  WalletInfo,
} from '../client/types.ts'
import { addressOf, TIP_HEIGHT, transactionId } from './generate-chain.ts'
import {
  CONTACTS,
  FRESH,
  generateAddresses,
  generateCoins,
  generateHistory,
  NO_WALLET,
  ownAddress,
  READY,
} from './generate-wallet.ts'
import type { Call } from './mock-clients.ts'
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

const VIRTUAL_SIZE = 141
const RECENT = 200
const AUTO_LOCK_MS = 600_000

const ESTIMATES: readonly FeeEstimate[] = [
  { target: 1, feeRate: 4.2, basis: 'estimate' },
  { target: 3, feeRate: 2.1, basis: 'estimate' },
  { target: 10, feeRate: 1, basis: 'estimate' },
]

class WalletModel implements MockWallet {
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

export function mockWallet(call: Call, options: WalletOptions) {
  const model = new WalletModel(options)
  const may =
    <Item>(source: Source<Item>) =>
    (args: unknown, listener: FeedListener<Item>): Unsubscribe => {
      if (options.walletFeed === 'failed')
        listener.failed({ code: 'NO_ENGINE', message: 'The engine does not answer. Try again, or start Shoal again.' })
      return (options.walletFeed ?? 'ready') === 'ready' ? source.feed(args, listener) : () => {}
    }
  const client = {
    ...stateCalls(call, model),
    ...receiveCalls(call, model),
    ...spendCalls(call, model),
    ...listCalls(call, model),
    ...upkeepCalls(call, model),
    state: may(model.info),
    recent: may(model.recent),
  }
  return { mock: model as MockWallet, client }
}

function stateCalls(call: Call, model: WalletModel) {
  return {
    info: call('wallet.info', () => model.state),
    openVault: call('wallet.openVault', () => ({ socket: '' })),
    lock: call('wallet.lock', () => {
      const { locksAt: _, ...rest } = model.state
      model.info.set([{ ...rest, locked: true }])
    }),
  }
}

const LETTERS = /^[lt]?shl1[02-9ac-hj-np-z]+$/

/** As the engine says it: the wrong character by its place. */
function checked(address: string): string {
  const wrong = [...address].findIndex((letter, at) => at > 3 && !/[02-9ac-hj-np-z]/.test(letter))
  if (/^[lt]?shl1/.test(address) && wrong !== -1)
    throw new ClientError(
      'BAD_ADDRESS',
      `Character ${wrong + 1} of this address, "${address[wrong]}", is in no address. Correct it or copy the address again.`,
      { position: wrong },
    )
  if (!LETTERS.test(address))
    throw new ClientError('BAD_ADDRESS', 'This is no address of the main network. Ask for an address of it.')
  return address
}

function targetOf(model: WalletModel, text: string): PaymentTarget {
  const uri = /^shoal:([^?]*)(?:\?(.*))?$/i.exec(text)
  const address = checked(uri?.[1] ?? text)
  const query = new URLSearchParams(uri?.[2] ?? '')
  const amount = query.get('amount')
  const contact = model.contacts.find((each) => each.address === address)
  return {
    address,
    ...(amount === null ? {} : { amount: BigInt(Math.round(Number(amount) * 1e8)) }),
    ...(query.has('label') ? { label: query.get('label') ?? '' } : {}),
    ...(query.has('message') ? { message: query.get('message') ?? '' } : {}),
    ...(contact ? { contact: contact.name } : {}),
    used: model.history.some((row) => row.addresses.includes(address)),
    own: model.addresses.some((row) => row.id === address),
  }
}

function receiveCalls(call: Call, model: WalletModel) {
  return {
    newAddress: call('wallet.newAddress', (args: { label?: string }) => {
      const index = model.addresses.length
      const row: AddressRow = {
        id: ownAddress(index),
        chain: 'receive',
        index,
        path: `m/84'/7533'/0'/0/${index}`,
        handedOut: Math.round(Date.now() / 1_000),
        label: args?.label ?? '',
        received: 0n,
        balance: 0n,
        payments: 0,
      }
      model.addresses = [row, ...model.addresses]
      return row
    }),
    paymentUri: call(
      'wallet.paymentUri',
      (args: { address: string; amount?: bigint; label?: string; message?: string }) => {
        const query = new URLSearchParams()
        if (args.amount !== undefined) query.set('amount', String(Number(args.amount) / 1e8))
        if (args.label) query.set('label', args.label)
        if (args.message) query.set('message', args.message)
        const text = query.toString().replaceAll('+', '%20')
        return { uri: `shoal:${args.address}${text && `?${text}`}` }
      },
    ),
    readTarget: call('wallet.readTarget', ({ text }: { text: string }) => targetOf(model, text)),
    addresses: call('wallet.addresses', ({ offset = 0, limit = 50 }: { offset?: number; limit?: number }) => ({
      rows: model.addresses.slice(offset, offset + limit),
      total: model.addresses.length,
    })),
  }
}

function rateOf(model: WalletModel, fee: FeeChoice): number {
  if ('feeRate' in fee) return fee.feeRate
  return model.estimates.find(({ target }) => target === fee.target)?.feeRate ?? 1
}

function planOf(model: WalletModel, draft: PaymentDraft): PaymentPlan {
  const feeRate = rateOf(model, draft.fee)
  const virtualSize = VIRTUAL_SIZE + 31 * (draft.recipients.length - 1)
  const fee = BigInt(Math.ceil(feeRate * virtualSize))
  const { available } = model.state.balance
  const named = draft.recipients.reduce((sum, { amount }) => (amount === 'everything' ? sum : sum + amount), 0n)
  const everything = draft.recipients.some(({ amount }) => amount === 'everything')
  const total = everything ? available - fee : named
  if (total <= 0n || named + fee > available)
    throw new ClientError(
      'NOT_ENOUGH',
      'There is not enough to spend for this payment and its fee. Send less, or wait for what is pending.',
    )
  const change = everything ? undefined : 812_000_000n
  return {
    id: 0,
    kind: 'payment',
    recipients: draft.recipients.map(({ to, amount, label }) => {
      const { address, contact } = targetOf(model, to)
      return {
        address,
        contact: contact ?? '',
        label: label ?? '',
        amount: amount === 'everything' ? total - named : amount,
      }
    }),
    coins: [
      { id: `${transactionId(TIP_HEIGHT - 40, 1)}:1`, value: 800_000_000n, confirmed: true },
      { id: `${transactionId(TIP_HEIGHT - 90, 2)}:0`, value: total + fee, confirmed: true },
    ],
    total,
    fee,
    feeRate,
    virtualSize,
    ...(change === undefined ? {} : { change, changeAddress: addressOf(990) }),
    remaining: everything ? 0n : available - total - fee,
    warnings:
      fee * 2n > total
        ? [{ code: 'fee-rivals-amount', message: 'The fee is more than half of what is paid. A lower fee may do.' }]
        : [],
    ...model.planChanges,
  }
}

function kept(model: WalletModel, plan: PaymentPlan): PaymentPlan {
  model.plans += 1
  const made = { ...plan, id: model.plans }
  model.plansMade.set(made.id, made)
  return made
}

function spendCalls(call: Call, model: WalletModel) {
  return {
    feeEstimates: call('wallet.feeEstimates', () => model.estimates),
    plan: call('wallet.plan', (draft: PaymentDraft) => kept(model, planOf(model, draft))),
    planFaster: call('wallet.planFaster', ({ txid, fee }: { txid: string; fee: FeeChoice }) => {
      const row = model.history.find(({ id }) => id === txid)
      if (!row || !(row.canBump || row.canSpeedUpByChild))
        throw new ClientError('NOT_TO_BE_SPED_UP', 'It is in a block already. There is nothing to speed up.')
      const feeRate = rateOf(model, fee) + (row.feeRate ?? 1)
      const base = planOf(model, {
        recipients: [{ to: row.addresses[0] ?? ownAddress(0), amount: row.delta < 0n ? -row.delta : row.delta }],
        fee: { feeRate },
      })
      return kept(model, {
        ...base,
        kind: row.canBump ? 'bump' : 'child',
        speedsUp: { txid, fee: row.fee ?? 141n },
      })
    }),
    send: call('wallet.send', ({ plan }: { plan: number }) => {
      if (model.state.locked) throw new ClientError('WALLET_LOCKED', 'The wallet is locked. Unlock it first.')
      if (model.outdated > 0) {
        model.outdated -= 1
        throw new ClientError('PLAN_OUTDATED', 'The coins have changed in the meantime. Look the payment over again.')
      }
      const made = model.plansMade.get(plan)
      if (!made) throw new ClientError('PLAN_OUTDATED', 'This payment was planned too long ago. Look it over again.')
      const txid = transactionId(TIP_HEIGHT + 1, 1 + (plan % 30))
      model.add({
        ...(model.history[0] ?? generateHistory(1, Math.round(model.now / 1_000))[0]),
        id: txid,
        kind: 'sent',
        status: 'pending',
        delta: -(made.total + made.fee),
        fee: made.fee,
        addresses: made.recipients.map(({ address }) => address),
        contacts: [],
        label: made.recipients[0]?.label ?? '',
        refused: '',
      } as HistoryRow)
      return { txid }
    }),
    abandon: call('wallet.abandon', ({ txid }: { txid: string }) =>
      model.changeHistory(txid, { status: 'abandoned', canAbandon: false, canBump: false, canRebroadcast: false }),
    ),
    rebroadcast: call('wallet.rebroadcast', () => undefined),
  }
}

type Page = { readonly offset?: number; readonly limit?: number }

function found(row: HistoryRow, search: string): boolean {
  const texts = [row.id, row.label, ...row.addresses, ...row.contacts].join('\n').toLowerCase()
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => texts.includes(word))
}

function listCalls(call: Call, model: WalletModel) {
  return {
    history: call('wallet.history', ({ search = '', offset = 0, limit = 50 }: Page & { search?: string }) => {
      const rows = search.trim() === '' ? model.history : model.history.filter((row) => found(row, search.trim()))
      return { rows: rows.slice(offset, offset + limit), total: rows.length }
    }),
    coins: call('wallet.coins', ({ offset = 0, limit = 50 }: Page) => ({
      rows: model.coins.all.slice(offset, offset + limit),
      total: model.coins.all.length,
    })),
    freeze: call('wallet.freeze', ({ coin, frozen }: { coin: string; frozen: boolean }) => {
      model.coins.set(
        model.coins.all.map((row) => (row.id === coin ? { ...row, status: frozen ? 'frozen' : 'available' } : row)),
      )
      model.change({})
    }),
    setLabel: call('wallet.setLabel', ({ type, ref, label }: { type: string; ref: string; label: string }) => {
      if (type === 'tx') model.changeHistory(ref, { label })
      if (type === 'addr') model.addresses = model.addresses.map((row) => (row.id === ref ? { ...row, label } : row))
      if (type === 'output') model.coins.set(model.coins.all.map((row) => (row.id === ref ? { ...row, label } : row)))
      model.change({})
    }),
    contacts: call('wallet.contacts', () => model.contacts),
    setContact: call('wallet.setContact', (contact: Omit<WalletContact, 'id'> & { id?: string }) => {
      checked(contact.address)
      const id = contact.id ?? String(model.contacts.length + 1).padStart(16, '0')
      const row = { ...contact, id }
      model.contacts = [...model.contacts.filter((other) => other.id !== id), row]
      return row
    }),
    removeContact: call('wallet.removeContact', ({ id }: { id: string }) => {
      model.contacts = model.contacts.filter((contact) => contact.id !== id)
    }),
  }
}

function upkeepCalls(call: Call, model: WalletModel) {
  return {
    exportLabels: call('wallet.exportLabels', () => ({ text: '{"type":"tx","ref":"00","label":"Tea"}\n' })),
    importLabels: call('wallet.importLabels', ({ text }: { text: string }) => ({
      taken: text.split('\n').filter((line) => line.startsWith('{')).length,
      ignored: text.split('\n').filter((line) => line !== '' && !line.startsWith('{')).length,
    })),
    exportHistory: call('wallet.exportHistory', ({ from }: { from?: number }) =>
      from === undefined ? { text: 'Date,Amount\r\n', next: 1 } : { text: '2026-11-01,2.5\r\n' },
    ),
    rescan: call('wallet.rescan', () =>
      model.change({
        scan: {
          height: 100,
          target: TIP_HEIGHT,
          progress: { done: 100, total: TIP_HEIGHT, rate: 900, remaining: 4.7 },
          stuck: '',
        },
      }),
    ),
    lookFurther: call('wallet.lookFurther', () => undefined),
    backup: call('wallet.backup', () => undefined),
    usePrevious: call('wallet.usePrevious', () => model.info.set([READY])),
    putAside: call('wallet.putAside', () => {
      model.info.set([NO_WALLET])
      return { path: '/home/ada/.config/shoal/wallet/main/wallet-aside-1.db' }
    }),
  }
}
