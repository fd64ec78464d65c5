/** The service `wallet`. No secret passes here: passwords and words go to the vault's process by its own channel. */
import type { HandlersOf } from '#shared/contract/service.ts'
import type { wallet as walletContract } from '#shared/contract/wallet.ts'
import { AddressError } from '../../chain/address/address-error.ts'
import type { NodeChain } from '../../chain/node/node-chain.ts'
import { type Clock, SECOND } from '../../kernel/clock.ts'
import { encodePaymentUri } from '../../wallet/uri/payment-uri.ts'
import type { Vault } from '../../wallet/vault/vault.ts'
import type { WalletBook } from '../../wallet/wallet-book.ts'
import { feeEstimatesOf } from './fee-choice.ts'
import type { Payments } from './payments.ts'
import { readOutpoint, readTxid } from './references.ts'
import { badAddress } from './wallet-error.ts'
import type { WalletHost } from './wallet-host.ts'
import type { WalletView } from './wallet-view.ts'

export interface WalletServiceParts {
  readonly clock: Clock
  readonly host: WalletHost
  readonly payments: Payments
  readonly vault: Vault
  readonly view: WalletView
  /** @throws ChainServiceError where there is none */
  readonly chain: () => NodeChain
}

type Handlers = HandlersOf<typeof walletContract>

export function walletService(parts: WalletServiceParts): Handlers {
  const { view } = parts
  return {
    info: async () => view.info(),
    ...vaultCalls(parts),
    ...receiving(parts),
    ...spending(parts),
    ...records(parts),
    ...upkeep(parts),
    state: view.state,
    recent: view.recent,
  }
}

function vaultCalls({ vault }: WalletServiceParts): Pick<Handlers, 'openVault' | 'lock'> {
  return {
    openVault: () => vault.open(),
    lock: async () => {
      await vault.lock()
      return undefined
    },
  }
}

function receiving({ host, clock }: WalletServiceParts) {
  return {
    newAddress: async ({ label }) =>
      changing(host, (wallet) => wallet.newAddress(Math.floor(clock.wallTime() / SECOND), label)),
    paymentUri: async ({ address, ...request }) => {
      const target = withAddressErrors(() => host.ready().readTarget(address))
      return { uri: encodePaymentUri({ address: target.address, ...given(request) }) }
    },
    readTarget: async ({ text }) => withAddressErrors(() => host.ready().readTarget(text)),
    addresses: async ({ chain, ...page }) => mutable(host.ready().addresses(chain, page)),
  } satisfies Partial<Handlers>
}

function spending({ host, payments, chain }: WalletServiceParts) {
  return {
    feeEstimates: async () => feeEstimatesOf(chain()),
    plan: (draft) => payments.plan(draft),
    planFaster: ({ txid, fee, how }) => payments.planFaster(txid, fee, how),
    send: async ({ plan }) => ({ txid: await payments.send(plan) }),
    abandon: async ({ txid }) => doing(host, (wallet) => wallet.abandon(readTxid(txid))),
    rebroadcast: async ({ txid }) => {
      await payments.rebroadcast(txid)
      return undefined
    },
  } satisfies Partial<Handlers>
}

function records({ host }: WalletServiceParts) {
  return {
    history: async ({ search, ...page }) => mutable(host.ready().history(search, page)),
    coins: async (page) => mutable(host.ready().coinRows(page)),
    freeze: async ({ coin, frozen }) => doing(host, (wallet) => wallet.freeze(readOutpoint(coin), frozen)),
    setLabel: async ({ type, ref, label }) => doing(host, (wallet) => wallet.setLabel(type, ref, label)),
    contacts: async () => [...host.ready().contacts()],
    setContact: async (contact) => changing(host, (wallet) => withAddressErrors(() => wallet.setContact(contact))),
    removeContact: async ({ id }) => doing(host, (wallet) => wallet.removeContact(id)),
    exportLabels: async () => ({ text: host.ready().exportLabels() }),
    importLabels: async ({ text }) => changing(host, (wallet) => wallet.importLabels(text)),
    exportHistory: async ({ from }) => ({ ...host.ready().exportHistory(from) }),
  } satisfies Partial<Handlers>
}

function upkeep({ host }: WalletServiceParts) {
  return {
    rescan: async ({ from }) => {
      host.ready().rescan(from)
      return scanning(host)
    },
    lookFurther: async ({ more }) => {
      await host.lookFurther(more)
      return scanning(host)
    },
    backup: async ({ path }) => {
      host.ready()
      await host.backup(path)
      return undefined
    },
    usePrevious: async () => {
      await host.takePrevious()
      return undefined
    },
    putAside: () => host.putAside(),
  } satisfies Partial<Handlers>
}

function scanning(host: WalletHost): undefined {
  host.follower?.wakeAtOnce()
  host.changed()
  return undefined
}

/** What is done changes what others see. */
function changing<T>(host: WalletHost, change: (wallet: WalletBook) => T): T {
  const result = change(host.ready())
  host.changed()
  return result
}

function doing(host: WalletHost, change: (wallet: WalletBook) => void): undefined {
  changing(host, change)
  return undefined
}

function withAddressErrors<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw error instanceof AddressError ? badAddress(error) : error
  }
}

function mutable<R>({ rows, total }: { readonly rows: readonly R[]; readonly total: number }) {
  return { rows: [...rows], total }
}

function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}
