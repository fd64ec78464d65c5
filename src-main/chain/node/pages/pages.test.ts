import { describe, expect, test } from 'vitest'
import {
  addressPage,
  blockPage,
  blockRow,
  headerRow,
  mempoolInfo,
  transactionPage,
  transactionRow,
} from '#shared/contract/chain.ts'
import { toHex } from '../../../kernel/bytes.ts'
import { addressOfScript } from '../../address/address.ts'
import { networks } from '../../consensus/networks.ts'
import { displayHash } from '../../primitives/hashes.ts'
import { Opcode } from '../../script/opcodes.ts'
import { maturedChain, NodeBed } from '../../test-support/node-bed.ts'
import type { TestChain } from '../../test-support/test-chain.ts'
import { coinOf, spendCoins, TestKey } from '../../test-support/test-keys.ts'
import type { NodeChain } from '../node-chain.ts'

const key = new TestKey(1)
const other = new TestKey(2)
const COIN = 100_000_000n
const FEE = 10_000n
const addressOf = ({ p2wpkh }: TestKey) => addressOfScript(p2wpkh, networks.local.addresses) as string
const DATA = Uint8Array.of(Opcode.OP_RETURN, 5, ...new TextEncoder().encode('hello'))
const all = { offset: 0, limit: 100 }

/** What the contract takes, and nothing beside it. */
function fits(schema: { parse(value: unknown): unknown }, values: readonly unknown[]): void {
  for (const value of values) expect(schema.parse(value)).toEqual(value)
}

/** `key` pays 20 coins to `other` and keeps the rest; block 102 has it. */
function madeChain(): { readonly made: TestChain; readonly spend: ReturnType<typeof spendCoins> } {
  const made = maturedChain(key)
  const spend = spendCoins(
    [made.reward(1, key)],
    [
      { value: 20n * COIN, scriptPubKey: other.p2wpkh },
      { value: 30n * COIN - FEE, scriptPubKey: key.p2wpkh },
      { value: 0n, scriptPubKey: DATA },
    ],
  )
  made.mine({ transactions: [spend], payTo: other.p2wpkh })
  return { made, spend }
}

async function world() {
  const bed = new NodeBed()
  const chain = await bed.open()
  const { made, spend } = madeChain()
  await bed.feed(chain, made.blocks.slice(1))
  return { bed, chain, made, spend, end: () => bed.within(chain.close()).then(() => bed.sim.stop()) }
}

/** Both before the store was brought up to date and after. */
async function committed({ bed, chain }: { bed: NodeBed; chain: NodeChain }): Promise<void> {
  await bed.sim.run(10_000)
  expect((await bed.within(chain.upkeep())).coins).toBeGreaterThan(100)
}

