/** A wallet over the life of an engine: none, made, mined to, damaged, put aside, restored; with and without a chain. */
import { expect, test } from 'vitest'
import type { WalletInfo } from '#shared/contract/wallet.ts'
import { HOUR, MINUTE, SECOND } from '../../src-main/kernel/clock.ts'
import { COIN, PASSWORD, REWARD, WalletWorld } from './wallet-world.ts'

const FILE = '/profile/wallet/local/wallet.db'

test('no wallet: said so by every call that needs one, and nothing is mined to nowhere', async () => {
  const all = new WalletWorld({ seed: 21 })
  const a = await all.node('ada')
  expect(a.info).toMatchObject({ state: 'none', locked: true, wordsConfirmed: false, transactions: 0, notice: '' })
  const { wallet, miner } = a.services
  const page = { offset: 0, limit: 50 }
  const refusals: (() => Promise<unknown>)[] = [
    () => wallet.newAddress({}),
    () => wallet.history({ search: '', ...page }),
    () => wallet.coins(page),
    () => wallet.exportLabels(undefined),
    () => wallet.rescan({}),
    () => wallet.readTarget({ text: 'lshl1qqurswpc8qurswpc8qurswpc8qurswpc83lqrqw' }),
    () => wallet.backup({ path: '/backup.db' }),
    () => wallet.send({ plan: 1 }),
    () => wallet.putAside(undefined),
  ]
  for (const refusal of refusals) await expect(a.wait(refusal())).rejects.toMatchObject({ code: 'NO_WALLET' })
  await expect(a.wait(miner.generate({ blocks: 1, address: undefined }))).rejects.toMatchObject({ code: 'NO_ADDRESS' })
  await all.stop()
})

test('mining goes to the wallet, to another address each time one was paid to, and warns until the words are confirmed', async () => {
  const all = new WalletWorld({ seed: 22 })
  const a = await all.node('ada')
  const words = await a.createWallet()
  const { miner, wallet } = a.services
  expect(await miner.status(undefined)).toMatchObject({
    paysTo: 'wallet',
    notice: expect.stringContaining('words have not been confirmed'),
  })
  expect(a.info.notice).toContain('words of this wallet have not been confirmed')
  await a.generate(2)
  const first = (await miner.status(undefined)).address
  await a.wait(wallet.lock(undefined))
  await a.generate(1)
  const second = (await miner.status(undefined)).address
  expect(second).not.toBe(first)
  const { rows } = await a.wait(wallet.addresses({ chain: 'receive', offset: 0, limit: 10 }))
  const paid = [first, second].map((address) => rows.find(({ id }) => id === address))
  expect(paid.map((row) => ({ received: row?.received, label: row?.label }))).toEqual(
    [2n, 1n].map((blocks) => ({ received: blocks * REWARD, label: 'Mining' })),
  )
  // Somebody who asks for an address gets another.
  expect([first, second]).not.toContain(await a.receiveAddress())
  await a.unlock()
  await a.confirmWords(words)
  expect(a.info).toMatchObject({ wordsConfirmed: true, notice: '' })
  expect((await miner.status(undefined)).notice).toBe('')
  await a.wait(a.services.settings.set({ minerAddress: 'lshl1qqurswpc8qurswpc8qurswpc8qurswpc83lqrqw' }))
  expect((await miner.status(undefined)).paysTo).toBe('address')
  await all.stop()
})

test('mining for a while pays each reward to an address of its own', async () => {
  const all = new WalletWorld({ seed: 23 })
  const a = await all.node('ada')
  await a.createWallet()
  await a.wait(a.services.miner.start({ threads: 1, share: 100, address: undefined }))
  await a.reaches(({ height }) => height >= 5, 'some blocks are mined', HOUR)
  await a.wait(a.services.miner.stop(undefined))
  await a.catchesUp()
  const paidTo = a.rows.flatMap(({ addresses }) => addresses)
  expect(paidTo.length).toBeGreaterThanOrEqual(5)
  expect(new Set(paidTo).size).toBe(paidTo.length)
  await all.stop()
})

