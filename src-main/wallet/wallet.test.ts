import { describe, expect, test } from 'vitest'
import { displayHash } from '../chain/primitives/hashes.ts'
import type { Transaction } from '../chain/primitives/transaction.ts'
import { FREE_SCRIPT } from '../chain/test-support/mempool-fixture.ts'
import { openMemoryDatabase } from '../host/database.ts'
import { RefusingDatabase } from '../simulation/refusing-database.ts'
import { migrate } from '../storage/migrate.ts'
import { planBump } from './spending/plan-bump.ts'
import { walletMigrations } from './store/migrations/index.ts'
import { WalletStore } from './store/wallet-store.ts'
import { positionAt, scanByHand } from './test-support/brute-force-chain.ts'
import { WalletBed, WalletWorld } from './test-support/wallet-bed.ts'

const COIN = 100_000_000n
const ALL = { offset: 0, limit: 1_000 }
const nothing = { available: 0n, pending: 0n, immature: 0n, frozen: 0n, orphaned: 0n }
const rowOf = (bed: WalletBed, { txid }: Transaction) => bed.wallet.historyRow(txid)
const ids = (transactions: readonly Transaction[]) => transactions.map(({ txid }) => displayHash(txid))

function bed(): WalletBed {
  return new WalletBed(new WalletWorld())
}

function bumped(one: WalletBed, { txid }: Transaction): Transaction {
  const fee = { rate: 9_000, basis: 'chosen' as const }
  return one.make(planBump(txid, fee, one.wallet.spendingView(), one.random))
}

describe('a payment', () => {
  test('is seen to come, to be in a block, and to be spent', async () => {
    const one = bed()
    const payment = await one.world.pay(one.newScript(), 3n * COIN)
    one.follow()
    expect(one.wallet.balance()).toEqual({ ...nothing, pending: 3n * COIN })
    expect(rowOf(one, payment)).toMatchObject({
      ...{ kind: 'received', status: 'pending', trust: 'unconfirmed', delta: 3n * COIN, time: one.now },
      ...{ canBump: false, canSpeedUpByChild: true, canAbandon: false, canRebroadcast: false },
    })
    expect(rowOf(one, payment)?.fee).toBeUndefined()
    one.world.mine()
    one.follow()
    expect(one.wallet.balance()).toEqual({ ...nothing, available: 3n * COIN })
    const sent = await one.send(COIN)
    const { fee = 0n, ...row } = rowOf(one, sent) ?? {}
    expect(row).toMatchObject({
      kind: 'sent',
      delta: -COIN - fee,
      canBump: true,
      canAbandon: true,
      canRebroadcast: true,
    })
    expect(one.wallet.balance()).toEqual({ ...nothing, available: 2n * COIN - fee })
    expect(one.wallet.coinRows(ALL).rows).toMatchObject([{ status: 'change', confirmations: 0 }])
    one.world.mine()
    one.follow()
    expect(rowOf(one, sent)).toMatchObject({ status: 'confirmed', confirmations: 1, trust: 'fresh', canAbandon: false })
    expect(one.wallet.history('', ALL).rows.map(({ id }) => id)).toEqual(ids([sent, payment]))
    expect([one.wallet.transactions, one.wallet.unconfirmed]).toEqual([2, 0])
    one.world.mineMany(9)
    one.follow()
    expect(rowOf(one, sent)?.trust).toBe('likely')
    one.world.mineMany(90)
    one.follow()
    expect(rowOf(one, sent)?.trust).toBe('settled')
  })

  test('to ourselves is a move, and costs its fee', async () => {
    const one = bed()
    await one.fund(3n * COIN)
    const moved = await one.send('everything', one.newScript())
    const row = rowOf(one, moved)
    expect(row).toMatchObject({ kind: 'moved', delta: -(row?.fee ?? 0n) })
    expect(one.wallet.balance().available).toBe(3n * COIN - (row?.fee ?? 0n))
  })

  test('of others that left the mempool is forgotten; one that ours depends on stays, and both are dead', async () => {
    const one = bed()
    const lost = await one.world.pay(one.newScript(), COIN)
    const spent = await one.world.pay(one.newScript(), 2n * COIN)
    one.follow()
    expect(one.wallet.leftMempool(lost.txid, 'expired')).toBe(true)
    expect(rowOf(one, lost)).toBeUndefined()
    const coin = one.wallet.coins().find(({ value }) => value === 2n * COIN)
    const recipients = [{ script: FREE_SCRIPT, amount: COIN }]
    const child = one.make(one.plan({ recipients, coins: coin ? [coin.outpoint] : [] }))
    one.wallet.leftMempool(spent.txid, 'expired')
    expect([rowOf(one, spent)?.status, rowOf(one, child)?.status]).toEqual(['pending', 'pending'])
    one.wallet.leftMempool(spent.txid, 'conflict')
    expect([rowOf(one, spent)?.status, rowOf(one, child)?.status]).toEqual(['conflicted', 'conflicted'])
    expect(one.wallet.balance()).toEqual(nothing)
    one.reopen()
    expect(one.wallet.balance()).toEqual(nothing)
    one.wallet.takeMempool([spent.bytes(), child.bytes()], one.now, 'news')
    expect([rowOf(one, spent)?.status, rowOf(one, child)?.status]).toEqual(['pending', 'pending'])
  })

  test('of others that a whole mempool has not is forgotten', async () => {
    const one = bed()
    const payment = await one.world.pay(one.newScript(), COIN)
    one.follow()
    expect(one.wallet.takeMempool([], one.now, 'news')).toBe(false)
    expect(one.wallet.takeMempool([payment.bytes()], one.now, 'whole')).toBe(false)
    expect(one.wallet.takeMempool([], one.now, 'whole')).toBe(true)
    expect(one.wallet.transactions).toBe(0)
  })
})

