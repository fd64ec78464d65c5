import { describe, expect, test } from 'vitest'
import { createSignatureVerifier } from '../../host/signature-verifier.ts'
import { HOUR, MINUTE, SECOND } from '../../kernel/clock.ts'
import { codeOf } from '../../kernel/errors.ts'
import type { SimulatedChainOptions } from '../../simulation/chain.ts'
import { networks } from '../consensus/networks.ts'
import { compactBlockOf, encodeCompactBlock } from '../network/compact-block.ts'
import { encodeGetBlockTransactions } from '../network/compact-block-messages.ts'
import { displayHash } from '../primitives/hashes.ts'
import { maturedChain, NodeBed } from '../test-support/node-bed.ts'
import { TestChain } from '../test-support/test-chain.ts'
import { spendCoins, TestKey } from '../test-support/test-keys.ts'
import { RETRY_FULL_DISK } from './full-chain.ts'
import type { NodeChain } from './node-chain.ts'

const key = new TestKey(1)
const made = maturedChain(key, 150)

async function codeOfFailure(promise: Promise<unknown>): Promise<string> {
  return promise.then(() => 'none', codeOf)
}

describe('a full disk', () => {
  test('stops the chain, is told, and nothing is lost: it goes on by itself', async () => {
    const bed = new NodeBed()
    const chain = await bed.open()
    await bed.feed(chain, made.blocks.slice(1, 101))
    const changes: boolean[] = []
    chain.watch({ stateChanged: () => changes.push(true) })
    bed.host.databases.refuse('SQLITE_FULL')
    const next = made.blockAt(101).bytes()
    expect(await bed.within(codeOfFailure(chain.acceptBlock(next, 'peer', true)))).toBe('DISK_FULL')
    expect(await bed.within(chain.upkeep())).toMatchObject({ noSpace: true })
    expect(changes.length).toBeGreaterThan(0)
    expect(chain.state.tip.height).toBe(100)
    await bed.sim.run(10 * MINUTE)
    expect(await bed.within(chain.upkeep())).toMatchObject({ noSpace: true })
    bed.host.databases.refuse(undefined)
    await bed.sim.run(RETRY_FULL_DISK)
    expect(await bed.within(chain.upkeep())).toMatchObject({ noSpace: false })
    await bed.feed(chain, made.blocks.slice(101))
    await bed.within(chain.close())
    const again = await bed.open()
    expect(displayHash(again.state.tip.hash)).toBe(displayHash(made.tip.hash))
    expect(await bed.within(again.upkeep())).toMatchObject({ coins: made.coins.size, noSpace: false })
    await bed.within(again.close())
    await bed.sim.stop()
  })

  test('that fills up while blocks wait for their commit is told when that fails', async () => {
    const bed = new NodeBed()
    const chain = await bed.open()
    await bed.feed(chain, made.blocks.slice(1))
    bed.host.databases.refuse('SQLITE_FULL')
    await bed.sim.run(10 * SECOND)
    expect(await bed.within(chain.upkeep())).toMatchObject({ noSpace: true })
    // Pages show what there is.
    expect(await bed.within(chain.blockDetails(150))).toMatchObject({ contents: 'kept' })
    expect(await bed.within(chain.mempoolDetails())).toMatchObject({ transactions: 0 })
    expect(await bed.refusalOf(chain.transactionDetails('1'.repeat(64)))).toMatchObject({ code: 'NO_SUCH_TRANSACTION' })
    bed.host.databases.refuse(undefined)
    await bed.sim.run(MINUTE)
    expect(await bed.within(chain.upkeep())).toMatchObject({ noSpace: false, coins: made.coins.size })
    await bed.within(chain.close())
    await bed.sim.stop()
  })

  test('found while a rebuild is under way: it goes on when there is room', async () => {
    const bed = new NodeBed()
    const chain = await bed.open()
    await bed.feed(chain, made.blocks.slice(1))
    await bed.sim.run(MINUTE)
    const rebuilding = codeOfFailure(chain.rebuild())
    await bed.sim.until(MINUTE, () => chain.state.phase === 'rebuilding')
    bed.host.databases.refuse('SQLITE_FULL')
    expect(await bed.within(rebuilding)).toBe('DISK_FULL')
    expect(await bed.within(chain.upkeep())).toMatchObject({ noSpace: true })
    bed.host.databases.refuse(undefined)
    await bed.sim.run(RETRY_FULL_DISK + SECOND)
    expect(await bed.within(chain.upkeep())).toMatchObject({ noSpace: false })
    expect(chain.state.tip.height).toBe(150)
    await bed.within(chain.close())
    await bed.sim.stop()
  })
})

