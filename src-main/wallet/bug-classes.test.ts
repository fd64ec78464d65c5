/** Where wallets have lost money or trust before, each as a test. */
import { describe, expect, test } from 'vitest'
import { displayHash } from '../chain/primitives/hashes.ts'
import type { Transaction } from '../chain/primitives/transaction.ts'
import { FREE_SCRIPT } from '../chain/test-support/mempool-fixture.ts'
import { bytesEqual } from '../kernel/bytes.ts'
import { planPayment } from './spending/plan-payment.ts'
import { scanByHand } from './test-support/brute-force-chain.ts'
import { WalletBed, WalletWorld } from './test-support/wallet-bed.ts'

const COIN = 100_000_000n
const REWARD = 50n * COIN
const MATURITY = 100
const nothing = { available: 0n, pending: 0n, immature: 0n, frozen: 0n, orphaned: 0n }
const statusOf = (bed: WalletBed, { txid }: Transaction) => bed.wallet.historyRow(txid)?.status

function bed(): WalletBed {
  return new WalletBed(new WalletWorld())
}

/** Takes `depth` blocks away and puts one more, empty ones, in their place. */
function undo({ world }: WalletBed, depth: number): void {
  world.fixture.reorganise(
    depth,
    Array.from({ length: depth + 1 }, () => []),
  )
}

describe('a reward that was orphaned, and what spent it', () => {
  test('keep no other coin, before and after a start', async () => {
    const one = bed()
    const reward = one.world.mine({ payTo: one.newScript() }).transactions[0] as Transaction
    one.world.mineMany(MATURITY - 1)
    await one.fund(3n * COIN)
    const spend = await one.send(52n * COIN)
    const change = one.wallet.balance().available
    expect(spend.inputs).toHaveLength(2)
    one.world.mine()
    one.follow()
    expect(one.wallet.balance()).toEqual({ ...nothing, available: change })

    undo(one, MATURITY + 2)
    one.follow()
    const free = { ...nothing, pending: 0n, orphaned: REWARD }
    const payment = one.world.mempool.find(({ outputs }) => outputs.some(({ value }) => value === 3n * COIN))
    expect(payment).toBeDefined()
    expect(one.wallet.balance()).toEqual({ ...free, pending: 3n * COIN })
    expect([statusOf(one, reward), statusOf(one, spend)]).toEqual(['orphaned', 'orphaned'])
    one.world.mine()
    one.follow()
    one.reopen()
    expect(one.wallet.balance()).toEqual({ ...free, available: 3n * COIN })
    expect([statusOf(one, reward), statusOf(one, spend)]).toEqual(['orphaned', 'orphaned'])
    expect(one.wallet.ownPending()).toEqual([])
    await one.send(COIN)
  })
})

describe('balance after a reorganisation', () => {
  test('one that happened while the wallet was closed is found out at the next start', async () => {
    const one = bed()
    await one.fund(3n * COIN)
    const reward = one.world.mine({ payTo: one.newScript() }).transactions[0] as Transaction
    one.follow()
    expect(one.wallet.balance()).toEqual({ ...nothing, available: 3n * COIN, immature: REWARD })
    undo(one, 1)
    one.world.mineMany(3)
    one.reopen()
    one.follow()
    expect(one.wallet.balance()).toEqual({ ...nothing, available: 3n * COIN, orphaned: REWARD })
    expect(statusOf(one, reward)).toBe('orphaned')
  })

  test('one that is taken back gives everything back', async () => {
    const one = bed()
    await one.fund(3n * COIN)
    one.world.mine({ payTo: one.newScript() })
    one.follow()
    const before = one.wallet.balance()
    const { chain, mempool } = one.world.fixture
    const block = chain.undo()
    mempool.blockDisconnected(block)
    mempool.chainChanged(one.now)
    one.follow()
    expect(one.wallet.balance()).toEqual({ ...nothing, available: 3n * COIN, orphaned: REWARD })
    expect(chain.add(block)).toBeUndefined()
    mempool.blockConnected(block, one.now)
    mempool.chainChanged(one.now)
    one.follow()
    expect(one.wallet.balance()).toEqual(before)
  })

  test('a program that dies in the middle of one goes on where it was', async () => {
    const one = bed()
    await one.fund(3n * COIN, COIN, 2n * COIN)
    const sent = await one.send(4n * COIN)
    one.world.mine()
    one.follow()
    undo(one, 2)
    // One block at a time, and a start after each.
    for (let again = true; again; one.reopen()) {
      const scan = one.wallet.nextScan(1)
      again = one.wallet.takeScan(scan, scanByHand(one.world.chain, scan)).again
    }
    one.follow()
    expect(one.wallet.balance()).toEqual(one.restored().wallet.balance())
    expect(statusOf(one, sent)).toBe('pending')
  })

  test('a coin whose spend was buried for long is free again when even that is undone, whoever spends it then', async () => {
    const one = bed()
    await one.fund(3n * COIN)
    const elsewhere = one.restored()
    const spent = await one.send('everything')
    one.world.mine()
    one.world.mineMany(150)
    one.follow()
    const { chain, mempool } = one.world.fixture
    for (let i = 0; i < 151; i++) mempool.blockDisconnected(chain.undo())
    const other = elsewhere.owner.sign(
      elsewhere.plan({
        recipients: [{ script: FREE_SCRIPT, amount: 'everything' }],
        fee: { rate: 9_000, basis: 'chosen' },
      }),
    )
    mempool.blockConnected(chain.mine({ transactions: [other], extraNonce: 77 }), one.now)
    mempool.chainChanged(one.now)
    one.follow()
    expect([statusOf(one, spent), statusOf(one, other)]).toEqual(['conflicted', 'confirmed'])
    expect(one.wallet.balance()).toEqual(nothing)
  })
})

