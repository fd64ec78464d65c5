import { describe, expect, test } from 'vitest'
import { createSignatureVerifier } from '../../host/signature-verifier.ts'
import { concatBytes } from '../../kernel/bytes.ts'
import { SECOND } from '../../kernel/clock.ts'
import { codeOf } from '../../kernel/errors.ts'
import type { SimulatedHost } from '../../simulation/host.ts'
import { Simulation } from '../../simulation/simulation.ts'
import { networks } from '../consensus/networks.ts'
import { openNodeChain } from '../node/open-node-chain.ts'
import { Block } from '../primitives/block.ts'
import { displayHash } from '../primitives/hashes.ts'
import type { Transaction } from '../primitives/transaction.ts'
import { withTransactions } from '../test-support/block-builder.ts'
import { openLight } from '../test-support/light-world.ts'
import { recentChain } from '../test-support/recent-chain.ts'
import type { TestChain } from '../test-support/test-chain.ts'
import { spendCoins, TestKey } from '../test-support/test-keys.ts'
import { basicFilterOf } from './basic-filter.ts'
import { filterHashOf, filterHeadersFrom } from './filter-header.ts'
import type { LightChain } from './light-chain.ts'

const key = new TestKey(1)

interface Bed {
  readonly sim: Simulation
  readonly host: SimulatedHost
  readonly light: LightChain
  wait<T>(promise: Promise<T>): Promise<T>
}

async function bed(chain: TestChain): Promise<Bed> {
  const sim = new Simulation({ seed: 1 })
  const host = sim.host('light')
  const wait = <T>(promise: Promise<T>) => sim.within(SECOND, promise)
  await wait(host.files.makeDirectory('/chain'))
  const light = await wait(openLight(host))
  await give({ light, wait }, chain)
  return { sim, host, light, wait }
}

function give({ light, wait }: Pick<Bed, 'light' | 'wait'>, chain: TestChain, from = 1) {
  return wait(light.acceptHeaders(concatBytes(chain.blocks.slice(from).map(({ header }) => header.bytes())), 'peer'))
}

/** As honest peers answer; blocks of `chain` spend nothing. */
function answers(chain: TestChain, startHeight: number, count = chain.height - startHeight + 1) {
  const filters = chain.blocks.map((block) => basicFilterOf(block, []).bytes)
  const hashes = filters.map(filterHashOf)
  const headers = filterHeadersFrom(new Uint8Array(32), hashes)
  return {
    hashes: {
      startHeight,
      stopHash: chain.tip.hash,
      previous: headers[startHeight - 1] as Uint8Array,
      hashes: hashes.slice(startHeight, startHeight + count),
    },
    filters: chain.blocks
      .slice(startHeight, startHeight + count)
      .map(({ hash }, i) => ({ blockHash: hash, filter: filters[startHeight + i] as Uint8Array })),
  }
}