test('a rebuild that a full disk stopped is taken up once, however long it takes', async () => {
  const bed = new NodeBed()
  const pause = () => new Promise<void>((resolve) => bed.host.clock.after(RETRY_FULL_DISK, resolve))
  // Commits are due in the middle of it.
  const chain = await bed.open({ pause, coinCacheBytes: 50_000 })
  await bed.within(
    Promise.all(made.blocks.slice(1).map((block) => chain.acceptBlock(block.bytes(), 'peer', true))),
    HOUR,
  )
  await bed.sim.run(MINUTE)
  const rebuilding = codeOfFailure(chain.rebuild())
  await bed.sim.until(MINUTE, () => chain.state.phase === 'rebuilding')
  bed.host.databases.refuse('SQLITE_FULL')
  expect(await bed.within(rebuilding, HOUR)).toBe('DISK_FULL')
  bed.host.databases.refuse(undefined)
  const heights: number[] = []
  chain.watch({ tipChanged: ({ connected }) => heights.push(...connected.map(({ height }) => height)) })
  await bed.sim.until(HOUR, () => chain.state.phase !== 'rebuilding')
  await bed.sim.run(10 * MINUTE)
  expect(await bed.within(chain.upkeep())).toMatchObject({ noSpace: false, coins: made.coins.size })
  expect(chain.state.tip.height).toBe(150)
  expect(bed.host.log.entries.filter(({ level }) => level === 'error').map(({ facts }) => facts?.code)).toEqual([
    'DISK_FULL',
  ])
  await bed.within(chain.close())
  await bed.sim.stop()
})

describe('a rebuild', () => {
  test('that a full disk keeps from beginning changes nothing, and harms nobody', async () => {
    const bed = new NodeBed()
    const chain = await bed.open()
    await bed.feed(chain, made.blocks.slice(1))
    await bed.sim.run(MINUTE)
    bed.host.databases.refuse('SQLITE_FULL')
    expect(await bed.within(codeOfFailure(chain.rebuild()))).toBe('DISK_FULL')
    bed.host.databases.refuse(undefined)
    await bed.sim.run(MINUTE)
    expect(await bed.within(chain.upkeep())).toMatchObject({ noSpace: false, coins: made.coins.size })
    await bed.within(chain.close())
    expect(await bed.within(codeOfFailure(chain.rebuild()))).toBe('CLOSED')
    await bed.sim.stop()
  })

  test('is in progress until it is done; pages are refused meanwhile, calls wait', async () => {
    const bed = new NodeBed()
    const chain = await bed.open()
    await bed.feed(chain, made.blocks.slice(1))
    await bed.sim.run(MINUTE)
    const rebuilding = chain.rebuild()
    await bed.sim.until(MINUTE, () => chain.state.phase === 'rebuilding')
    expect((await chain.upkeep()).progress).toMatchObject({ done: 0, total: 150 })
    expect(await codeOfFailure(chain.blockDetails(1))).toBe('REBUILDING')
    const waiting = chain.heightOf(made.tip.hash)
    await bed.within(rebuilding)
    expect(await bed.within(waiting)).toBe(150)
    expect(await bed.within(chain.upkeep())).toMatchObject({ progress: undefined, coins: made.coins.size })
    expect(chain.state.phase).not.toBe('rebuilding')
    await bed.within(chain.close())
    await bed.sim.stop()
  })

  test('ends at once where the chain is closed, and goes on at the next opening', async () => {
    const bed = new NodeBed()
    const chain = await bed.open()
    await bed.feed(chain, made.blocks.slice(1))
    const rebuilding = codeOfFailure(chain.rebuild())
    await bed.sim.until(MINUTE, () => chain.state.phase === 'rebuilding')
    await bed.within(chain.close())
    expect(await bed.within(rebuilding)).toBe('CLOSED')
    const again = await bed.open()
    expect(again.state.phase).toBe('rebuilding')
    expect(await bed.within(again.heightOf(made.tip.hash))).toBe(150)
    await bed.sim.run(MINUTE)
    expect(await bed.within(again.upkeep())).toMatchObject({ progress: undefined, coins: made.coins.size })
    await bed.within(again.close())
    await bed.sim.stop()
  })
})