describe('blocks', () => {
  test('a page says everything of a block, committed or only just connected', async () => {
    const { bed, chain, made, end } = await world()
    const fresh = await bed.within(chain.blockDetails(made.height))
    const { tip } = made
    expect(fresh).toMatchObject({
      ...{ id: displayHash(tip.hash), height: 102, inBestChain: true, confirmations: 1, transactions: 2 },
      ...{ size: tip.size, strippedSize: tip.strippedSize, weight: tip.weight, fees: FEE },
      ...{ reward: 50n * COIN + FEE, miner: addressOf(other), bits: '207fffff', contents: 'kept' },
      ...{ previous: displayHash(made.blockAt(101).hash), merkleRoot: displayHash(tip.header.merkleRoot) },
      ...{ difficulty: 2, work: (103n * 2n).toString(16), medianTime: made.medianTimePastAt(102) },
    })
    expect(fresh).not.toHaveProperty('next')
    await committed({ bed, chain })
    expect(await bed.within(chain.blockDetails(displayHash(tip.hash)))).toEqual(fresh)
    const genesis = await bed.within(chain.blockDetails(0))
    expect(genesis).toMatchObject({
      ...{ confirmations: 103, next: displayHash(made.blockAt(1).hash) },
      ...{ coinbaseText: 'Shoal local, 22/Nov/2026: many small fish, one way', previous: '0'.repeat(64) },
    })
    fits(blockPage, [fresh, genesis])
    await end()
  })

  test('a list is newest first and says the same before a commit and after', async () => {
    const { bed, chain, made, end } = await world()
    const fresh = await bed.within(chain.blockSummaries(undefined, 100))
    expect(fresh.map(({ height }) => height)).toEqual(Array.from({ length: 100 }, (_, i) => 102 - i))
    expect(fresh[0]).toMatchObject({ fees: FEE, reward: 50n * COIN + FEE, miner: addressOf(other), transactions: 2 })
    await committed({ bed, chain })
    expect(await bed.within(chain.blockSummaries(undefined, 100))).toEqual(fresh)
    expect(await bed.within(chain.blockSummaries(1, 25))).toHaveLength(2)
    expect((await bed.within(chain.blockSummaries(5_000, 1)))[0]?.id).toBe(displayHash(made.tip.hash))
    fits(blockRow, fresh)
    await end()
  })

  test('a side branch and a header without a block are shown as that', async () => {
    const { bed, chain, made, end } = await world()
    const side = made.fork(101).mine({ extraNonce: 7 })
    await bed.feed(chain, [side])
    const page = await bed.within(chain.blockDetails(displayHash(side.hash)))
    expect(page).toMatchObject({ inBestChain: false, confirmations: 0, height: 102, contents: 'headers-only' })
    expect(page).not.toHaveProperty('next')
    const [next, last] = made.mineMany(2)
    await bed.within(chain.acceptHeaders(next?.header.bytes() ?? new Uint8Array(), 'peer'))
    await bed.within(chain.acceptHeaders(last?.header.bytes() ?? new Uint8Array(), 'peer'))
    expect(await bed.within(chain.blockDetails(103))).toMatchObject({
      ...{ inBestChain: true, confirmations: 0, contents: 'headers-only', next: displayHash(made.tip.hash) },
    })
    expect((await bed.within(chain.blockDetails(102))).next).toBe(displayHash(next?.hash ?? new Uint8Array()))
    await end()
  })

  test('that do not exist are refused by what was asked for', async () => {
    const { bed, chain, end } = await world()
    expect(await bed.refusalOf(chain.blockDetails(103))).toMatchObject({ code: 'NO_SUCH_BLOCK' })
    expect(await bed.refusalOf(chain.blockDetails('0'.repeat(64)))).toMatchObject({ code: 'NO_SUCH_BLOCK' })
    expect(await bed.refusalOf(chain.transactionsOfBlock('1'.repeat(64), all))).toMatchObject({ code: 'NO_SUCH_BLOCK' })
    await end()
  })

  test('headers go up from a height, to the best one', async () => {
    const { bed, chain, made, end } = await world()
    const rows = await bed.within(chain.headerDetails(100, 20))
    expect(rows.map(({ hex }) => hex)).toEqual(made.blocks.slice(100).map(({ header }) => toHex(header.bytes())))
    expect(await bed.within(chain.headerDetails(103, 20))).toEqual([])
    fits(headerRow, rows)
    await end()
  })
})

