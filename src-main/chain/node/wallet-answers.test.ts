import { describe, expect, test } from 'vitest'
import { createSignatureVerifier } from '../../host/signature-verifier.ts'
import { HOUR, MINUTE, SECOND } from '../../kernel/clock.ts'
import { codeOf } from '../../kernel/errors.ts'
import type { ThreadLink } from '../../kernel/threads.ts'
import { openSimulatedChain, startSimulatedThread } from '../../simulation/chain.ts'
import { networks } from '../consensus/networks.ts'
import { openLightChain } from '../light/open-light-chain.ts'
import { MINIMUM_RELAY_FEE_RATE } from '../mempool/policy.ts'
import { displayHash } from '../primitives/hashes.ts'
import type { Transaction } from '../primitives/transaction.ts'
import { decodeTransaction } from '../primitives/transaction-decoding.ts'
import { maturedChain, NodeBed } from '../test-support/node-bed.ts'
import { SIMULATED_START } from '../test-support/recent-chain.ts'
import { TestChain } from '../test-support/test-chain.ts'
import { coinOf, spendCoins, TestKey } from '../test-support/test-keys.ts'
import { RandomWalletChain } from '../test-support/wallet-chains.ts'
import { outpointBytes, WalletView } from '../test-support/wallet-view.ts'
import { openRemoteChain } from '../thread/remote-chain.ts'
import { TIME_MARGIN } from '../wallet-scan/height-at-time.ts'
import type { ChainConfiguration, NodeChain } from './node-chain.ts'
import { MAX_WALLET_OUTPOINTS, MAX_WALLET_SCRIPTS, type WalletMempool } from './wallet-calls.ts'

const [ours, theirs] = [new TestKey(1), new TestKey(2)]
const scripts = [ours.p2wpkh]
const to = (key: TestKey, value: bigint) => ({ value, scriptPubKey: key.p2wpkh })

async function scanAll(bed: NodeBed, chain: NodeChain, view = new WalletView(scripts)): Promise<WalletView> {
  while (displayHash(view.tip.hash) !== displayHash(chain.state.tip.hash)) {
    const scan = { scripts, outpoints: view.outpoints, known: view.known, limit: 40 }
    view.take(await bed.within(chain.scanForWallet(scan), HOUR))
  }
  return view
}

function ids(mempool: WalletMempool): string[] {
  return mempool.transactions.map((bytes) => displayHash(decodeTransaction(bytes).txid))
}

function idOf(transaction: Transaction): string {
  return displayHash(transaction.txid)
}

async function give(bed: NodeBed, chain: NodeChain, transaction: Transaction): Promise<string> {
  const outcome = await bed.within(chain.acceptTransaction(transaction.bytes(), undefined))
  if (outcome.status !== 'accepted') throw new Error(`not accepted: ${JSON.stringify(outcome)}`)
  return idOf(transaction)
}