describe('a change of mode', () => {
  test('to pruned removes what is old and says first what it frees; back again it asks for those blocks', async () => {
    const bed = new NodeBed()
    const long = made.fork()
    long.mineMany(300)
    const chain = await bed.open()
    await bed.feed(chain, long.blocks.slice(1))
    await bed.sim.run(MINUTE)
    const cost = await bed.within(chain.modeCost('pruned'))
    expect(cost.frees).toBeGreaterThan(0)
    expect(cost.statement).toMatch(/^A pruned node /)
    await bed.within(chain.setMode('pruned'))
    await bed.sim.run(MINUTE)
    expect(chain.state).toMatchObject({ mode: 'pruned', keptFrom: 450 + 1 - 288, tip: { height: 450 } })
    expect(await bed.within(chain.block(long.blockAt(1).hash))).toBeUndefined()
    const back = await bed.within(chain.modeCost('archive'))
    expect(back.downloadBlocks).toBeGreaterThan(100)
    await bed.within(chain.setMode('archive'))
    expect(chain.state.mode).toBe('archive')
    expect(await bed.within(chain.missingBlocks(long.tip.hash, 1_000))).not.toEqual([])
    await bed.feed(chain, long.blocks.slice(1))
    expect(chain.state.tip.height).toBe(450)
    expect(await bed.within(chain.upkeep())).toMatchObject({ coins: expect.any(Number) })
    await bed.within(chain.close())
    await bed.sim.stop()
  })
})

describe('a better chain that parts from ours below what a pruned node keeps', () => {
  const long = made.fork()
  long.mineMany(170)
  const better = long.fork(2)
  better.mineMany(330, { extraNonce: 3 })
  const statusOf = (promise: Promise<{ readonly status: string }>) => promise.then(({ status }) => status, codeOf)

  async function feedAll(bed: NodeBed, chain: NodeChain): Promise<string[]> {
    const statuses: string[] = []
    for (const block of better.blocks.slice(1))
      statuses.push(await bed.within(statusOf(chain.acceptBlock(block.bytes(), 'peer', true))))
    return statuses
  }

  async function pruned(): Promise<{ bed: NodeBed; chain: NodeChain }> {
    const bed = new NodeBed()
    const chain = await bed.open({ mode: 'pruned' })
    await bed.feed(chain, long.blocks.slice(1))
    await bed.sim.run(MINUTE)
    expect(chain.state).toMatchObject({ keptFrom: 320 + 1 - 288, tip: { height: 320 } })
    return { bed, chain }
  }

  test('is followed from the first block on, and that is said', async () => {
    const { bed, chain } = await pruned()
    expect(await feedAll(bed, chain)).toContain('UNDO_MISSING')
    await bed.sim.run(MINUTE)
    expect((await bed.within(chain.upkeep())).notice).toMatch(/downloaded again/)
    await feedAll(bed, chain)
    expect(displayHash(chain.state.tip.hash)).toBe(displayHash(better.tip.hash))
    await bed.sim.run(MINUTE)
    expect(await bed.within(chain.upkeep())).toMatchObject({ coins: better.coins.size })
    await bed.within(chain.close())
    await bed.sim.stop()
  })

  /** The better chain is found while nothing can be written: what is on disk leads there again. */
  async function foundOnFullDisk(): Promise<{ bed: NodeBed; chain: NodeChain }> {
    const { bed, chain } = await pruned()
    let changes = 0
    const unwatch = chain.watch({
      tipChanged() {
        changes++
        bed.host.databases.refuse('SQLITE_FULL')
      },
    })
    // At one moment: what is below the oldest block that is kept would soon be removed.
    await feedAll(bed, chain)
    expect(changes).toBe(1)
    unwatch()
    return { bed, chain }
  }

  test('is followed when a full disk has room again', async () => {
    const { bed, chain } = await foundOnFullDisk()
    await bed.sim.run(10 * MINUTE)
    expect(await bed.within(chain.upkeep())).toMatchObject({ noSpace: true })
    // It was tried now and then, and not over and over.
    expect(bed.host.log.entries.length).toBeLessThan(100)
    bed.host.databases.refuse(undefined)
    await bed.sim.run(MINUTE)
    await feedAll(bed, chain)
    expect(displayHash(chain.state.tip.hash)).toBe(displayHash(better.tip.hash))
    await bed.within(chain.close())
    await bed.sim.stop()
  })

  test('keeps no program from starting that was killed as it was found', async () => {
    const { bed } = await foundOnFullDisk()
    const restarted = bed.restart()
    restarted.host.databases.refuse(undefined)
    const again = await restarted.open({ mode: 'pruned' })
    await restarted.sim.run(MINUTE)
    expect((await restarted.within(again.upkeep())).notice).toMatch(/downloaded again/)
    await feedAll(restarted, again)
    expect(displayHash(again.state.tip.hash)).toBe(displayHash(better.tip.hash))
    await restarted.within(again.close())
    await restarted.sim.stop()
  })
})

