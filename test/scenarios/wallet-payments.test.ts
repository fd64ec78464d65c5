/** Coins between whole engines: mined, paid, seen pending, confirmed, undone by a reorganisation, seen again. */
import { describe, expect, test } from 'vitest'
import { HOUR, MINUTE, SECOND } from '../../src-main/kernel/clock.ts'
import { COIN, PASSWORD, REWARD, type WalletNode, WalletWorld } from './wallet-world.ts'

/** A has a mature reward (and 99 that are not), B an empty wallet; connected. */
async function world(seed: number, settingsOfB = {}) {
  const all = new WalletWorld({ seed })
  const a = await all.node('ada')
  await a.createWallet()
  await a.generate(100)
  const b = await all.node('ben', [a], settingsOfB)
  await all.agree()
  await b.createWallet()
  return { all, a, b }
}

/** What history, coins and balance say in full, for comparisons. */
async function everything(node: WalletNode) {
  const { wallet } = node.services
  const page = { offset: 0, limit: 200 }
  return {
    balance: node.balance,
    history: await node.wait(wallet.history({ search: '', ...page })),
    coins: await node.wait(wallet.coins(page)),
    receive: await node.wait(wallet.addresses({ chain: 'receive', ...page })),
    change: await node.wait(wallet.addresses({ chain: 'change', ...page })),
  }
}

test('a payment: mined to maturity, planned, sent, pending at both, confirmed at both', async () => {
  const { all, a, b } = await world(1)
  expect(a.balance).toMatchObject({ available: REWARD, immature: 99n * REWARD, pending: 0n })
  expect(a.info).toMatchObject({ state: 'ready', locked: false, wordsConfirmed: false, transactions: 100 })
  const to = await b.receiveAddress()
  const { wallet } = a.services
  const plan = await a.wait(
    wallet.plan({ recipients: [{ to, amount: 7n * COIN, label: 'rent' }], fee: { feeRate: 2 } }),
  )
  expect(plan).toMatchObject({ kind: 'payment', total: 7n * COIN, recipients: [{ address: to, label: 'rent' }] })
  expect(plan.change).toBe(REWARD - 7n * COIN - (plan.fee as bigint))
  const { txid } = await a.wait(wallet.send({ plan: plan.id as number }))
  const { fee } = plan as { fee: bigint }
  expect(a.row(txid as string)).toMatchObject({
    kind: 'sent',
    status: 'pending',
    delta: -7n * COIN - fee,
    fee,
    label: 'rent',
  })
  expect(a.balance).toMatchObject({ available: REWARD - 7n * COIN - fee, pending: 0n })

  await b.reaches(({ balance }) => balance.pending === 7n * COIN, 'it sees the payment come')
  expect(b.row(txid as string)).toMatchObject({
    kind: 'received',
    status: 'pending',
    trust: 'unconfirmed',
    confirmations: 0,
  })
  await a.generate(1)
  await all.agree()
  await b.reaches(({ balance }) => balance.available === 7n * COIN && balance.pending === 0n, 'it is confirmed')
  for (const node of [a, b])
    expect(node.row(txid as string)).toMatchObject({ status: 'confirmed', confirmations: 1, height: 101 })
  // And back: B spends what it got.
  const back = await b.pay(await a.receiveAddress(), 'everything')
  await a.reaches(({ balance }) => balance.pending > 6n * COIN, 'it sees it come back')
  expect(b.balance).toMatchObject({ available: 0n, pending: 0n })
  await a.generate(1)
  await all.agree()
  expect(a.row(back)).toMatchObject({ kind: 'received', status: 'confirmed' })
  await all.stop()
})