describe('transactions', () => {
  test('one in a block: both sides, the fee, and which outputs are spent', async () => {
    const { bed, chain, made, spend, end } = await world()
    const page = await bed.within(chain.transactionDetails(displayHash(spend.txid)))
    expect(page).toMatchObject({
      ...{ height: 102, blockHash: displayHash(made.tip.hash), time: made.tip.header.time, confirmations: 1 },
      ...{ fee: FEE, value: 50n * COIN - FEE, isCoinbase: false, inputs: 1, outputs: 3, replaceable: false },
      ...{ wtxid: displayHash(spend.wtxid), hex: toHex(spend.bytes()), virtualSize: spend.virtualSize },
    })
    const outpoint = { txid: displayHash(made.blockAt(1).transactions[0]?.txid ?? new Uint8Array()), index: 0 }
    expect(page.from).toEqual([{ address: addressOf(key), value: 50n * COIN, kind: 'P2WPKH', outpoint }])
    expect(page.to).toEqual([
      { address: addressOf(other), value: 20n * COIN, kind: 'P2WPKH', spentBy: false },
      { address: addressOf(key), value: 30n * COIN - FEE, kind: 'P2WPKH', spentBy: false },
      { value: 0n, kind: 'OP_RETURN', text: 'hello' },
    ])
    fits(transactionPage, [page])
    const [coinbase] = await bed.within(chain.transactionsOfBlock(displayHash(made.blockAt(1).hash), all))
    expect(coinbase).toMatchObject({ isCoinbase: true, value: 50n * COIN })
    expect(coinbase).not.toHaveProperty('fee')
    const first = await bed.within(chain.transactionDetails(coinbase?.id ?? ''))
    expect([first.from[0]?.kind, first.to[0]?.spentBy]).toEqual(['coinbase', true])
    fits(transactionPage, [first])
    await end()
  })

  test('those of a block are paged', async () => {
    const { bed, chain, made, spend, end } = await world()
    const id = displayHash(made.tip.hash)
    const rows = await bed.within(chain.transactionsOfBlock(id, all))
    expect(rows.map(({ fee }) => fee)).toEqual([undefined, FEE])
    expect(await bed.within(chain.transactionsOfBlock(id, { offset: 1, limit: 1 }))).toEqual(rows.slice(1))
    expect(await bed.within(chain.transactionsOfBlock(id, { offset: 9, limit: 1 }))).toEqual([])
    expect(rows[1]?.id).toBe(displayHash(spend.txid))
    fits(transactionRow, rows)
    await end()
  })

  test('one in the mempool, and those that spend it there', async () => {
    const { bed, chain, spend, end } = await world()
    const waiting = spendCoins([coinOf(spend, 1, key)], [{ value: 29n * COIN, scriptPubKey: other.p2wpkh }])
    const child = spendCoins([coinOf(waiting, 0, other)], [{ value: 28n * COIN, scriptPubKey: key.p2wpkh }], {
      sequence: 0xffff_ffff,
    })
    for (const { status } of [
      await bed.within(chain.acceptTransaction(waiting.bytes(), 'peer')),
      await bed.within(chain.acceptTransaction(child.bytes(), 'peer')),
    ])
      expect(status).toBe('accepted')
    const page = await bed.within(chain.transactionDetails(displayHash(waiting.txid)))
    expect(page).toMatchObject({ confirmations: 0, fee: COIN - FEE, replaceable: true })
    expect(page).not.toHaveProperty('height')
    expect([page.from[0]?.value, page.to[0]?.spentBy]).toEqual([30n * COIN - FEE, displayHash(child.txid)])
    // Final itself, but what it spends may be replaced.
    const after = await bed.within(chain.transactionDetails(displayHash(child.txid)))
    expect([after.replaceable, after.fee, after.to[0]?.spentBy]).toEqual([true, COIN, false])
    const parent = await bed.within(chain.transactionDetails(displayHash(spend.txid)))
    expect(parent.to.map(({ spentBy }) => spentBy)).toEqual([false, displayHash(waiting.txid), undefined])
    const newest = await bed.within(chain.mempoolTransactionsPage(all))
    expect(newest.map(({ id }) => id)).toEqual([child, waiting].map(({ txid }) => displayHash(txid)))
    expect(await bed.within(chain.mempoolTransactionsPage({ offset: 1, limit: 5 }))).toEqual(newest.slice(1))
    expect(await bed.within(chain.mempoolTransactionsPage({ offset: 2, limit: 5 }))).toEqual([])
    const info = await bed.within(chain.mempoolDetails())
    expect(info).toMatchObject({ transactions: 2, fees: 2n * COIN - FEE, minimumFeeRate: 1 })
    expect(info.bands.reduce((sum, { transactions }) => sum + transactions, 0)).toBe(2)
    fits(transactionPage, [page, after, parent])
    fits(mempoolInfo, [info])
    await end()
  })

  test('that do not exist are refused', async () => {
    const { bed, chain, end } = await world()
    const id = '12'.repeat(32)
    const refusal = await bed.refusalOf(chain.transactionDetails(id))
    expect([refusal.code, refusal.message.includes(id)]).toEqual(['NO_SUCH_TRANSACTION', true])
    expect((await bed.refusalOf(chain.transactionDetails('no id'))).code).toBe('NO_SUCH_TRANSACTION')
    await end()
  })
})