describe('a transaction of ours', () => {
  test('that is replaced by a dearer one stays replaced in a block and after a start', async () => {
    const one = bed()
    await one.fund(3n * COIN)
    const first = await one.send(COIN)
    const second = bumped(one, first)
    const replaced = { status: 'replaced', replacedBy: displayHash(second.txid), canBump: false, canAbandon: false }
    expect(rowOf(one, first)).toMatchObject(replaced)
    expect(ids(one.wallet.ownPending().map(({ txid }) => ({ txid }) as Transaction))).toEqual(ids([second]))
    await one.world.offer(second)
    one.world.mine()
    one.follow()
    expect([rowOf(one, first)?.status, rowOf(one, second)?.status]).toEqual(['replaced', 'confirmed'])
    one.reopen()
    expect(rowOf(one, first)).toMatchObject(replaced)
  })

  test('that was replaced and is in a block after all makes the dearer one conflicted', async () => {
    const one = bed()
    await one.fund(3n * COIN)
    const first = await one.send(COIN)
    const second = bumped(one, first)
    one.world.mine({ transactions: [first] })
    one.follow()
    expect([rowOf(one, first)?.status, rowOf(one, second)?.status]).toEqual(['confirmed', 'conflicted'])
    expect(one.wallet.ownPending()).toEqual([])
  })

  test('and what depends on it are conflicted where a block spends the same', async () => {
    const one = bed()
    await one.fund(3n * COIN)
    const elsewhere = one.restored()
    const mine = await one.send(COIN)
    const child = await one.send(COIN / 2n)
    const other = elsewhere.owner.sign(elsewhere.plan({ recipients: [{ script: FREE_SCRIPT, amount: 2n * COIN }] }))
    one.world.mine({ transactions: [other] })
    one.follow()
    expect([mine, child, other].map((each) => rowOf(one, each)?.status)).toEqual([
      'conflicted',
      'conflicted',
      'confirmed',
    ])
    expect(one.wallet.balance()).toEqual(elsewhere.restored().wallet.balance())
  })

  test('that is abandoned gives its coins back; it may be offered again, or be in a block all the same', async () => {
    const one = bed()
    await one.fund(3n * COIN)
    const sent = await one.send(COIN)
    one.wallet.abandon(sent.txid)
    expect(one.wallet.balance()).toEqual({ ...nothing, available: 3n * COIN })
    expect(rowOf(one, sent)).toMatchObject({ status: 'abandoned', canAbandon: false, canRebroadcast: true })
    one.follow()
    one.reopen()
    expect(rowOf(one, sent)?.status).toBe('abandoned')
    expect(one.wallet.ownPending()).toEqual([])
    expect(one.wallet.rebroadcast(sent.txid)).toMatchObject({ txid: sent.txid, bytes: sent.bytes() })
    expect(rowOf(one, sent)?.status).toBe('pending')
    one.wallet.abandon(sent.txid)
    const other = one.make(one.plan({ recipients: [{ script: FREE_SCRIPT, amount: COIN / 2n }] }))
    expect(() => one.wallet.rebroadcast(sent.txid)).toThrow(/its coins were spent by another transaction/)
    one.world.mine({ transactions: [sent] })
    one.follow()
    expect([rowOf(one, sent)?.status, rowOf(one, other)?.status]).toEqual(['confirmed', 'conflicted'])
    expect(() => one.wallet.abandon(sent.txid)).toThrow(expect.objectContaining({ code: 'NOT_TO_BE_ABANDONED' }))
    expect(() => one.wallet.abandon(new Uint8Array(32))).toThrow(
      expect.objectContaining({ code: 'NO_SUCH_TRANSACTION' }),
    )
  })

  test('that is abandoned takes what it replaced with it', async () => {
    const one = bed()
    await one.fund(3n * COIN)
    const first = await one.send(COIN)
    const second = bumped(one, first)
    const third = bumped(one, second)
    one.wallet.abandon(third.txid)
    for (const each of [first, second, third]) expect(rowOf(one, each)?.status).toBe('abandoned')
    expect(one.wallet.balance()).toEqual({ ...nothing, available: 3n * COIN })
    one.reopen()
    expect(one.wallet.balance()).toEqual({ ...nothing, available: 3n * COIN })
    expect(one.wallet.ownPending()).toEqual([])
  })

  test('that was refused says why until it is taken, and can be forgotten', async () => {
    const one = bed()
    await one.fund(3n * COIN)
    const sent = one.make(one.plan({ recipients: [{ script: FREE_SCRIPT, amount: COIN }] }))
    one.wallet.setRefused(sent.txid, 'min relay fee not met')
    one.reopen()
    expect(rowOf(one, sent)?.refused).toBe('min relay fee not met')
    await one.world.offer(sent)
    one.follow()
    expect(rowOf(one, sent)?.refused).toBe('')
    one.wallet.forgetOwn(sent.txid)
    expect(one.wallet.balance()).toEqual({ ...nothing, available: 3n * COIN })
    expect(() => one.wallet.forgetOwn(sent.txid)).toThrow(expect.objectContaining({ code: 'NO_SUCH_TRANSACTION' }))
  })

  test('is offered after those that it spends', async () => {
    const one = bed()
    await one.fund(3n * COIN)
    const sent = [await one.send(COIN), await one.send(COIN / 2n), await one.send(COIN / 4n)]
    expect(one.wallet.ownPending().map(({ txid }) => displayHash(txid))).toEqual(ids(sent))
    // Undone and come back, they are in another order.
    one.world.mine()
    one.follow()
    one.world.fixture.reorganise(1, [[], []])
    one.follow()
    expect(one.wallet.ownPending().map(({ txid }) => displayHash(txid))).toEqual(ids(sent))
    expect(one.wallet.coinRows(ALL).rows[0]?.status).toBe('change')
  })
})

