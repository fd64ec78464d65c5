/** For tests: a wallet and its vault with set answers, served on sockets as by a Shoal that runs and by its vault's process. */
import { chain } from '#shared/contract/chain.ts'
import type { HandlersOf } from '#shared/contract/service.ts'
import { type VaultState, vault } from '#shared/contract/vault-channel.ts'
import {
  type AddressRow,
  type CoinRow,
  type HistoryRow,
  type PaymentPlan,
  type WalletInfo,
  wallet,
} from '#shared/contract/wallet.ts'
import { localSocketPath } from '../engine/serving/local-socket-path.ts'
import { CodedError } from '../kernel/errors.ts'
import type { Host } from '../kernel/host.ts'
import { serveLocally } from '../serving/serve-locally.ts'
import { ServiceServer } from '../serving/service-server.ts'
import { ADDRESS, INFO, TXID } from './chain-fakes.ts'

const SOCKET = '/profile/vault.sock'
export const WORDS = [
  'legal',
  'winner',
  'thank',
  'year',
  'wave',
  'sausage',
  'worth',
  'useful',
  'legal',
  'winner',
  'thank',
  'yellow',
]
export const PASSWORD = 'correct horse battery'
export const COIN = `${TXID}:1`

export const WALLET_INFO: WalletInfo = {
  ...{ state: 'ready', network: 'local', locked: true, wordsConfirmed: false, unconfirmed: 1, transactions: 3 },
  balance: { available: 10_000_000_001n, pending: 1n, immature: 495_000_000_000n, frozen: 0n, orphaned: 0n },
  scan: { height: 617, target: 1_234, stuck: '', progress: { done: 617, total: 1_234, rate: 100, remaining: 6.17 } },
  notice: '',
}

const PLAN: PaymentPlan = {
  ...{ id: 7, kind: 'payment', total: 1_250_000_000n, fee: 1_410n, feeRate: 10, virtualSize: 141 },
  recipients: [{ address: ADDRESS, contact: '', label: 'rent \u001b[31m', amount: 1_250_000_000n }],
  coins: [{ id: COIN, value: 5_000_000_000n, confirmed: true }],
  ...{ change: 3_749_998_590n, changeAddress: ADDRESS, remaining: 8_749_998_591n },
  warnings: [{ code: 'address-used', message: 'This address was paid to before.' }],
}

const ADDRESS_ROW: AddressRow = {
  ...{ id: ADDRESS, chain: 'receive', index: 3, path: "m/84'/1'/0'/0/3", label: 'rent' },
  ...{ received: 5n, balance: 5n, payments: 1 },
}

const COIN_ROW: CoinRow = {
  ...{ id: COIN, value: 5_000_000_000n, address: ADDRESS, label: '', confirmations: 101 },
  ...{ status: 'available', isReward: true },
}

const HISTORY_ROW: HistoryRow = {
  ...{ id: TXID, kind: 'sent', status: 'confirmed', trust: 'likely', time: 1_795_305_600, height: 7 },
  ...{ confirmations: 3, delta: -1_250_001_410n, fee: 1_410n, feeRate: 10, virtualSize: 141, addresses: [ADDRESS] },
  ...{ contacts: ['Anna'], label: 'rent', maturesIn: 0, canBump: false, canSpeedUpByChild: false },
  ...{ canAbandon: false, canRebroadcast: false, refused: '' },
}

class WrongPassword extends CodedError<{ code: 'WRONG_PASSWORD' }> {}

export class FakeWallet {
  readonly calls: [name: string, args: unknown][] = []
  locked = true
  info: WalletInfo = WALLET_INFO
  /** What becomes of each wish for an address. */
  addressFault: Error | undefined