test('a full node does not become a light one while it is open', async () => {
  const bed = new NodeBed()
  const chain = await bed.open()
  expect(await bed.refusalOf(chain.setMode('light'))).toMatchObject({ code: 'FULL_NODE' })
  await bed.within(chain.setMode('archive'))
  expect(chain.state.mode).toBe('archive')
  await bed.within(chain.close())
  await bed.sim.stop()
})

test('damage is found at the next opening, mended from what can be read, and said', async () => {
  const bed = new NodeBed()
  const chain = await bed.open()
  await bed.feed(chain, made.blocks.slice(1))
  await bed.within(chain.close())
  const whole = bed.host.files.get('/chain/chain.db') as Uint8Array
  const damaged = whole.slice()
  // The first pages hold the tables' roots; what is further on is their contents.
  for (let at = Math.floor(whole.length * 0.6); at < whole.length; at += 97) damaged[at] = 0x5a
  bed.host.files.put('/chain/chain.db', damaged)
  const mended = await bed.open()
  await bed.within(mended.locator())
  expect((await bed.within(mended.upkeep())).notice).toMatch(
    /^The chain's database was damaged; \d+ headers and \d+ blocks/,
  )
  await bed.feed(mended, made.blocks.slice(1))
  expect(displayHash(mended.state.tip.hash)).toBe(displayHash(made.tip.hash))
  await bed.sim.run(MINUTE)
  expect(await bed.within(mended.upkeep())).toMatchObject({ coins: made.coins.size })
  await bed.within(mended.close())
  const again = await bed.open()
  expect((await bed.within(again.upkeep())).notice).toBe('')
  await bed.within(again.close())
  await bed.sim.stop()
})

test('the mempool is written each ten minutes: a program that is killed finds it again', async () => {
  const bed = new NodeBed()
  const chain = await bed.open()
  await bed.feed(chain, made.blocks.slice(1))
  const spend = spendCoins([made.reward(1, key)], [{ value: 4_999_990_000n, scriptPubKey: key.p2wpkh }])
  await bed.within(chain.acceptTransaction(spend.bytes(), undefined))
  await bed.sim.run(10 * MINUTE + SECOND)
  const restarted = bed.restart()
  const again = await restarted.open()
  expect(again.state).toMatchObject({ tip: { height: 150 }, mempool: { transactions: 1 } })
  await restarted.within(again.close())
  await restarted.sim.stop()
})

test('who closes a chain waits for no large mempool to be read, and nothing of it is lost', async () => {
  const bed = new NodeBed()
  const rich = new TestChain(networks.local)
  rich.mineMany(20, { payTo: key.p2wpkh })
  rich.mineMany(networks.local.coinbaseMaturity)
  let delay = 0
  const verifier = createSignatureVerifier()
  const batches: SimulatedChainOptions['batches'] = {
    async verifyAll(checks) {
      await new Promise<void>((resolve) => bed.host.clock.after(delay, resolve))
      return checks.map((check) => verifier.verify(check))
    },
  }
  const chain = await bed.open({ batches })
  await bed.feed(chain, rich.blocks.slice(1))
  for (let height = 1; height <= 20; height++) {
    const spend = spendCoins([rich.reward(height, key)], [{ value: 4_999_990_000n, scriptPubKey: key.p2wpkh }])
    expect(await bed.within(chain.acceptTransaction(spend.bytes(), undefined))).toMatchObject({ status: 'accepted' })
  }
  const rebuilding = codeOfFailure(chain.rebuild())
  await bed.sim.until(MINUTE, () => chain.state.phase === 'rebuilding')
  await bed.within(chain.close())
  expect(await bed.within(rebuilding)).toBe('CLOSED')
  delay = MINUTE
  const slow = await bed.open({ batches })
  await bed.sim.until(HOUR, () => slow.state.mempool.transactions === 2)
  await bed.within(slow.close(), 2 * MINUTE)
  delay = 0
  const again = await bed.open({ batches })
  expect(again.state.mempool.transactions).toBe(20)
  await bed.within(again.close())
  await bed.sim.stop()
})