describe('addresses', () => {
  test('balance, and a history whose changes add up to it, newest first and paged', async () => {
    const { bed, chain, made, spend, end } = await world()
    const page = await bed.within(chain.addressDetails(addressOf(key), all))
    expect(page).toMatchObject({
      ...{ address: addressOf(key), kind: 'P2WPKH', coverage: 'complete', unconfirmed: 0n, transactions: 2 },
      ...{ balance: 30n * COIN - FEE, received: 80n * COIN - FEE },
    })
    expect(page.history.map(({ id, delta }) => [id, delta])).toEqual([
      [displayHash(spend.txid), -20n * COIN - FEE],
      [displayHash(made.blockAt(1).transactions[0]?.txid ?? new Uint8Array()), 50n * COIN],
    ])
    expect(await bed.within(chain.addressDetails(addressOf(key), { offset: 1, limit: 1 }))).toMatchObject({
      ...{ transactions: 2, history: page.history.slice(1) },
    })
    fits(addressPage, [page])
    await end()
  })

  test('what waits in the mempool comes first and counts apart', async () => {
    const { bed, chain, spend, end } = await world()
    const waiting = spendCoins([coinOf(spend, 1, key)], [{ value: 29n * COIN, scriptPubKey: other.p2wpkh }])
    await bed.within(chain.acceptTransaction(waiting.bytes(), 'peer'))
    const page = await bed.within(chain.addressDetails(addressOf(key), all))
    const before = 30n * COIN - FEE
    expect([page.unconfirmed, page.balance, page.transactions]).toEqual([-before, before, 3])
    expect(page.history.map(({ delta }) => delta)).toEqual([-before, -20n * COIN - FEE, 50n * COIN])
    expect(page.history[0]).not.toHaveProperty('height')
    for (const offset of [0, 1, 2])
      expect((await bed.within(chain.addressDetails(addressOf(key), { offset, limit: 1 }))).history).toEqual(
        page.history.slice(offset, offset + 1),
      )
    expect((await bed.within(chain.addressDetails(addressOf(other), all))).unconfirmed).toBe(29n * COIN)
    fits(addressPage, [page])
    await end()
  })

  test('one that nobody used is empty; a wrong one is refused with what is wrong', async () => {
    const { bed, chain, end } = await world()
    expect(await bed.within(chain.addressDetails(addressOf(new TestKey(9)), all))).toMatchObject({
      ...{ balance: 0n, received: 0n, transactions: 0, history: [] },
    })
    const address = addressOf(key)
    const wrong = address.slice(0, 10) + (address[10] === 'q' ? 'p' : 'q') + address.slice(11)
    const refusal = await bed.refusalOf(chain.addressDetails(wrong, all))
    expect([refusal.code, refusal.message]).toEqual(['BAD_ADDRESS', expect.stringMatching(/^Character 11 /)])
    expect(
      (await bed.refusalOf(chain.addressDetails('bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4', all))).message,
    ).toMatch(/^This is an address of Bitcoin, /)
    await end()
  })
})