test('keys: locked nothing is signed, and the rest goes on; a plan is sent once and only while it fits', async () => {
  const { all, a, b } = await world(2)
  const to = await b.receiveAddress()
  const draft = { recipients: [{ to, amount: COIN }], fee: { feeRate: 1 } }
  const { wallet } = a.services
  const [first, second] = [await a.wait(wallet.plan(draft)), await a.wait(wallet.plan(draft))]
  await a.wait(wallet.lock(undefined))
  expect(a.info.locked).toBe(true)
  await expect(a.wait(wallet.send({ plan: first.id as number }))).rejects.toMatchObject({ code: 'WALLET_LOCKED' })
  // Receiving and mining do not need keys.
  await a.generate(1)
  expect(a.balance.available).toBe(2n * REWARD)
  await a.receiveAddress()
  await a.unlock()
  expect(a.info.locked).toBe(false)
  await a.wait(wallet.send({ plan: first.id as number }))
  await expect(a.wait(wallet.send({ plan: first.id as number }))).rejects.toMatchObject({ code: 'PLAN_OUTDATED' })
  const usesTheSame = first.coins.some(({ id }) => second.coins.some((coin) => coin.id === id))
  if (usesTheSame)
    await expect(a.wait(wallet.send({ plan: second.id as number }))).rejects.toMatchObject({ code: 'PLAN_OUTDATED' })
  expect(usesTheSame).toBe(true)
  const third = await a.wait(wallet.plan(draft))
  await all.run(11 * MINUTE)
  await a.unlock()
  await expect(a.wait(wallet.send({ plan: third.id as number }))).rejects.toMatchObject({ code: 'PLAN_OUTDATED' })
  await all.stop()
})

test('keys are forgotten after the minutes of the settings', async () => {
  const { all, a } = await world(3)
  await a.wait(a.services.settings.set({ walletLockAfter: 2 }))
  await a.unlock()
  expect(a.info.locked).toBe(false)
  expect(a.info.locksAt).toBeDefined()
  await all.run(2 * MINUTE + 10 * SECOND)
  expect(a.info.locked).toBe(true)
  await all.stop()
})