  /** @returns closes the sockets */
  async serve(host: Host, profile: string): Promise<() => Promise<void>> {
    const engine = new ServiceServer(
      { chain: { ...chain, calls: { info: chain.calls.info }, feeds: {} }, wallet },
      { chain: { info: async () => INFO }, wallet: this.#wallet() },
      ...([host.clock, host.log] as const),
    )
    const keys = new ServiceServer({ vault }, { vault: this.#vault() }, host.clock, host.log)
    const path = localSocketPath(profile, 'linux')
    const sockets = [
      await serveLocally(engine, host.localSockets, path, host.log),
      await serveLocally(keys, host.localSockets, SOCKET, host.log),
    ]
    return async () => {
      for (const socket of sockets) await socket.close()
    }
  }

  #told<T>(name: string, answer: T): (args: unknown) => Promise<T> {
    return async (args) => {
      this.calls.push([name, args])
      return answer
    }
  }

  #wallet(): HandlersOf<typeof wallet> {
    const nothing = (name: string) => this.#told(name, undefined)
    const none = { read: () => [], watch: () => () => {} }
    return {
      info: async () => ({ ...this.info, locked: this.locked }),
      openVault: async () => ({ socket: SOCKET }),
      lock: async () => {
        this.calls.push(['lock', undefined])
        this.locked = true
      },
      newAddress: async (args) => {
        if (this.addressFault) throw this.addressFault
        return this.#told('newAddress', ADDRESS_ROW)(args)
      },
      paymentUri: this.#told('paymentUri', { uri: `shoal:${ADDRESS}?amount=2.5` }),
      readTarget: this.#told('readTarget', { address: ADDRESS, used: false, own: false }),
      addresses: this.#told('addresses', { rows: [ADDRESS_ROW], total: 1 }),
      feeEstimates: this.#told('feeEstimates', [{ target: 1, feeRate: 1, basis: 'minimum' as const }]),
      plan: this.#told('plan', PLAN),
      planFaster: this.#told('planFaster', { ...PLAN, kind: 'bump' as const, speedsUp: { txid: TXID, fee: 141n } }),
      send: this.#told('send', { txid: TXID }),
      history: this.#told('history', { rows: [HISTORY_ROW], total: 3 }),
      coins: this.#told('coins', { rows: [COIN_ROW], total: 1 }),
      freeze: nothing('freeze'),
      abandon: nothing('abandon'),
      rebroadcast: nothing('rebroadcast'),
      setLabel: nothing('setLabel'),
      contacts: this.#told('contacts', [{ id: '00'.repeat(8), name: 'Anna', address: ADDRESS, note: '' }]),
      setContact: this.#told('setContact', { id: '00'.repeat(8), name: 'Anna', address: ADDRESS, note: 'x' }),
      removeContact: nothing('removeContact'),
      exportLabels: this.#told('exportLabels', { text: '{"type":"tx"}\n' }),
      importLabels: this.#told('importLabels', { taken: 2, ignored: 1 }),
      exportHistory: async ({ from }) => (from === 1 ? { text: '3,4\n' } : { text: 'time,amount\n1,2\n', next: 1 }),
      rescan: nothing('rescan'),
      lookFurther: nothing('lookFurther'),
      backup: nothing('backup'),
      usePrevious: nothing('usePrevious'),
      putAside: this.#told('putAside', { path: '/profile/aside.db' }),
      state: { ...none, read: () => [{ ...this.info, scan: { height: 9, target: 9, stuck: '' } }] },
      recent: none,
    }
  }

  #vault(): HandlersOf<typeof vault> {
    const state = (): VaultState => ({ exists: true, locked: this.locked, wordsConfirmed: false })
    return {
      create: this.#told('create', { words: WORDS }),
      challenge: this.#told('challenge', { positions: [2, 5, 12] }),
      confirm: this.#told('confirm', undefined),
      restore: this.#told('restore', undefined),
      check: async () => ({ count: 0, unknown: [], checksum: 'incomplete', suggestions: [] }),
      unlock: async ({ password }) => {
        if (password !== PASSWORD)
          throw new WrongPassword({ code: 'WRONG_PASSWORD' }, 'The password is wrong; try again.')
        this.locked = false
      },
      lock: async () => {},
      changePassword: this.#told('changePassword', undefined),
      state: async () => state(),
      changes: { read: () => [state()], watch: () => () => {} },
    }
  }
}