describe('maturity', () => {
  test('a reward may be spent at exactly the height at which the mempool takes its spend', async () => {
    const one = bed()
    one.world.mine({ payTo: one.newScript() })
    one.world.mineMany(MATURITY - 2)
    one.follow()
    expect(one.wallet.recent(1)[0]).toMatchObject({ status: 'immature', maturesIn: 1 })
    expect(one.wallet.balance()).toEqual({ ...nothing, immature: REWARD })
    expect(() => one.plan({ recipients: [{ script: FREE_SCRIPT, amount: COIN }] })).toThrow()
    const later = one.restored()
    one.world.mine()
    one.follow()
    expect(one.wallet.recent(1)[0]).toMatchObject({ status: 'confirmed', maturesIn: 0 })
    expect(one.wallet.balance()).toEqual({ ...nothing, available: REWARD })
    // Without a locktime, so that maturity alone decides.
    const view = { ...one.wallet.spendingView(), tipHeight: 0 }
    const recipients = [{ script: FREE_SCRIPT, amount: COIN }]
    const spend = one.owner.sign(planPayment({ recipients, fee: { rate: 2_000, basis: 'chosen' } }, view, one.random))
    // A block earlier nobody takes it, now everybody does.
    const { chain, mempool } = one.world.fixture
    const tip = chain.undo()
    mempool.blockDisconnected(tip)
    mempool.chainChanged(one.now)
    expect(await one.world.fixture.verdict(spend)).toBe('policy: bad-txns-premature-spend-of-coinbase')
    expect(later.wallet.balance()).toEqual({ ...nothing, immature: REWARD })
    chain.add(tip)
    mempool.blockConnected(tip, one.now)
    mempool.chainChanged(one.now)
    expect(await one.world.fixture.verdict(spend)).toBe('accepted')
  })
})

describe('what is offered to peers again', () => {
  test('is never a coinbase', async () => {
    const one = bed()
    const reward = one.world.mine({ payTo: one.newScript() }).transactions[0] as Transaction
    await one.fund(3n * COIN)
    const sent = await one.send(COIN)
    undo(one, 2)
    one.follow()
    expect(statusOf(one, reward)).toBe('orphaned')
    expect(one.wallet.ownPending().map(({ txid }) => displayHash(txid))).toEqual([displayHash(sent.txid)])
    expect(() => one.wallet.rebroadcast(reward.txid)).toThrow(expect.objectContaining({ code: 'NOT_TO_BE_OFFERED' }))
    expect(() => one.wallet.abandon(reward.txid)).toThrow(expect.objectContaining({ code: 'NOT_TO_BE_ABANDONED' }))
  })
})

describe('addresses that are not those of the keys', () => {
  test('are found at the next start, made right, and what was paid to the right ones is found', async () => {
    const one = bed()
    const script = one.newScript()
    const wrong = new Uint8Array(script).fill(7, 2)
    const kept = one.store.addresses.list().find((address) => bytesEqual(address.script, script))
    if (kept) one.store.addresses.put({ ...kept, script: wrong })
    await one.world.pay(script, COIN)
    one.world.mine()
    one.reopen()
    expect(one.wallet.pathOf(wrong)).toBeUndefined()
    expect(one.wallet.pathOf(script)).toEqual({ chain: 0, index: 0 })
    one.follow()
    expect(one.wallet.balance()).toEqual({ ...nothing, available: COIN })
    expect(one.store.addresses.list().some((address) => bytesEqual(address.script, wrong))).toBe(false)
  })
})