describe('a reorganisation', () => {
  test('takes the payment out of its block, and it comes back in another', async () => {
    const { all, a, b } = await world(4)
    const txid = await a.pay(await b.receiveAddress(), 3n * COIN)
    await b.reaches((node) => node.row(txid)?.status === 'pending', 'it sees the payment')
    all.sim.partition(a.node.host, b.node.host)
    await a.generate(1)
    expect(a.row(txid)).toMatchObject({ status: 'confirmed' })
    // B's branch has more work, and the payment is in another block of it.
    await b.wait(b.services.wallet.lock(undefined))
    await b.generate(3)
    const inB = b.row(txid)
    all.sim.heal()
    await all.agree([a, b], HOUR)
    expect(inB?.status).toBe('confirmed')
    expect(a.row(txid)).toMatchObject({ status: 'confirmed', height: 101, confirmations: 3 })
    expect(b.row(txid)).toMatchObject({ status: 'confirmed', height: 101 })
    // A's own block of that height is gone, and its reward is said to be.
    expect(a.balance.orphaned).toBeGreaterThan(0n)
    expect(a.rows.filter(({ status }) => status === 'orphaned')).toHaveLength(1)
    await all.stop()
  })

  test('to a branch without it: pending again, and confirmed by the next block', async () => {
    const all = new WalletWorld({ seed: 5 })
    const a = await all.node('ada')
    await a.createWallet()
    await a.generate(100)
    const b = await all.node('ben', [a])
    await all.agree()
    await b.createWallet()
    // B never hears of the payment before it is out of its block.
    const to = await b.receiveAddress()
    all.sim.partition(a.node.host, b.node.host)
    const txid = await a.pay(to, 3n * COIN)
    await a.generate(1)
    expect(a.row(txid)).toMatchObject({ status: 'confirmed' })
    await b.generate(3)
    expect(b.row(txid)).toBeUndefined()
    all.sim.heal()
    await all.agree([a, b], HOUR)
    await a.reaches((node) => node.row(txid)?.status === 'pending', 'the payment waits again')
    await b.reaches((node) => node.row(txid)?.status === 'pending', 'it hears of the payment', HOUR)
    await b.generate(1)
    await all.agree([a, b], HOUR)
    for (const node of [a, b]) expect(node.row(txid)).toMatchObject({ status: 'confirmed', height: 104 })
    await all.stop()
  })

  test('takes a reward away that was spent with another coin: that coin is free again, after a restart too', async () => {
    const all = new WalletWorld({ seed: 17 })
    const c = await all.node('cid')
    await c.createWallet()
    await c.generate(100)
    const a = await all.node('ada', [c])
    await all.agree()
    await a.createWallet()
    await c.pay(await a.receiveAddress(), 5n * COIN)
    await c.generate(1)
    await all.agree()
    all.sim.partition(a.node.host, c.node.host)
    await a.generate(100)
    await a.unlock()
    const { rows } = await a.wait(a.services.wallet.coins({ offset: 0, limit: 200 }))
    const [reward] = rows.filter(({ isReward, status }) => isReward && status === 'available')
    const [other] = rows.filter(({ isReward }) => !isReward)
    expect([reward?.value, other?.value]).toEqual([REWARD, 5n * COIN])
    const to = await c.receiveAddress()
    const txid = await a.pay(to, 'everything', { coins: [reward?.id as string, other?.id as string] })
    await a.generate(1)
    expect(a.row(txid)).toMatchObject({ status: 'confirmed' })
    await c.generate(103)
    all.sim.heal()
    await all.agree([a, c], HOUR)
    const isFree = () => {
      expect(a.row(txid)).toMatchObject({ status: 'orphaned' })
      expect(a.balance).toMatchObject({ available: 5n * COIN, immature: 0n, pending: 0n })
    }
    isFree()
    await a.node.kill()
    await a.isReady()
    await a.catchesUp()
    isFree()
    await a.unlock()
    const again = await a.pay(to, COIN)
    await c.reaches((node) => node.row(again)?.status === 'pending', 'it hears of the payment', HOUR)
    await all.stop()
  })

  test('of two payments with the same coin one wins; the other is said to be in conflict, and its coins are free', async () => {
    const all = new WalletWorld({ seed: 6 })
    const a = await all.node('ada')
    const words = await a.createWallet()
    await a.generate(100)
    const twin = await all.node('twin', [a])
    await all.agree()
    await twin.restoreWallet(words)
    await twin.catchesUp()
    expect(twin.balance).toEqual(a.balance)
    const [one, other] = [await all.node('one', [a]), await all.node('other', [twin])]
    await all.agree(all.nodes, HOUR)
    await one.createWallet()
    await other.createWallet()
    const [toOne, toOther] = [await one.receiveAddress(), await other.receiveAddress()]
    all.sim.partition([a.node.host, one.node.host], [twin.node.host, other.node.host])
    const paidOne = await a.pay(toOne, 10n * COIN)
    const paidOther = await twin.pay(toOther, 20n * COIN)
    await a.generate(1)
    await twin.generate(2)
    await one.reaches((node) => node.balance.available === 10n * COIN, 'it was paid')
    await other.reaches((node) => node.balance.available === 20n * COIN, 'it was paid')
    all.sim.heal()
    await all.agree(all.nodes, HOUR)
    // The branch with more work has the payment to the other.
    expect(one.balance).toMatchObject({ available: 0n, pending: 0n })
    expect(other.balance.available).toBe(20n * COIN)
    expect(a.row(paidOne)?.status).toBe('conflicted')
    expect(a.row(paidOther)).toMatchObject({ status: 'confirmed' })
    expect(a.balance.available).toBe(twin.balance.available)
    await all.stop()
  })
})

test('a light node sees the payment once it is in a block, spends it, and others see that', async () => {
  const { all, a, b } = await world(7, { chainMode: 'light' })
  expect(b.info.light).toEqual({ oneSource: true })
  await a.pay(await b.receiveAddress(), 4n * COIN)
  await a.generate(1)
  await all.agree([a, b], HOUR)
  expect(b.balance).toMatchObject({ available: 4n * COIN })
  const txid = await b.pay(await a.receiveAddress(), COIN)
  expect(b.row(txid)).toMatchObject({ status: 'pending', delta: -COIN - (b.row(txid)?.fee as bigint) })
  await a.reaches((node) => node.row(txid)?.status === 'pending', 'it hears of the payment')
  await a.generate(1)
  await all.agree([a, b], HOUR)
  expect(b.row(txid)).toMatchObject({ status: 'confirmed' })
  await all.stop()
})