describe('a scan on a node', () => {
  test('sees blocks that no commit has seen yet, and what a reorganisation changes, also behind a thread', async () => {
    const bed = new NodeBed()
    const link: ThreadLink = startSimulatedThread(bed.host.clock, (asked, log) =>
      openSimulatedChain(bed.host, { ...asked, log }),
    )
    const configuration: ChainConfiguration = {
      ...{ network: 'local', path: '/chain/chain.db', mode: 'archive', keepBlocks: 288 },
      ...{ coinCacheBytes: 1_000_000, mempoolBytes: 10_000_000, signatureThreads: 1 },
    }
    const opening = openRemoteChain({ link, configuration, log: bed.host.log, died: () => {} })
    const chain = await bed.within(opening)
    const made = maturedChain(ours)
    const fork = made.fork()
    const reward = made.reward(1, ours)
    const payment = spendCoins([reward], [to(ours, 1_000_000_000n), to(theirs, 3_000_000_000n)])
    made.mine({ transactions: [payment] })
    await bed.feed(chain, made.blocks.slice(1))
    const view = await scanAll(bed, chain)
    expect(view.history()).toEqual(new RandomWalletChain(made, new Map()).history(scripts))
    expect(view.history()).toHaveLength(2)
    // The other branch spends the same reward to others alone.
    fork.mine({ transactions: [spendCoins([reward], [to(theirs, 4_000_000_000n)])], extraNonce: 7 })
    fork.mine({ extraNonce: 8 })
    await bed.feed(chain, fork.blocks.slice(102))
    await scanAll(bed, chain, view)
    expect(view.history()).toEqual(new RandomWalletChain(fork, new Map()).history(scripts))
    expect(view.history().map(({ height }) => height)).toEqual([1, 102])
    const beyond = { scripts: Array.from({ length: MAX_WALLET_SCRIPTS + 1 }, () => ours.p2wpkh), outpoints: [] }
    const refused = chain.scanForWallet({ ...beyond, known: [], limit: 1 }).catch(codeOf)
    expect(await bed.within(refused)).toBe('TOO_MANY_SCRIPTS')
    await bed.within(chain.close())
    await bed.sim.stop()
  })

  test('goes on with the same answers after a restart, and while the tip moves', async () => {
    const bed = new NodeBed()
    const made = maturedChain(ours, 150)
    const chain = await bed.open()
    await bed.feed(chain, made.blocks.slice(1, 121))
    const scanning = chain.scanForWallet({ scripts, outpoints: [], known: [], limit: 1_000 })
    await bed.feed(chain, made.blocks.slice(121))
    const first = await bed.within(scanning)
    expect(first.blocks.map(({ position }) => position.height)).toEqual([1])
    await bed.within(chain.close())
    const again = await bed.restart().open()
    const view = await scanAll(bed, again)
    expect(view.history()).toMatchObject([{ height: 1, place: 0 }])
    await bed.within(again.close())
    await bed.sim.stop()
  })
})

describe('the mempool of a node', () => {
  test('tells what concerns the wallet, parents first, and only what is new to it', async () => {
    const bed = new NodeBed()
    const made = new TestChain(networks.local)
    for (const key of [ours, theirs, ours]) made.mine({ payTo: key.p2wpkh })
    made.mineMany(networks.local.coinbaseMaturity)
    const chain = await bed.open()
    await bed.feed(chain, made.blocks.slice(1))
    const reward = (height: number, key: TestKey) => ({ ...made.reward(height, key), key })
    const foreign = spendCoins([reward(2, theirs)], [to(theirs, 4_999_000_000n)])
    const received = spendCoins([coinOf(foreign, 0, theirs)], [to(ours, 4_998_000_000n)])
    const spent = spendCoins([coinOf(received, 0, ours)], [to(theirs, 4_997_000_000n)])
    const ask = (after: number, outpoints: readonly Uint8Array[] = []) =>
      bed.within(chain.mempoolForWallet({ scripts, outpoints, after }))
    expect(await ask(0)).toMatchObject({ transactions: [] })
    await give(bed, chain, foreign)
    const receivedId = await give(bed, chain, received)
    const first = await ask(0)
    expect(ids(first)).toEqual([receivedId])
    expect(ids(await ask(first.sequence))).toEqual([])
    // By the mempool it is known whose the spent output was.
    const spentId = await give(bed, chain, spent)
    const second = await ask(first.sequence)
    expect(ids(second)).toEqual([spentId])
    expect(ids(await ask(0))).toEqual([receivedId, spentId])
    const other = spendCoins([reward(1, ours)], [to(theirs, 4_999_000_000n)])
    const otherId = await give(bed, chain, other)
    expect(ids(await ask(second.sequence, [outpointBytes(made.reward(1).outpoint.txid, 0)]))).toEqual([otherId])
    // A number of another time counts as none; those without parents come first.
    expect(ids(await ask(Number.MAX_SAFE_INTEGER))).toEqual([otherId, receivedId, spentId])
    const outpoints = Array.from({ length: MAX_WALLET_OUTPOINTS + 1 }, () => new Uint8Array(36))
    expect(await ask(0, outpoints).catch(codeOf)).toBe('TOO_MANY_OUTPOINTS')
    await bed.within(chain.close())
    await bed.sim.stop()
  })

  test('tells after a restart what was read from its file as new', async () => {
    const bed = new NodeBed()
    const made = maturedChain(ours)
    const chain = await bed.open()
    await bed.feed(chain, made.blocks.slice(1))
    const id = await give(bed, chain, spendCoins([made.reward(1, ours)], [to(ours, 4_999_000_000n)]))
    const { sequence } = await bed.within(chain.mempoolForWallet({ scripts, outpoints: [], after: 0 }))
    await bed.within(chain.close())
    await bed.sim.run(SECOND)
    const again = await bed.restart().open()
    const answer = await bed.within(again.mempoolForWallet({ scripts, outpoints: [], after: sequence }))
    expect(ids(answer)).toEqual([id])
    await bed.within(again.close())
    await bed.sim.stop()
  })
})