describe('filter headers and filters', () => {
  test('extend what is kept, are compared with it, and never leave a gap', async () => {
    const chain = recentChain(30)
    const { light, wait } = await bed(chain)
    const first = answers(chain, 1, 20)
    expect(await wait(light.acceptFilterHashes(answers(chain, 5).hashes))).toEqual({ status: 'stale' })
    expect(await wait(light.acceptFilterHashes(first.hashes))).toMatchObject({ status: 'agrees', to: 20 })
    expect(await wait(light.acceptFilterHashes(answers(chain, 11).hashes))).toMatchObject({ status: 'agrees', to: 30 })
    const other = answers(chain, 15)
    const hashes = other.hashes.hashes.map((hash, i) => (i === 3 ? new Uint8Array(32) : hash))
    expect(await wait(light.acceptFilterHashes({ ...other.hashes, hashes }))).toEqual({ status: 'differs', height: 18 })
    const previous = new Uint8Array(32)
    expect(await wait(light.acceptFilterHashes({ ...other.hashes, previous }))).toEqual({
      status: 'differs',
      height: 14,
    })
    expect(await wait(light.acceptFilterHashes({ ...other.hashes, stopHash: previous }))).toEqual({ status: 'stale' })
    const { filters } = answers(chain, 1)
    expect(await wait(light.acceptFilters(filters.slice(1)))).toEqual({ status: 'stale' })
    expect(await wait(light.acceptFilters(filters.slice(0, 9)))).toMatchObject({ status: 'stored' })
    const wrong = filters.map((one, i) => (i === 12 ? { ...one, filter: Uint8Array.of(0) } : one))
    expect(await wait(light.acceptFilters(wrong))).toEqual({ status: 'wrong', height: 13 })
    expect(await wait(light.filterStanding())).toEqual({ headers: 30, filters: 12 })
    await wait(light.forgetFiltersFrom(7))
    expect(await wait(light.filterStanding())).toEqual({ headers: 6, filters: 6 })
    await wait(light.close())
  })

  test('go back with a reorganisation, stay on the other branch, and are found again at opening', async () => {
    const chain = recentChain(30)
    const fork = chain.fork(20)
    const { light, wait, sim, host } = await bed(chain)
    await wait(light.acceptFilterHashes(answers(chain, 1).hashes))
    await wait(light.acceptFilters(answers(chain, 1, 25).filters))
    for (let i = 0; i < 11; i++) fork.mine({ extraNonce: 5, header: { time: fork.tip.header.time + 1 } })
    await give({ light, wait }, fork, 21)
    expect(light.state.tip.hash).toEqual(fork.tip.hash)
    expect(await wait(light.filterStanding())).toEqual({ headers: 20, filters: 20 })
    await wait(light.acceptFilterHashes(answers(fork, 21).hashes))
    await wait(light.acceptFilters(answers(fork, 21, 3).filters))
    await wait(light.close())
    const again = await wait(openLight(sim.restart(host)))
    expect(again.state.tip.hash).toEqual(fork.tip.hash)
    expect(await wait(again.filterStanding())).toEqual({ headers: 31, filters: 23 })
    for (let i = 0; i < 3; i++) chain.mine({ header: { time: chain.tip.header.time + 1 } })
    await give({ light: again, wait }, chain, 31)
    expect(await wait(again.filterStanding())).toEqual({ headers: 30, filters: 25 })
    await wait(again.close())
  })
})

describe('a block that is wanted', () => {
  /** A chain whose last block has a payment, and that block. */
  function paying() {
    const chain = recentChain(0)
    chain.mine({ payTo: key.p2wpkh })
    chain.mineMany(networks.local.coinbaseMaturity)
    const { value } = chain.reward(1).output
    const block = chain.mine({
      transactions: [spendCoins([chain.reward(1, key)], [{ value, scriptPubKey: key.p2wpkh }])],
    })
    return { chain, block }
  }

  test('is taken with the tree of its header alone: a repeated end is refused, and nothing held against the hash', async () => {
    const { chain, block } = paying()
    const { light, wait } = await bed(chain)
    const three = [...block.transactions, block.transactions[1] as Transaction]
    const doubled = new Block(block.header, [...three, three[2] as Transaction])
    const waiting = light.transactionsOfBlock(displayHash(block.hash), { offset: 0, limit: 10 })
    const outcome = await wait(light.acceptBlock(doubled.bytes(), 'liar', true))
    expect(outcome).toMatchObject({ status: 'refused', fault: { kind: 'mutated' } })
    const cut = new Block(block.header, block.transactions.slice(0, 1))
    expect(await wait(light.acceptBlock(cut.bytes(), 'liar', true))).toMatchObject({
      fault: { reason: 'bad-txnmrklroot' },
    })
    expect(await wait(light.acceptBlock(block.bytes(), 'peer', true))).toMatchObject({ status: 'stored' })
    const ids = (await wait(waiting)).map(({ id }) => id)
    expect(ids).toEqual(block.transactions.map(({ txid }) => displayHash(txid)))
    await wait(light.close())
  })

  test('with a transaction of 64 bytes is bad, and so is all that follows', async () => {
    const chain = recentChain(5)
    const previous = { txid: chain.tip.hash, index: 0 }
    const small = spendCoins(
      [{ outpoint: previous, output: { value: 1n, scriptPubKey: Uint8Array.of(0x51) } }],
      [{ value: 1n, scriptPubKey: new Uint8Array(4).fill(0x51) }],
    )
    expect(small.strippedSize).toBe(64)
    const template = chain.next({ transactions: [] })
    const block = withTransactions(template, [...template.transactions, small])
    const { light, wait } = await bed(chain)
    await wait(light.acceptHeaders(block.header.bytes(), 'peer'))
    expect(light.state.tip.hash).toEqual(block.hash)
    light.transactionsOfBlock(displayHash(block.hash), { offset: 0, limit: 1 }).catch(() => {})
    const outcome = await wait(light.acceptBlock(block.bytes(), 'peer', true))
    expect(outcome).toMatchObject({ status: 'refused', fault: { reason: 'bad-txns-size', kind: 'invalid' } })
    expect(light.state.tip.hash).toEqual(chain.tip.hash)
    await wait(light.close())
  })

  test('that nobody wants is not looked at', async () => {
    const chain = recentChain(5)
    const { light, wait } = await bed(chain)
    expect(await wait(light.acceptBlock(chain.tip.bytes(), 'peer', false))).toEqual({ status: 'unwanted' })
    expect(await wait(light.wantedBlocks())).toEqual([])
    await wait(light.close())
  })
})

