import { describe, expect, test } from 'vitest'
import { MAX_WALLET_SCRIPTS } from '../chain/node/wallet-calls.ts'
import { AddressBook, GAP_LIMIT, MAX_CHAIN_ADDRESSES } from './address-book.ts'
import type { KeptAddress } from './store/address-repository.ts'
import type { KeyPath, PublicAccount } from './wallet-types.ts'

/** Scripts that say their path: nothing is derived. */
const account: PublicAccount = {
  scriptAt: ({ chain, index }) => Uint8Array.of(0, 20, chain, index >>> 16, (index >>> 8) & 255, index & 255),
  addressAt: ({ chain, index }) => `${chain}-${index}`,
  publicKeyAt: () => new Uint8Array(33),
}
const script = (path: KeyPath) => account.scriptAt(path)
const kept = (chain: 0 | 1, index: number, handedOut?: number): KeptAddress => ({
  path: { chain, index },
  script: script({ chain, index }),
  handedOut,
  purpose: 'payment',
})

describe('an address book', () => {
  test(`looks for ${GAP_LIMIT} addresses on both chains, and so many beyond the last that was used or handed out`, () => {
    const book = new AddressBook(account, [], 0)
    expect(book.size).toBe(2 * GAP_LIMIT)
    book.markUsed({ chain: 1, index: 7 })
    expect(book.size).toBe(2 * GAP_LIMIT + 8)
    expect(book.takeAdded()).toHaveLength(2 * GAP_LIMIT + 8)
    book.markUsed({ chain: 1, index: 3 })
    expect(book.takeAdded()).toEqual([])
    expect(book.handOut(9, 'payment').path).toEqual({ chain: 0, index: 0 })
    expect(book.size).toBe(2 * GAP_LIMIT + 9)
    book.lookFurther(30)
    expect(book.size).toBe(2 * GAP_LIMIT + 9 + 60)
    expect(book.pathOf(script({ chain: 0, index: GAP_LIMIT + 30 }))).toEqual({ chain: 0, index: GAP_LIMIT + 30 })
    expect(book.pathOf(script({ chain: 0, index: GAP_LIMIT + 31 }))).toBeUndefined()
  })

  test('hands out and takes change after the last that was used', () => {
    const book = new AddressBook(account, [kept(0, 0, 5), kept(0, 1, 6), kept(0, 2)], 0)
    expect(book.handOut(7, 'payment').path.index).toBe(2)
    book.markUsed({ chain: 0, index: 9 })
    expect(book.handOut(8, 'reward').path.index).toBe(10)
    expect(book.lastForRewards()?.path.index).toBe(10)
    expect([book.change().path.index, book.change().path.index]).toEqual([0, 0])
    book.markUsed({ chain: 1, index: 0 })
    expect(book.change().path.index).toBe(1)
    expect(book.shown(0).map(({ path }) => path.index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  })

  test('makes right what is remembered wrong, and makes again what follows a missing one', () => {
    const wrong = { ...kept(0, 1), script: new Uint8Array(22) }
    const book = new AddressBook(account, [kept(0, 0), wrong, kept(0, 3)], 0)
    expect(book.repaired).toBe(1)
    expect(book.takeChanges()).toContainEqual(kept(0, 1))
    expect(book.find({ chain: 0, index: 3 })).toEqual(kept(0, 3))
    expect(book.scripts).toHaveLength(2 * GAP_LIMIT)
  })

  test(`never looks for more than ${MAX_CHAIN_ADDRESSES} of a chain; no further ones are handed out, change goes on`, () => {
    const book = new AddressBook(account, [], MAX_CHAIN_ADDRESSES)
    expect(book.size).toBe(MAX_WALLET_SCRIPTS)
    book.lookFurther(1)
    const last = { index: MAX_CHAIN_ADDRESSES - 1 }
    book.markUsed({ chain: 0, ...last })
    book.markUsed({ chain: 1, ...last })
    expect([book.size, book.further]).toEqual([MAX_WALLET_SCRIPTS, MAX_CHAIN_ADDRESSES])
    expect(() => book.handOut(1, 'payment')).toThrow(expect.objectContaining({ code: 'TOO_MANY_ADDRESSES' }))
    expect(book.change().path).toEqual({ chain: 1, ...last })
  })
})