test('fees: of few blocks the minimum, of more an estimate, after a restart the same from the disk', async () => {
  const bed = new NodeBed()
  const made = new TestChain(networks.local)
  const chain = await bed.open()
  await bed.feed(chain, made.mineMany(19))
  const ask = (of: NodeChain) => bed.within(of.estimateFees([1, 144]), MINUTE)
  expect(await ask(chain)).toEqual([
    { target: 1, feeRate: MINIMUM_RELAY_FEE_RATE, basis: 'minimum' },
    { target: 144, feeRate: MINIMUM_RELAY_FEE_RATE, basis: 'minimum' },
  ])
  await bed.feed(chain, made.mineMany(1))
  const estimate = [
    { target: 1, feeRate: MINIMUM_RELAY_FEE_RATE, basis: 'estimate' },
    { target: 144, feeRate: MINIMUM_RELAY_FEE_RATE, basis: 'estimate' },
  ]
  expect(await ask(chain)).toEqual(estimate)
  await bed.within(chain.close())
  const again = await bed.restart().open()
  expect(await ask(again)).toEqual(estimate)
  await bed.within(again.close())
  await bed.sim.stop()
})

test('heights by time: the first block that may be as late, and the tip where none is; the same of a light node', async () => {
  const bed = new NodeBed()
  const made = new TestChain(networks.local)
  const interval = 600
  for (let i = 1; i <= 100; i++) made.mine({ header: { time: SIMULATED_START - 200_000 + i * interval } })
  const chain = await bed.open()
  await bed.feed(chain, made.blocks.slice(1))
  const host = bed.sim.host()
  await bed.within(host.files.makeDirectory('/chain'))
  const light = await bed.within(
    openLightChain(
      { network: 'local', path: '/chain/chain.db', keepBlocks: 288 },
      { ...host, verifier: createSignatureVerifier(), pause: async () => {} },
    ),
  )
  for (const { header } of made.blocks.slice(1)) await bed.within(light.acceptHeaders(header.bytes(), 'peer'))
  const byHand = (time: number) => {
    for (let height = 0; height < made.height; height++)
      if (made.medianTimePastAt(height) >= time - TIME_MARGIN) return height
    return made.height
  }
  const first = made.blockAt(1).header.time
  for (const time of [0, first, first + TIME_MARGIN + 1, first + 40 * interval, first + 99 * interval, 4_000_000_000]) {
    expect(await bed.within(chain.heightAtTime(time))).toBe(byHand(time))
    expect(await bed.within(light.heightAtTime(time))).toBe(byHand(time))
  }
  expect(byHand(first + 40 * interval)).toBeGreaterThan(10)
  await bed.within(light.close())
  await bed.within(chain.close())
  await bed.sim.stop()
})

test('a light node tells of the transactions that it passes on itself, and says the minimum fee', async () => {
  const bed = new NodeBed()
  await bed.within(bed.host.files.makeDirectory('/chain'))
  const light = await bed.open({ mode: 'light' })
  const made = maturedChain(ours)
  const parent = spendCoins([made.reward(1, ours)], [to(ours, 4_999_000_000n)])
  const child = spendCoins([coinOf(parent, 0, ours)], [to(theirs, 4_998_000_000n)])
  const foreign = spendCoins([made.reward(2)], [to(theirs, 4_999_000_000n)])
  const expected = [await give(bed, light, parent), await give(bed, light, child)]
  await give(bed, light, foreign)
  const ask = (after: number) => bed.within(light.mempoolForWallet({ scripts, outpoints: [], after }))
  const answer = await ask(0)
  expect(ids(answer)).toEqual(expected)
  expect(ids(await ask(answer.sequence))).toEqual([])
  expect(await bed.within(light.estimateFees([1, 3]))).toEqual([
    { target: 1, feeRate: MINIMUM_RELAY_FEE_RATE, basis: 'minimum' },
    { target: 3, feeRate: MINIMUM_RELAY_FEE_RATE, basis: 'minimum' },
  ])
  await bed.within(light.close())
  await bed.sim.stop()
})
