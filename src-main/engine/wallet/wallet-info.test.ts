import { expect, test } from 'vitest'
import { walletInfo } from '#shared/contract/wallet.ts'
import type { WalletBook } from '../../wallet/wallet-book.ts'
import type { PublicAccount } from '../../wallet/wallet-types.ts'
import type { WalletHostState } from './wallet-host.ts'
import { type WalletInfoFacts, walletInfoOf } from './wallet-info.ts'

const balance = { available: 5n, pending: 4n, immature: 3n, frozen: 2n, orphaned: 1n }
const account = { extendedPublicKey: 'tpub', fingerprint: '01020304', birthday: 1_700_000_000, wordsConfirmed: true }
const wallet = {
  balance: () => balance,
  cursor: { height: 90, hash: new Uint8Array(32) },
  ...{ unconfirmed: 1, transactions: 7, unpaidInRow: 20 },
} as unknown as WalletBook
const ready: WalletHostState = { kind: 'ready', wallet, account, keys: {} as PublicAccount }

/** As it crosses: what the contract does not allow fails here. */
function info(changes: Partial<WalletInfoFacts>) {
  return walletInfo.parse(
    walletInfoOf({
      ...{ network: 'local', host: ready, vault: { locked: true, locksAt: undefined }, noChain: '' },
      ...{ scan: { stuck: '', progress: undefined }, chainHeight: 100, lightSources: undefined },
      ...changes,
    }),
  )
}

test('a wallet that follows its chain', () => {
  expect(info({})).toEqual({
    ...{ state: 'ready', network: 'local', locked: true, wordsConfirmed: true, birthday: account.birthday, balance },
    ...{ scan: { height: 90, target: 100, stuck: '' }, unconfirmed: 1, transactions: 7, notice: '' },
  })
  const progress = { done: 10, total: 20, rate: 5, remaining: 2 }
  expect(info({ scan: { stuck: '', progress } }).scan).toMatchObject({ progress })
})

test('unlocked, with the time at which it locks', () => {
  expect(info({ vault: { locked: false, locksAt: 1_700_000_600_000 } })).toMatchObject({
    ...{ locked: false, locksAt: 1_700_000_600_000 },
  })
})

test('what a person should know: words, one source, no chain, a scan that does not go on', () => {
  const unconfirmed = { ...ready, account: { ...account, wordsConfirmed: false } }
  expect(info({ host: unconfirmed })).toMatchObject({
    ...{ wordsConfirmed: false, notice: expect.stringContaining('Confirm them') },
  })
  // It may have ended before they were shown.
  expect(info({ host: unconfirmed }).notice).toMatch(/not written down, put this wallet aside and make another/)
  const unpaid = { ...ready, wallet: { ...wallet, unpaidInRow: 21 } as unknown as WalletBook }
  expect(info({ host: unpaid }).notice).toMatch(/^The last 21 addresses .* looks for 20 such/)
  expect(info({ lightSources: 1 }).light).toEqual({ oneSource: true })
  expect(info({ lightSources: 2 }).light).toEqual({ oneSource: false })
  expect(info({ scan: undefined, chainHeight: undefined, noChain: 'The chain is off.' }).scan).toEqual({
    ...{ height: 90, target: 90, stuck: 'The chain is off.' },
  })
  expect(info({ scan: { stuck: 'x'.repeat(600), progress: undefined } }).scan.stuck).toHaveLength(500)
})

test('no wallet, one that cannot be read, one that is damaged', () => {
  const nothing = { transactions: 0, wordsConfirmed: false, locked: true }
  expect(info({ host: { kind: 'none' } })).toMatchObject({ state: 'none', notice: '', ...nothing })
  expect(info({ host: { kind: 'opening' } })).toMatchObject({ state: 'opening', ...nothing })
  expect(info({ host: { kind: 'failed', reason: 'A newer Shoal wrote it.' } })).toMatchObject({
    ...{ state: 'failed', notice: 'A newer Shoal wrote it.', ...nothing },
  })
  const previous = { time: 1_700_000_000_000, path: '/p/wallet.db.previous' }
  const damaged = info({ host: { kind: 'damaged', cause: 'it is empty', previous } })
  expect(damaged).toMatchObject({ state: 'damaged', previous, notice: expect.stringContaining('previous copy') })
  const advised = info({ host: { kind: 'damaged', cause: 'w.db is not a database. Move it away.', previous } })
  expect(advised.notice).toMatch(/^The wallet’s file is damaged \(w\.db is not a database\)\. [^M]/)
  const lost = info({ host: { kind: 'damaged', cause: 'c'.repeat(9_000), previous: undefined } })
  expect(lost.previous).toBeUndefined()
  expect(lost.notice).toContain('restore the wallet from its words')
})