test('a light node follows a reorganisation of one block: the payment is gone with it, and back with the next', async () => {
  const { all, a, b } = await world(16, { chainMode: 'light' })
  const c = await all.node('cid', [a])
  await all.agree(all.nodes, HOUR)
  await c.createWallet()
  const to = await b.receiveAddress()
  all.sim.partition(c.node.host, [a.node.host, b.node.host])
  const txid = await a.pay(to, 4n * COIN)
  await a.generate(1)
  await all.agree([a, b], HOUR)
  expect(b.row(txid)).toMatchObject({ status: 'confirmed', height: 101 })
  await c.generate(2)
  all.sim.heal()
  await all.agree([a, b, c], HOUR)
  expect(b.balance).toMatchObject({ available: 0n })
  expect(b.row(txid)?.status).not.toBe('confirmed')
  await a.generate(1)
  await all.agree([a, b], HOUR)
  expect(b.row(txid)).toMatchObject({ status: 'confirmed', height: 103 })
  expect(b.balance).toMatchObject({ available: 4n * COIN })
  await all.stop()
})

test('a light node is killed with a payment on its way: it is offered again from wallet.db', async () => {
  const { all, a, b } = await world(8, { chainMode: 'light' })
  await a.pay(await b.receiveAddress(), 4n * COIN)
  await a.generate(1)
  await all.agree([a, b], HOUR)
  all.sim.partition(a.node.host, b.node.host)
  const txid = await b.pay(await a.receiveAddress(), COIN)
  await b.node.kill()
  all.sim.heal()
  await b.isReady()
  expect(b.row(txid)).toMatchObject({ status: 'pending' })
  await a.reaches((node) => node.row(txid)?.status === 'pending', 'it hears of the payment', HOUR)
  await all.stop()
})

test('a full node is killed: what it knew is there again, also what came meanwhile and what was undone', async () => {
  const { all, a, b } = await world(9)
  const first = await a.pay(await b.receiveAddress(), 2n * COIN)
  await a.generate(1)
  await all.agree()
  const address = await b.receiveAddress()
  all.sim.partition(a.node.host, b.node.host)
  await b.generate(1)
  await b.node.kill()
  const second = await a.pay(address, 5n * COIN)
  await a.generate(3)
  all.sim.heal()
  await b.isReady()
  await all.agree([a, b], HOUR)
  for (const txid of [first, second]) expect(b.row(txid)).toMatchObject({ kind: 'received', status: 'confirmed' })
  expect(b.balance).toMatchObject({ available: 7n * COIN, immature: 0n, orphaned: REWARD })
  const before = await everything(b)
  await b.wait(b.services.wallet.rescan({}))
  await all.run(MINUTE)
  await b.catchesUp()
  expect(await everything(b)).toEqual(before)
  await all.stop()
})

test('restored from its words elsewhere: the same history, coins and balance', async () => {
  const all = new WalletWorld({ seed: 10 })
  const a = await all.node('ada')
  const words = await a.createWallet()
  await a.confirmWords(words)
  expect(a.info.wordsConfirmed).toBe(true)
  await a.generate(105)
  const b = await all.node('ben', [a])
  await all.agree()
  await b.createWallet()
  for (const amount of [1n, 2n, 3n]) await a.pay(await b.receiveAddress(), amount * COIN)
  await a.generate(1)
  await all.agree()
  await b.pay(await a.receiveAddress(), 4n * COIN)
  await a.generate(1)
  await all.agree()
  const c = await all.node('cid', [a])
  await all.agree([a, c], HOUR)
  await c.restoreWallet(words)
  await c.catchesUp()
  expect(c.info.wordsConfirmed).toBe(true)
  const [there, here] = [await everything(a), await everything(c)]
  expect(here.balance).toEqual(there.balance)
  const facts = ({ history }: typeof here) =>
    history.rows.map(({ id, delta, status, height, kind, addresses }) => ({
      id,
      delta,
      status,
      height,
      kind,
      addresses,
    }))
  expect(facts(here)).toEqual(facts(there))
  expect(here.coins.rows.map(({ id, value }) => ({ id, value }))).toEqual(
    there.coins.rows.map(({ id, value }) => ({ id, value })),
  )
  await all.stop()
})