test('pages: headers, contents of what was fetched, and what a light node cannot know', async () => {
  const chain = recentChain(12)
  const { light, wait } = await bed(chain)
  expect(await wait(light.blockDetails(12))).toMatchObject({ contents: 'headers-only', confirmations: 1 })
  const listing = light.transactionsOfBlock(displayHash(chain.tip.hash), { offset: 0, limit: 10 })
  await wait(light.acceptBlock(chain.tip.bytes(), 'peer', true))
  const [coinbase] = await wait(listing)
  expect(coinbase).toMatchObject({ isCoinbase: true, height: 12 })
  expect(await wait(light.transactionDetails(coinbase?.id as string))).toMatchObject({ confirmations: 1 })
  expect(await wait(light.blockSummaries(undefined, 2))).toMatchObject([
    { height: 12, transactions: 1 },
    { height: 11 },
  ])
  expect(await wait(light.headerDetails(11, 5))).toHaveLength(2)
  expect(await wait(light.find('7'))).toEqual({ kind: 'block', id: displayHash(chain.blockAt(7).hash) })
  expect(await wait(light.find('ab'.repeat(32)).catch(codeOf))).toBe('TRANSACTION_NOT_SEEN')
  expect(await wait(light.find('99').catch(codeOf))).toBe('NO_SUCH_BLOCK')
  expect(await wait(light.find('nonsense').catch(codeOf))).toBe('BAD_ADDRESS')
  expect(await wait(light.mempoolDetails())).toMatchObject({ transactions: 0 })
  expect(await wait(light.upkeep())).toMatchObject({ supply: undefined, coins: undefined, noSpace: false })
  await wait(light.close())
})

test('what takes a full node is refused by name', async () => {
  const { light, wait } = await bed(recentChain(1))
  for (const call of ['template', 'submitSolution', 'standingOf'] as const)
    expect(await wait(light[call]().then(() => 'done', codeOf))).toBe('LIGHT_NODE')
  expect(await wait(light.setMode('archive').then(() => 'done', codeOf))).toBe('LIGHT_NODE')
  const given = light.acceptTransaction(new Uint8Array(80), 'peer')
  expect(await wait(given)).toMatchObject({ status: 'refused', reason: 'light-node', kind: 'policy' })
  expect(await wait(light.missingBlocks())).toEqual([])
  await wait(light.close())
})

test('a full node becomes a light one with the filters that it had, and a full one again', async () => {
  const sim = new Simulation({ seed: 1 })
  const host = sim.host('node')
  const wait = <T>(promise: Promise<T>) => sim.within(SECOND, promise)
  await wait(host.files.makeDirectory('/chain'))
  const verifier = createSignatureVerifier()
  const open = (mode: 'archive' | 'light') =>
    wait(
      openNodeChain(
        {
          ...{ network: 'local', path: '/chain/chain.db', mode, keepBlocks: 288 },
          ...{ coinCacheBytes: 1_000_000, mempoolBytes: 10_000_000, signatureThreads: 1 },
        },
        {
          ...host,
          verifier,
          batches: { verifyAll: async (checks) => checks.map((check) => verifier.verify(check)) },
          pause: async () => {},
        },
      ),
    )
  const chain = recentChain(20)
  const full = await open('archive')
  for (const block of chain.blocks.slice(1)) await wait(full.acceptBlock(block.bytes(), 'peer', true))
  await wait(full.close())
  const light = (await open('light')) as LightChain
  expect(light.state).toMatchObject({ mode: 'light', tip: { height: 20 } })
  expect(await wait(light.filterStanding())).toEqual({ headers: 20, filters: 20 })
  expect(await wait(light.modeCost('archive'))).toMatchObject({ downloadBlocks: 21 })
  await sim.run(5_000)
  await wait(light.close())
  const again = await open('archive')
  expect(again.state).toMatchObject({ mode: 'archive', tip: { height: 0 }, bestHeader: { height: 20 } })
  for (const block of chain.blocks.slice(1)) await wait(again.acceptBlock(block.bytes(), 'peer', true))
  expect(again.state.tip.hash).toEqual(chain.tip.hash)
  await wait(again.close())
})