describe('a restore from words', () => {
  test('finds coins behind a gap of 25 after a look further', async () => {
    const one = bed()
    await one.world.pay(one.owner.script(2), COIN)
    await one.world.pay(one.owner.script(28), 2n * COIN)
    one.world.mine()
    one.follow()
    expect(one.wallet.balance().available).toBe(COIN)
    one.wallet.lookFurther(10)
    one.follow()
    expect(one.wallet.balance().available).toBe(3n * COIN)
    one.reopen()
    expect(one.wallet.scripts().scripts).toHaveLength(29 + 20 + 10 + 20 + 10)
  })

  test('finds coins of both chains however heavily change was used, also within one block', async () => {
    const one = bed()
    const script = (n: number) => one.owner.script(n, 1)
    for (let from = 0; from < 90; from += 15)
      await one.world.offer(
        one.world.payment(Array.from({ length: 15 }, (_, n) => ({ script: script(from + n), value: COIN / 10n }))),
      )
    one.world.mine()
    one.follow()
    expect(one.wallet.balance().available).toBe(9n * COIN)
    expect(one.wallet.addresses('change', { offset: 0, limit: 1 }).total).toBe(90)
  })

  test('finds what came to a far address before the near ones were used', async () => {
    const one = bed()
    for (const index of [0, 35, 17, 34]) {
      await one.world.pay(one.owner.script(index), COIN)
      one.world.mine()
    }
    one.follow(1)
    expect(one.wallet.balance().available).toBe(4n * COIN)
  })

  test('has the same history, coins and balance', async () => {
    const one = bed()
    await one.fund(3n * COIN, COIN)
    one.world.mine({ payTo: one.newScript() })
    one.follow()
    await one.send(2n * COIN)
    one.world.mine()
    await one.send(COIN / 2n)
    one.follow()
    const { wallet } = one.restored()
    const all = { offset: 0, limit: 100 }
    const rows = (of: typeof wallet) =>
      of.history('', all).rows.map((row) => ({ ...row, time: row.height && row.time }))
    expect(rows(wallet)).toEqual(rows(one.wallet))
    expect(wallet.coinRows(all)).toEqual(one.wallet.coinRows(all))
    expect(wallet.balance()).toEqual(one.wallet.balance())
  })
})

describe('an address that was handed out', () => {
  test('stays reserved, also after a start, whoever is paid meanwhile', async () => {
    const one = bed()
    const rows = [one.wallet.newAddress(5, 'rent'), one.wallet.newAddress(6)]
    one.reopen()
    rows.push(one.wallet.newAddress(7))
    expect(rows.map(({ index }) => index)).toEqual([0, 1, 2])
    expect(rows[0]).toMatchObject({ handedOut: 5, label: 'rent', chain: 'receive', path: "m/84'/1'/0'/0/0" })
    await one.world.pay(one.owner.script(6), COIN)
    one.follow()
    expect(one.wallet.newAddress(8).index).toBe(7)
    const { rows: shown, total } = one.wallet.addresses('receive', { offset: 0, limit: 3 })
    expect([total, ...shown.map(({ index }) => index)]).toEqual([8, 7, 6, 5])
    expect(shown[1]).toMatchObject({ received: COIN, balance: COIN, payments: 1 })
  })

  test('for rewards is the same one until it was paid to', () => {
    const one = bed()
    const first = one.wallet.rewardAddress(1)
    expect(one.wallet.rewardAddress(2).id).toBe(first.id)
    one.reopen()
    expect(one.wallet.rewardAddress(3).id).toBe(first.id)
    expect(one.wallet.newAddress(4).id).not.toBe(first.id)
    one.world.mine({ payTo: one.owner.script(first.index) })
    one.follow()
    expect(one.wallet.rewardAddress(5).id).not.toBe(first.id)
  })
})

describe('text of strangers', () => {
  test('is in one line, without characters that hide or turn round, and bounded', async () => {
    const one = bed()
    await one.fund(3n * COIN)
    const sent = await one.send(COIN)
    one.wallet.setRefused(sent.txid, `bad\u202e\n<b>txt</b>\u0000${'x'.repeat(500)}`)
    const { refused } = one.wallet.historyRow(sent.txid) ?? {}
    expect(refused).toMatch(/^bad <b>txt<\/b>x+$/)
    expect(refused).toHaveLength(200)
    const { id } = one.wallet.newAddress(1)
    const target = one.wallet.readTarget(`shoal:${id}?label=a%0Ab%E2%80%AE%00c&message=${'m'.repeat(1_000)}`)
    expect(target).toMatchObject({ label: 'a bc', own: true, used: false })
    expect(target.message).toHaveLength(255)
  })
})