describe('looking at blocks', () => {
  test('begins where it is told, and not before', async () => {
    const one = bed()
    await one.fund(COIN)
    const late = new WalletBed(one.world, { owner: 1 })
    late.wallet.startAt(positionAt(one.world.chain, one.world.chain.height))
    expect(late.wallet.nextScan(10).known).toHaveLength(1)
    late.follow()
    expect(late.wallet.balance()).toEqual(nothing)
    late.wallet.rescan(0)
    late.follow()
    expect(late.wallet.balance()).toEqual({ ...nothing, available: COIN })
  })

  test('again, from no block beyond those that were looked at', async () => {
    const one = bed()
    expect(() => one.wallet.rescan(1)).toThrow(expect.objectContaining({ code: 'BEYOND_SCANNED' }))
    await one.fund(COIN)
    const { height } = one.world.chain
    expect(() => one.wallet.rescan(height + 1)).toThrow(`up to ${height} only`)
    one.wallet.rescan(height)
    expect(one.wallet.cursor?.height).toBe(height)
  })

  test('again changes nothing that is so, and shows it meanwhile', async () => {
    const one = bed()
    await one.fund(COIN, 2n * COIN)
    await one.send(COIN / 2n)
    one.world.mineMany(120)
    one.follow()
    const shown = () => [one.wallet.balance(), one.wallet.history('', ALL), one.wallet.coinRows(ALL)]
    const before = shown()
    one.wallet.rescan()
    expect(one.wallet.cursor?.height).toBeLessThan(one.wallet.top?.height ?? 0)
    for (let again = true; again; ) {
      const scan = one.wallet.nextScan(7)
      const outcome = one.wallet.takeScan(scan, scanByHand(one.world.chain, scan))
      expect(outcome.changed).toBe(false)
      expect(shown()).toEqual(before)
      again = outcome.again
    }
    expect(one.wallet.cursor).toEqual(one.wallet.top)
  })

  test('an answer to an older question is left alone', async () => {
    const one = bed()
    one.follow()
    await one.world.pay(one.newScript(), COIN)
    one.world.mine()
    const scan = one.wallet.nextScan(10)
    const answer = scanByHand(one.world.chain, scan)
    one.wallet.rescan()
    expect(one.wallet.takeScan(scan, answer)).toEqual({ again: true, changed: false })
    expect(one.wallet.balance()).toEqual(nothing)
  })

  test('knows some of the blocks that it saw, more of the newer ones, and never too many', () => {
    const one = bed()
    for (let i = 0; i < 300; i++) {
      one.world.mine({ extraNonce: i })
      one.follow()
    }
    const { known } = one.wallet.nextScan(1)
    const top = one.world.chain.height
    expect(known.length).toBeLessThanOrEqual(64)
    expect(known.slice(0, 20).map(({ height }) => height)).toEqual(Array.from({ length: 20 }, (_, i) => top - i))
    expect(known.at(-1)?.height).toBe(0)
    expect(known.some(({ height }) => height > top - 200 && height < top - 30)).toBe(true)
  })

  test('a node that cannot look any further now is not asked in a circle', () => {
    const one = bed()
    const scan = one.wallet.nextScan(10)
    const fork = positionAt(one.world.chain, 0)
    const { again } = one.wallet.takeScan(scan, { fork, blocks: [], scanned: fork, height: one.world.chain.height })
    expect(again).toBe(false)
  })
})