describe('search', () => {
  test('finds by height, hash, id and address', async () => {
    const { bed, chain, made, spend, end } = await world()
    const block = { kind: 'block', id: displayHash(made.tip.hash) }
    expect(await bed.within(chain.find('102'))).toEqual(block)
    expect(await bed.within(chain.find(block.id.toUpperCase()))).toEqual(block)
    const id = displayHash(spend.txid)
    expect(await bed.within(chain.find(id))).toEqual({ kind: 'transaction', id })
    expect(await bed.within(chain.find(addressOf(key)))).toEqual({ kind: 'address', id: addressOf(key) })
    await end()
  })

  test('says what it looked for where there is nothing', async () => {
    const { bed, chain, end } = await world()
    for (const text of ['103', '12'.repeat(32), 'fish', `${addressOf(key)}q`, '99999999999']) {
      const refusal = await bed.refusalOf(chain.find(text))
      expect([refusal.code, refusal.message.includes(text)]).toEqual(['NOTHING_FOUND', true])
    }
    const address = addressOf(key)
    const wrong = address.slice(0, 10) + (address[10] === 'q' ? 'p' : 'q') + address.slice(11)
    expect((await bed.refusalOf(chain.find(wrong))).message).toContain('Character 11 of this address')
    await end()
  })
})

test('pages follow a reorganisation that no commit has seen yet', async () => {
  const { bed, chain, made, spend, end } = await world()
  await committed({ bed, chain })
  const fork = made.fork(101)
  fork.mineMany(2, { extraNonce: 5 })
  await bed.feed(chain, fork.blocks.slice(102))
  const rows = await bed.within(chain.blockSummaries(undefined, 3))
  expect(rows.map(({ id }) => id)).toEqual([103, 102, 101].map((height) => displayHash(fork.blockAt(height).hash)))
  const page = await bed.within(chain.transactionDetails(displayHash(spend.txid)))
  expect(page.confirmations).toBe(0)
  expect(await bed.within(chain.addressDetails(addressOf(key), all))).toMatchObject({
    ...{ balance: 50n * COIN, unconfirmed: -20n * COIN - FEE, transactions: 2 },
  })
  const old = await bed.within(chain.blockDetails(displayHash(made.tip.hash)))
  expect(old).toMatchObject({ inBestChain: false, confirmations: 0, contents: 'kept', fees: FEE })
  await end()
})

test('a pruned node answers from what it keeps and says so', async () => {
  const bed = new NodeBed()
  const chain = await bed.open({ mode: 'pruned' })
  const { made, spend } = madeChain()
  made.mineMany(300, { payTo: key.p2wpkh })
  await bed.feed(chain, made.blocks.slice(1))
  await bed.sim.run(60_000)
  const keptFrom = chain.state.keptFrom as number
  expect(keptFrom).toBe(made.height + 1 - 288)
  const gone = displayHash(made.blockAt(102).hash)
  expect(await bed.within(chain.blockDetails(gone))).toMatchObject({ contents: 'pruned', transactions: 2, fees: FEE })
  expect(await bed.within(chain.blockSummaries(103, 2))).toMatchObject([{ transactions: 1 }, { transactions: 2 }])
  expect((await bed.refusalOf(chain.transactionsOfBlock(gone, all))).code).toBe('NOT_KEPT')
  const refusal = await bed.refusalOf(chain.transactionDetails(displayHash(spend.txid)))
  expect([refusal.code, refusal.message.includes(`block ${keptFrom} on`)]).toEqual(['NOT_KEPT', true])
  const kept = made.tip.transactions[0]
  expect(await bed.within(chain.transactionDetails(displayHash(kept?.txid ?? new Uint8Array())))).toMatchObject({
    ...{ height: made.height, confirmations: 1 },
  })
  const page = await bed.within(chain.addressDetails(addressOf(key), all))
  expect(page).toMatchObject({ coverage: 'partial', knownFrom: keptFrom, transactions: 288 })
  expect(page.history).toHaveLength(100)
  expect(page).not.toHaveProperty('balance')
  fits(addressPage, [page])
  await bed.within(chain.close())
  await bed.sim.stop()
})
