/** The service `wallet` of the mock: a wallet of a few lists, whose payments lead to plausible plans. */
import type { FeedListener, Unsubscribe } from '#shared/contract/service.ts'
import type { AddressRow, HistoryRow, WalletContact } from '../client/types.ts'
import { TIP_HEIGHT } from './generate-chain.ts'
import { NO_WALLET, ownAddress, READY } from './generate-wallet.ts'
import type { Call } from './mock-clients.ts'
import type { Source } from './source.ts'
import { type MockWallet, WalletModel, type WalletOptions } from './wallet-model.ts'
import { checked, spendCalls, targetOf } from './wallet-payments.ts'

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