describe('what a person does', () => {
  test('labels, contacts and words are found by a search', async () => {
    const one = bed()
    await one.fund(3n * COIN)
    const sent = await one.send(COIN / 8n)
    const [address = ''] = rowOf(one, sent)?.addresses ?? []
    const found = (search: string) => one.wallet.history(search, ALL).total
    expect([found(''), found('ADA'), found('rent')]).toEqual([2, 0, 0])
    const contact = one.wallet.setContact({ name: 'Ada L.', address: ` ${address}`, note: '' })
    one.wallet.setLabel('tx', displayHash(sent.txid), 'rent of May')
    expect([found('ada'), found('of may'), found(address), found(displayHash(sent.txid).slice(5, 30))]).toEqual([
      1, 1, 1, 1,
    ])
    expect([found('-0.125'), found('3')]).toEqual([1, 2])
    expect(rowOf(one, sent)).toMatchObject({ contacts: ['Ada L.'], label: 'rent of May' })
    expect(one.wallet.readTarget(address)).toMatchObject({ contact: 'Ada L.', used: true, own: false })
    one.reopen()
    expect(one.wallet.contacts()).toEqual([contact])
    expect(one.wallet.setContact({ ...contact, name: 'Ada' })).toMatchObject({ id: contact.id, name: 'Ada' })
    one.wallet.removeContact(contact.id)
    one.wallet.setLabel('tx', displayHash(sent.txid), '')
    expect([one.wallet.contacts(), found('ada'), found('rent')]).toEqual([[], 0, 0])
    expect(() => one.wallet.setContact({ name: 'x', address: 'nonsense', note: '' })).toThrow(/address/)
  })

  test('a frozen coin counts apart, also after a start and on its way from pending to spent', async () => {
    const one = bed()
    await one.fund(3n * COIN, COIN)
    const coin = one.wallet.coins().find(({ value }) => value === COIN)
    if (coin === undefined) throw new Error('no coin')
    one.wallet.freeze(coin.outpoint, true)
    expect(one.wallet.balance()).toEqual({ ...nothing, available: 3n * COIN, frozen: COIN })
    one.reopen()
    expect(one.wallet.balance()).toEqual({ ...nothing, available: 3n * COIN, frozen: COIN })
    expect(() => one.plan({ recipients: [{ script: FREE_SCRIPT, amount: 3n * COIN }] })).toThrow()
    one.make(one.plan({ recipients: [{ script: FREE_SCRIPT, amount: 'everything' }], coins: [coin.outpoint] }))
    expect(one.wallet.balance()).toEqual({ ...nothing, available: 3n * COIN })
    expect(() => one.wallet.freeze(coin.outpoint, true)).toThrow(expect.objectContaining({ code: 'NO_SUCH_COIN' }))
  })

  test('labels and frozen coins go to another wallet as lines', async () => {
    const one = bed()
    await one.fund(3n * COIN, COIN)
    const coin = one.wallet.coins()[0]
    if (coin === undefined) throw new Error('no coin')
    const { id } = one.wallet.newAddress(1, 'shop')
    one.wallet.setLabel('tx', displayHash(coin.outpoint.txid), 'wages')
    one.wallet.freeze(coin.outpoint, true)
    const text = one.wallet.exportLabels()
    const other = one.restored()
    expect(other.wallet.importLabels(`${text}{"type":"pubkey"}\n`)).toEqual({ taken: 3, ignored: 1 })
    expect(other.wallet.exportLabels()).toBe(text)
    other.reopen()
    expect(other.wallet.balance()).toEqual(one.wallet.balance())
    expect(other.wallet.labelOf('addr', id)).toBe('shop')
  })

  test('targets are read from addresses and links; what is wrong is said', () => {
    const one = bed()
    const { id } = one.wallet.newAddress(1)
    expect(one.wallet.readTarget(`shoal:${id.toUpperCase()}?amount=1.5&message=hi`)).toEqual({
      ...{ address: id, amount: 150_000_000n, message: 'hi', used: false, own: true },
    })
    expect(one.wallet.readTarget(`shoal:${id}?amount=0`).amount).toBeUndefined()
    expect(() => one.wallet.readTarget(`${id.slice(0, -1)}?`)).toThrow(/Character/)
    expect(() => one.wallet.readTarget('bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4')).toThrow(/an address of Bitcoin/)
    expect(() => one.wallet.readTarget(`shoal:${id}?amount=x`)).toThrow(expect.objectContaining({ code: 'BAD_URI' }))
  })
})

test('where wallet.db cannot be written nothing has changed, and later it goes on', async () => {
  let refusal: Error | undefined
  const db = openMemoryDatabase('wallet.db', undefined, () => undefined)
  migrate(db, walletMigrations, 'wallet.db')
  const store = new WalletStore(new RefusingDatabase(db, () => refusal))
  const one = new WalletBed(new WalletWorld(), { store })
  await one.fund(3n * COIN)
  const before = [one.wallet.balance(), one.wallet.addresses('receive', ALL), one.wallet.history('', ALL)]
  await one.world.pay(one.owner.script(0), COIN)
  one.world.mine()
  refusal = Object.assign(new Error('the disk is full'), { code: 'SQLITE_FULL' })
  expect(() => one.follow()).toThrow('the disk is full')
  expect(() => one.wallet.newAddress(5)).toThrow('the disk is full')
  expect(() => one.wallet.setLabel('tx', 'ab', 'x')).toThrow('the disk is full')
  expect([one.wallet.balance(), one.wallet.addresses('receive', ALL), one.wallet.history('', ALL)]).toEqual(before)
  refusal = undefined
  one.follow()
  expect(one.wallet.balance()).toEqual({ ...nothing, available: 4n * COIN })
})