test('faster: a bump replaces the payment, a child pays for what comes', async () => {
  const { all, a, b } = await world(11)
  const to = await b.receiveAddress()
  const txid = await a.pay(to, 3n * COIN, { fee: { feeRate: 1 } })
  await b.reaches((node) => node.row(txid)?.status === 'pending', 'it sees the payment')
  const { wallet } = a.services
  const plan = await a.wait(wallet.planFaster({ txid, fee: { feeRate: 20 } }))
  expect(plan).toMatchObject({ kind: 'bump', speedsUp: { txid }, total: 3n * COIN })
  const bumped = (await a.wait(wallet.send({ plan: plan.id as number }))).txid as string
  expect(a.row(txid)).toMatchObject({ status: 'replaced', replacedBy: bumped })
  await b.reaches((node) => node.row(bumped)?.status === 'pending', 'it sees the replacement')
  expect(b.balance.pending).toBe(3n * COIN)
  const child = await b.wait(b.services.wallet.planFaster({ txid: bumped, fee: { feeRate: 40 } }))
  expect(child).toMatchObject({ kind: 'child', speedsUp: { txid: bumped } })
  const childId = (await b.wait(b.services.wallet.send({ plan: child.id as number }))).txid as string
  await all.run(MINUTE)
  await a.generate(1)
  await all.agree()
  for (const id of [bumped, childId]) expect(b.row(id)).toMatchObject({ status: 'confirmed' })
  await all.stop()
})

test('what the own node refuses is said by its rule, and kept nowhere', async () => {
  const all = new WalletWorld({ seed: 12 })
  const a = await all.node('ada')
  const words = await a.createWallet()
  await a.generate(100)
  const b = await all.node('ben', [a])
  const twin = await all.node('twin', [a])
  await all.agree(all.nodes, HOUR)
  await b.createWallet()
  await twin.restoreWallet(words)
  await twin.catchesUp()
  const to = await b.receiveAddress()
  all.sim.partition(a.node.host, twin.node.host)
  const rival = await twin.pay(to, 2n * COIN, { fee: { feeRate: 50 } })
  const { hex } = await twin.wait(twin.services.chain.transaction({ txid: rival }))
  const plan = await a.wait(a.services.wallet.plan({ recipients: [{ to, amount: COIN }], fee: { feeRate: 1 } }))
  // The mempool has the rival before the wallet hears of it.
  await a.wait(a.services.chain.submit({ transaction: Uint8Array.from(Buffer.from(hex as string, 'hex')) }))
  await expect(a.wait(a.services.wallet.send({ plan: plan.id as number }))).rejects.toMatchObject({
    ...{ code: 'TRANSACTION_REFUSED', fault: { reason: 'insufficient fee' } },
  })
  await all.run()
  const sent = a.rows.filter(({ kind }) => kind === 'sent')
  expect(sent.map(({ id, status }) => ({ id, status }))).toEqual([{ id: rival, status: 'pending' }])
  await all.stop()
})

test('the chain closes while a payment is signed: it is kept, said to be sent, and offered once there is a chain', async () => {
  const { all, a, b } = await world(14)
  const to = await b.receiveAddress()
  const { wallet, settings } = a.services
  const plan = await a.wait(wallet.plan({ recipients: [{ to, amount: COIN }], fee: { feeRate: 1 } }))
  const sending = wallet.send({ plan: plan.id as number })
  await a.wait(settings.set({ chain: false }))
  const { txid } = await a.wait(sending)
  await all.run()
  expect(a.row(txid as string)).toMatchObject({ status: 'pending' })
  expect(b.row(txid as string)).toBeUndefined()
  await a.wait(settings.set({ chain: true }))
  await b.reaches((node) => node.row(txid as string)?.status === 'pending', 'it hears of the payment', HOUR)
  await all.stop()
})

test('sent while alone: the first peer that comes hears of it', async () => {
  const all = new WalletWorld({ seed: 15 })
  const a = await all.node('ada')
  await a.createWallet()
  await a.generate(100)
  const b = await all.node('ben', [a])
  await all.agree()
  await b.createWallet()
  const to = await b.receiveAddress()
  all.sim.partition(a.node.host, b.node.host)
  await all.run(HOUR)
  await a.unlock()
  const txid = await a.pay(to, COIN)
  await all.run(MINUTE)
  all.sim.heal()
  await b.reaches((node) => node.row(txid)?.status === 'pending', 'it hears of the payment', 15 * MINUTE)
  await all.stop()
})

test('the password opens nothing that is not there', async () => {
  const { all, b } = await world(13)
  await expect(b.withVault((client) => client.unlock({ password: `${PASSWORD}!` }))).rejects.toMatchObject({
    code: 'WRONG_PASSWORD',
  })
  await all.stop()
})