test('a wallet without a chain: addresses, history and contacts are there; why nothing moves is said', async () => {
  const all = new WalletWorld({ seed: 24 })
  const a = await all.node('ada')
  await a.createWallet()
  await a.generate(3)
  const { wallet, settings, app } = a.services
  await a.wait(settings.set({ chain: false }))
  await a.reaches(({ info }) => info.scan.stuck !== '', 'it says that there is no chain')
  expect(a.info).toMatchObject({ state: 'ready', transactions: 3, balance: { immature: 3n * REWARD } })
  expect(a.info.scan.stuck).toContain('switched off')
  await a.receiveAddress()
  expect(app.status.read(undefined)[0]?.wallet).toEqual({ available: 0n, locked: false })
  const draft = { recipients: [{ to: await a.receiveAddress(), amount: COIN }], fee: { feeRate: 1 } }
  // A fee of one's own needs no chain, so it gets as far as the coins, of which there are none.
  await expect(a.wait(wallet.plan(draft))).rejects.toMatchObject({ code: 'NOT_ENOUGH' })
  await expect(a.wait(wallet.plan({ ...draft, fee: { target: 3 } }))).rejects.toMatchObject({ code: 'CHAIN_OFF' })
  await expect(a.wait(wallet.feeEstimates(undefined))).rejects.toMatchObject({ code: 'CHAIN_OFF' })
  await a.wait(settings.set({ chain: true }))
  await a.reaches(({ height }) => height === 3, 'the chain is open again')
  await a.generate(1)
  expect(a.info.transactions).toBe(4)
  await all.stop()
})

test('payments that cannot be are refused in the contract’s words', async () => {
  const all = new WalletWorld({ seed: 25 })
  const a = await all.node('ada')
  await a.createWallet()
  await a.generate(100)
  const { wallet } = a.services
  const to = await a.receiveAddress()
  const plan = (recipients: { to: string; amount: bigint | 'everything' }[], more = {}) =>
    a.wait(wallet.plan({ recipients, fee: { target: 3 }, ...more }))
  const typo = `${to.slice(0, 20)}${to[20] === 'q' ? 'p' : 'q'}${to.slice(21)}`
  await expect(plan([{ to: typo, amount: COIN }])).rejects.toMatchObject({
    ...{ code: 'BAD_ADDRESS', fault: { position: 20 }, message: expect.stringContaining('Character 21') },
  })
  await expect(plan([{ to: 'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq', amount: COIN }])).rejects.toMatchObject({
    code: 'BAD_ADDRESS',
  })
  await expect(plan([{ to: `shoal:${to}?req-magic=1`, amount: COIN }])).rejects.toMatchObject({ code: 'BAD_URI' })
  await expect(plan([{ to, amount: 1n }])).rejects.toMatchObject({ code: 'DUST' })
  await expect(plan([{ to, amount: 51n * COIN }])).rejects.toMatchObject({ code: 'NOT_ENOUGH' })
  const { rows } = await a.wait(wallet.coins({ offset: 0, limit: 200 }))
  const mature = rows.find(({ status }) => status === 'available')?.id as string
  await expect(plan([{ to, amount: COIN }], { coins: [mature, mature] })).rejects.toMatchObject({
    code: 'SAME_COIN_TWICE',
  })
  await expect(a.wait(wallet.planFaster({ txid: '0'.repeat(64), fee: { feeRate: 5 } }))).rejects.toMatchObject({
    code: 'NO_SUCH_TRANSACTION',
  })
  // To a contact by name.
  await a.wait(wallet.setContact({ name: 'Ben', address: to, note: '' }))
  expect(await plan([{ to: 'ben', amount: COIN }])).toMatchObject({ recipients: [{ address: to, contact: 'Ben' }] })
  const { uri } = await a.wait(wallet.paymentUri({ address: to, amount: COIN, message: 'for tea & cake' }))
  expect(await a.wait(wallet.readTarget({ text: uri as string }))).toMatchObject({
    ...{ address: to, amount: COIN, message: 'for tea & cake', contact: 'Ben', own: true },
  })
  await all.stop()
})

test('frozen coins, labels, what is exported and imported, and history as CSV', async () => {
  const all = new WalletWorld({ seed: 26 })
  const a = await all.node('ada')
  await a.createWallet()
  await a.generate(101)
  const { wallet } = a.services
  const { rows } = await a.wait(wallet.coins({ offset: 0, limit: 200 }))
  const coin = rows.find(({ status }) => status === 'available')?.id as string
  await a.wait(wallet.freeze({ coin, frozen: true }))
  expect(a.balance).toMatchObject({ available: REWARD, frozen: REWARD })
  const txid = a.rows[0]?.id as string
  await a.wait(wallet.setLabel({ type: 'tx', ref: txid, label: 'first light' }))
  expect(a.row(txid)?.label).toBe('first light')
  const { text } = await a.wait(wallet.exportLabels(undefined))
  await a.wait(wallet.setLabel({ type: 'tx', ref: txid, label: '' }))
  await a.wait(wallet.freeze({ coin, frozen: false }))
  const { taken } = await a.wait(wallet.importLabels({ text: text as string }))
  expect(taken).toBeGreaterThanOrEqual(2)
  expect(a.row(txid)?.label).toBe('first light')
  expect(a.balance.frozen).toBe(REWARD)
  expect((await a.wait(wallet.history({ search: 'first l', offset: 0, limit: 10 }))).rows).toHaveLength(1)
  expect((await a.wait(wallet.exportHistory({}))).text).toContain('first light')
  await all.stop()
})