test('two nodes that are fed each other: blocks, compact blocks and transactions end on one tip', async () => {
  const [one, two] = [new NodeBed(1), new NodeBed(2)]
  const [a, b] = [await one.open(), await two.open()]
  await one.feed(a, made.blocks.slice(1))
  const headers = await one.within(a.headersAfter(await two.within(b.locator()), new Uint8Array(32), 2_000))
  expect(await two.within(b.acceptHeaders(headers, 'a'))).toMatchObject({ status: 'accepted', fresh: 150 })
  for (const { hash } of await two.within(b.missingBlocks(made.tip.hash, 1_000)))
    await two.within(b.acceptBlock((await one.within(a.block(hash))) as Uint8Array, 'a', true))
  expect(b.state.tip).toEqual(a.state.tip)
  const spend = spendCoins([made.reward(1, key)], [{ value: 4_999_990_000n, scriptPubKey: key.p2wpkh }])
  const unseen = spendCoins([made.reward(2)], [{ value: 4_999_990_000n, scriptPubKey: key.p2wpkh }])
  await two.within(b.acceptTransaction(spend.bytes(), 'a'))
  const next = made.fork().mine({ transactions: [spend, unseen] })
  await one.within(a.acceptBlock(next.bytes(), 'miner', true))
  const compact = (await one.within(a.compactBlock(next.hash))) as Uint8Array
  const missing = await two.within(b.acceptCompactBlock(compact, 'a'))
  expect(missing).toEqual({ status: 'missing', hash: next.hash, indexes: [2] })
  const request = encodeGetBlockTransactions({ blockHash: next.hash, indexes: [2] })
  const answer = (await one.within(a.blockTransactions(request))) as Uint8Array
  expect(await two.within(b.completeCompactBlock(answer, 'a'))).toMatchObject({ status: 'connected' })
  expect(b.state.tip).toEqual(a.state.tip)
  expect(b.state.mempool.transactions).toBe(0)
  for (const [bed, chain] of [
    [one, a],
    [two, b],
  ] as const) {
    await bed.within(chain.close())
    await bed.sim.stop()
  }
})

test('a compact block of a chain with less work takes no room on the disk, however good it is by itself', async () => {
  const bed = new NodeBed()
  const chain = await bed.open()
  await bed.feed(chain, made.blocks.slice(1))
  const side = made.fork(100)
  for (let height = 101; height < 150; height++) {
    const block = side.mine({ extraNonce: 7 })
    const payload = encodeCompactBlock(compactBlockOf(block, 1n))
    expect(await bed.within(chain.acceptCompactBlock(payload, 'stranger'))).toEqual({ status: 'unwanted' })
    expect(await bed.within(chain.knowledgeOf([block.hash]))).toEqual(['header'])
  }
  const [equal, better] = side
    .mineMany(2, { extraNonce: 7 })
    .map((block) => encodeCompactBlock(compactBlockOf(block, 1n)))
  expect(await bed.within(chain.acceptCompactBlock(equal as Uint8Array, 'stranger'))).toMatchObject({
    status: 'stored',
  })
  expect(await bed.within(chain.acceptCompactBlock(better as Uint8Array, 'stranger'))).toMatchObject({
    status: 'stored',
  })
  // What is missing is known and can be asked for: the better chain is followed all the same.
  expect(await bed.within(chain.missingBlocks(side.tip.hash, 1_000))).toHaveLength(49)
  await bed.feed(chain, side.blocks.slice(101))
  expect(displayHash(chain.state.tip.hash)).toBe(displayHash(side.tip.hash))
  await bed.within(chain.close())
  await bed.sim.stop()
})