test('wallet.db damaged: the previous generation is offered and taken; else the words restore all', async () => {
  const all = new WalletWorld({ seed: 27 })
  const a = await all.node('ada')
  const words = await a.createWallet()
  await a.generate(101)
  const { balance } = a
  await a.node.stop()
  a.node.host.files.put(FILE, new Uint8Array(5_000).fill(7))
  a.node.host = all.sim.restart(a.node.host)
  await a.node.begin()
  expect(a.info).toMatchObject({ state: 'damaged', previous: { path: `${FILE}.previous` } })
  await expect(a.wait(a.services.wallet.newAddress({}))).rejects.toMatchObject({ code: 'WALLET_DAMAGED' })
  await a.wait(a.services.wallet.usePrevious(undefined))
  await a.isReady()
  await a.catchesUp()
  expect(a.balance).toEqual(balance)
  await a.unlock()
  const { path } = await a.wait(a.services.wallet.putAside(undefined))
  expect(a.info).toMatchObject({ state: 'none', locked: true })
  expect(await a.wait(a.node.host.files.stat(path as string))).toBeDefined()
  await a.restoreWallet(words)
  await a.catchesUp()
  expect(a.balance).toEqual(balance)
  await all.stop()
})

test('a wallet kept aside by a backup is another wallet’s no more: the copy opens with the same password', async () => {
  const all = new WalletWorld({ seed: 28 })
  const a = await all.node('ada')
  await a.createWallet()
  await a.generate(2)
  await a.wait(a.services.wallet.backup({ path: '/profile/copy.db' }))
  await expect(a.wait(a.services.wallet.backup({ path: '/profile/copy.db' }))).rejects.toMatchObject({ code: 'EXISTS' })
  await a.wait(a.services.wallet.putAside(undefined))
  await a.node.stop()
  a.node.host = all.sim.restart(a.node.host)
  await a.wait(a.node.host.files.rename('/profile/copy.db', FILE))
  await a.node.begin()
  await a.isReady()
  await a.withVault((client) => client.unlock({ password: PASSWORD }))
  await a.catchesUp()
  expect(a.balance.immature).toBe(2n * REWARD)
  await all.stop()
})

test('looking further finds what lies beyond the gap', async () => {
  const all = new WalletWorld({ seed: 29 })
  const a = await all.node('ada')
  const words = await a.createWallet()
  const addresses: string[] = []
  for (let i = 0; i < 30; i++) addresses.push(await a.receiveAddress())
  const far = addresses[27] as string
  await a.generate(1, far)
  expect(a.balance.immature).toBe(REWARD)
  const b = await all.node('ben', [a])
  await all.agree([a, b], HOUR)
  await b.restoreWallet(words)
  await b.catchesUp()
  expect(b.balance.immature).toBe(0n)
  await b.wait(b.services.wallet.lookFurther({ more: 20 }))
  await all.run(10 * SECOND)
  await b.catchesUp()
  expect(b.balance.immature).toBe(REWARD)
  await all.stop()
})

test('a scan from the birthday shows how far it is, and the feed tells of it', async () => {
  const all = new WalletWorld({ seed: 30 })
  const a = await all.node('ada')
  const words = await a.createWallet()
  await a.generate(300)
  const b = await all.node('ben', [a])
  await all.agree([a, b], HOUR)
  const seen: WalletInfo[] = []
  const unwatch = b.services.wallet.state.watch(undefined, () => seen.push(b.info))
  await b.restoreWallet(words)
  await b.catchesUp()
  unwatch()
  expect(b.balance).toEqual(a.balance)
  expect(seen.at(-1)?.scan).toMatchObject({ height: 300, target: 300, stuck: '' })
  expect(b.info.birthday).toBeUndefined()
  expect(a.info.birthday).toBeDefined()
  await all.run(MINUTE)
  await all.stop()
})

test('a pruned node fetches again the blocks that a restored wallet needs, and says so where nobody has them', async () => {
  const all = new WalletWorld({ seed: 31 })
  const a = await all.node('ada')
  const words = await a.createWallet()
  await a.generate(320)
  const b = await all.node('ben', [a], { chainMode: 'pruned', chainKeepBlocks: 288 })
  await all.agree([a, b], HOUR)
  await b.reaches(
    ({ services }) => (services.chain.state.read(undefined)[0]?.keptFrom ?? 0) > 1,
    'it keeps the newest blocks only',
    HOUR,
  )
  all.sim.partition(a.node.host, b.node.host)
  await b.restoreWallet(words)
  await b.reaches(({ info }) => info.scan.stuck !== '', 'it says that a block is missing', HOUR)
  expect(b.info.scan.stuck).toContain('could not be had')
  all.sim.heal()
  await b.catchesUp(HOUR)
  expect(b.info.scan.stuck).toBe('')
  expect(b.balance).toEqual(a.balance)
  await all.stop()
})
