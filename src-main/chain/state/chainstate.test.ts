import { describe, expect, test } from 'vitest'
import { ByteReader } from '../../codec/byte-reader.ts'
import { createSignatureVerifier } from '../../host/signature-verifier.ts'
import { concatBytes } from '../../kernel/bytes.ts'
import { SignatureBatchError } from '../../kernel/signature-verifier.ts'
import { networks } from '../consensus/networks.ts'
import { Block, decodeBlock } from '../primitives/block.ts'
import { decodeHeader } from '../primitives/header.ts'
import { Transaction } from '../primitives/transaction.ts'
import { SignatureCache } from '../script/signature-checks.ts'
import { MemoryChainStore } from '../store/memory-chain-store.ts'
import { bitcoinMain } from '../test-support/bitcoin-networks.ts'
import { buildBlock } from '../test-support/block-builder.ts'
import { differences, inlineBatches, openChainstate, SteppedClock } from '../test-support/chainstate-bed.ts'
import { HASTY_NETWORK } from '../test-support/recorded-chain.ts'
import { TestChain } from '../test-support/test-chain.ts'
import { ANYONE_CAN_SPEND, spendCoins, TestKey } from '../test-support/test-keys.ts'
import { vectorBytes } from '../test-support/vectors.ts'
import { MAX_UNREQUESTED_AHEAD } from './block-intake.ts'
import type { Chainstate } from './chainstate.ts'
import { MAX_UNLINKED_BLOCKS } from './tip-candidates.ts'

const network = HASTY_NETWORK
const open = (options: Parameters<typeof openChainstate>[0] = {}) => openChainstate({ network, ...options })
const headersOf = (blocks: readonly Block[]) => concatBytes(blocks.map(({ header }) => header.bytes()))

async function take(chainstate: Chainstate, blocks: readonly Block[], requested = true): Promise<string[]> {
  const statuses: string[] = []
  for (const block of blocks) statuses.push((await chainstate.acceptBlock(block, 'peer', requested)).status)
  return statuses
}

/** Records of 4 bytes of magic, 4 of length, and a block. */
function* recorded(path: string): Generator<Uint8Array> {
  const reader = new ByteReader(vectorBytes(path))
  while (reader.left > 0) {
    reader.u32()
    yield reader.bytes(reader.u32())
  }
}

describe('blocks of Bitcoin', () => {
  test('heights 1 to 255 of mainnet connect', async () => {
    const chainstate = await openChainstate({ network: bitcoinMain })
    for (const bytes of recorded('blocks/mainnet_1-256.dat'))
      expect(await chainstate.acceptBlock(bytes, 'peer', true)).toMatchObject({ status: 'connected' })
    expect(chainstate.tip.height).toBe(255)
  })

  test('the reorganisation set ends on 5A, with 3 and 4 taken back', async () => {
    // The set pays its miners more often than mainnet would let them spend: its coinbases are ripe at once.
    const chainstate = await openChainstate({ network: { ...bitcoinMain, coinbaseMaturity: 1 } })
    const main = [...recorded('blocks/reorg/blk_0_to_4.dat')].slice(1)
    const side = ['3A', '4A', '5A'].map((name) => [...recorded(`blocks/reorg/blk_${name}.dat`)][0] as Uint8Array)
    const changes: object[] = []
    chainstate.watch({
      tipChanged: ({ disconnected, connected }) =>
        changes.push([disconnected.map(({ height }) => height), connected.map(({ height }) => height)]),
    })
    const statuses: string[] = []
    for (const bytes of [...main, ...side]) statuses.push((await chainstate.acceptBlock(bytes, 'peer', true)).status)
    expect(statuses).toEqual(['connected', 'connected', 'connected', 'connected', 'stored', 'stored', 'connected'])
    expect(chainstate.tip.hash).toEqual(decodeBlock(side[2] as Uint8Array).hash)
    expect(changes.at(-1)).toEqual([
      [4, 3],
      [3, 4, 5],
    ])
  })
})

describe('a reorganisation', () => {
  test('takes back what the old branch did, and tells of each block', async () => {
    const key = new TestKey(1)
    const old = new TestChain(network)
    old.mineMany(2, { payTo: key.p2wpkh })
    const better = old.fork(1)
    const pay = spendCoins([old.reward(1, key)], [{ value: 7n, scriptPubKey: ANYONE_CAN_SPEND }])
    old.mine({ transactions: [pay] })
    better.mineMany(3, { extraNonce: 5 })
    const chainstate = await open()
    const told: string[] = []
    chainstate.watch({
      blockConnected: ({ height, spent }) => told.push(`+${height} spends ${spent.flat().length}`),
      blockDisconnected: ({ height, spent }) => told.push(`-${height} spends ${spent.flat().length}`),
    })
    await take(chainstate, old.blocks.slice(1))
    expect(differences(chainstate, old)).toEqual([])
    expect(await take(chainstate, better.blocks.slice(2))).toEqual(['stored', 'stored', 'connected'])
    expect(differences(chainstate, better, [old.coins])).toEqual([])
    const down = ['-3 spends 1', '-2 spends 0']
    const up = ['+2 spends 0', '+3 spends 0', '+4 spends 0']
    expect(told).toEqual(['+1 spends 0', '+2 spends 0', '+3 spends 1', ...down, ...up])
    expect(chainstate.heightOf(old.tip.hash)).toBeUndefined()
    expect(chainstate.block(old.tip.hash)).toBeUndefined()
    expect(chainstate.block(better.tip.hash)).toEqual(better.tip.bytes())
  })

  test('to a branch with a bad block goes back to where it was', async () => {
    const old = new TestChain(network)
    old.mineMany(4)
    const branch = old.fork(1)
    branch.mineMany(3, { extraNonce: 5 })
    const reward = branch.next().transactions[0]?.outputs[0]
    const bad = branch.next({ outputs: [{ value: (reward?.value ?? 0n) + 1n, scriptPubKey: ANYONE_CAN_SPEND }] })
    const child = buildBlock({ network, height: 6, parent: bad.header })
    const chainstate = await open()
    await take(chainstate, old.blocks.slice(1))
    const refused: string[] = []
    chainstate.watch({ blockRefused: ({ height, fault }) => refused.push(`${height} ${fault.reason}`) })
    expect(await take(chainstate, [...branch.blocks.slice(2), bad, child])).toEqual([
      'stored',
      'stored',
      'stored',
      'refused',
      'refused',
    ])
    expect(refused).toEqual(['5 bad-cb-amount'])
    expect(differences(chainstate, old, [branch.coins])).toEqual([])
    expect(chainstate.knowledgeOf(bad.hash)).toBe('bad')
    expect(await chainstate.acceptBlock(bad, 'peer', true)).toMatchObject({ fault: { reason: 'duplicate-invalid' } })
  })

  test('of a thousand blocks, deeper than the cache, ends with the same coins', async () => {
    const old = new TestChain(networks.local)
    old.mineMany(1_000)
    const better = new TestChain(networks.local)
    better.mineMany(1_001, { extraNonce: 9 })
    const chainstate = await openChainstate({ cacheBytes: 64 * 1024 })
    await take(chainstate, old.blocks.slice(1))
    chainstate.acceptHeaders(headersOf(better.blocks.slice(1)), 'peer')
    const statuses = await take(chainstate, better.blocks.slice(1).reverse())
    expect(statuses.slice(0, -1).every((status) => status === 'stored')).toBe(true)
    expect(statuses.at(-1)).toBe('connected')
    expect(differences(chainstate, better, [old.coins])).toEqual([])
    expect(await take(chainstate, [old.mine(), old.mine()])).toEqual(['stored', 'connected'])
    expect(differences(chainstate, old, [better.coins])).toEqual([])
  })
})

describe('blocks', () => {
  const chain = new TestChain(network)
  chain.mineMany(MAX_UNREQUESTED_AHEAD + 2)
  const blocks = chain.blocks.slice(1)

  test('are known the second time, unconnected without their header, kept until the ones below come', async () => {
    const chainstate = await open()
    expect(await take(chainstate, blocks.slice(1, 2))).toEqual(['unconnected'])
    chainstate.acceptHeaders(headersOf(blocks.slice(0, 5)), 'peer')
    expect(chainstate.missingBlocks((blocks[4] as Block).hash, 3).map(({ height }) => height)).toEqual([1, 2, 3])
    expect(await take(chainstate, [blocks[1], blocks[2], blocks[1]] as Block[])).toEqual(['stored', 'stored', 'known'])
    expect(chainstate.missingBlocks((blocks[4] as Block).hash, 9).map(({ height }) => height)).toEqual([1, 4, 5])
    expect(await take(chainstate, blocks.slice(0, 1))).toEqual(['connected'])
    expect(chainstate.tip.height).toBe(3)
    expect(chainstate.bestHeader.height).toBe(5)
    expect([0, 2, 4, 9].map((i) => chainstate.knowledgeOf((blocks[i] as Block).hash))).toEqual([
      'block',
      'block',
      'header',
      'unknown',
    ])
    expect(chainstate.blockAt(2)?.hash).toEqual((blocks[1] as Block).hash)
    expect(chainstate.blockAt(4)).toBeUndefined()
    expect(chainstate.medianTimePastAt(3)).toBe(chain.medianTimePastAt(3))
    expect(() => chainstate.medianTimePastAt(4)).toThrow(RangeError)
  })

  test('that nobody asked for are kept only where they can soon matter', async () => {
    const chainstate = await open({ network: { ...network, minimumChainWork: 8n } })
    expect(await take(chainstate, blocks.slice(0, 2), false)).toEqual(['unwanted', 'unconnected'])
    chainstate.acceptHeaders(headersOf(blocks), 'peer')
    const far = blocks[MAX_UNREQUESTED_AHEAD] as Block
    expect(await take(chainstate, [far], false)).toEqual(['unwanted'])
    expect(await take(chainstate, [blocks[MAX_UNREQUESTED_AHEAD - 1] as Block], false)).toEqual(['stored'])
    expect(await take(chainstate, blocks.slice(0, 5))).toEqual(Array.from({ length: 5 }, () => 'connected'))
    const side = chain.fork(2)
    expect(await take(chainstate, [side.next({ extraNonce: 3 })], false)).toEqual(['unwanted'])
    expect(await take(chainstate, [side.next({ extraNonce: 3 })], true)).toEqual(['stored'])
  })

  test('are not asked for where the chain has less than the minimum of work', async () => {
    const chainstate = await open({ network: { ...network, minimumChainWork: 20n } })
    const hash = (blocks[9] as Block).hash
    chainstate.acceptHeaders(headersOf(blocks.slice(0, 8)), 'peer')
    expect(chainstate.missingBlocks((blocks[7] as Block).hash, 100)).toEqual([])
    chainstate.acceptHeaders(headersOf(blocks.slice(8, 10)), 'peer')
    expect(chainstate.missingBlocks(hash, 100)).toHaveLength(10)
    expect(chainstate.missingBlocks(new Uint8Array(32), 100)).toEqual([])
  })

  test('are not read beyond the header where that tells enough', async () => {
    const chainstate = await open()
    const own = chain.fork(3)
    await take(chainstate, own.blocks.slice(1))
    const junk = (header: Uint8Array) => concatBytes([header, new Uint8Array(1_000).fill(0xff)])
    const statusOf = async (block: Block, requested = false) =>
      (await chainstate.acceptBlock(junk(block.header.bytes()), 'peer', requested)).status
    expect(await statusOf(own.blockAt(2))).toBe('known')
    const side = chain.fork(1)
    expect(await statusOf(side.mine({ extraNonce: 9 }))).toBe('unwanted')
    side.mineMany(2, { extraNonce: 9 })
    expect(await statusOf(side.mine({ extraNonce: 9 }))).toBe('unconnected')
    const workless = own.next().header.bytes()
    for (let nonce = 0; decodeHeader(workless).hasProofOfWork(network.proofOfWork.limit); nonce++) workless[76] = nonce
    expect(await chainstate.acceptBlock(junk(workless), 'peer', true)).toMatchObject({
      status: 'refused',
      fault: { reason: 'high-hash' },
    })
    const next = own.next()
    expect(await chainstate.acceptBlock(junk(next.header.bytes()), 'peer', true)).toMatchObject({
      fault: { reason: 'bad-blk-encoding', kind: 'mutated' },
    })
    expect(await take(chainstate, [next])).toEqual(['connected'])
  })

  test('that break a rule in what their hash does not cover do not spoil the good one', async () => {
    const chainstate = await open()
    const own = chain.fork(2)
    const pay = (height: number) => spendCoins([own.reward(height)], [{ value: 1n, scriptPubKey: ANYONE_CAN_SPEND }])
    const good = own.mine({ transactions: [pay(1), pay(2)] })
    await take(chainstate, own.blocks.slice(1, 3))
    const twice = new Block(good.header, [...good.transactions, good.transactions[2] as Transaction])
    expect(await chainstate.acceptBlock(twice, 'peer', true)).toMatchObject({
      status: 'refused',
      fault: { reason: 'bad-txns-duplicate', kind: 'mutated' },
    })
    const other = new Block(good.header, chain.blockAt(3).transactions)
    expect(await chainstate.acceptBlock(other, 'peer', true)).toMatchObject({ fault: { kind: 'mutated' } })
    expect(await chainstate.acceptBlock(good.bytes().slice(0, -1), 'peer', true)).toMatchObject({
      status: 'refused',
      hash: good.hash,
      fault: { reason: 'bad-blk-encoding', kind: 'mutated' },
    })
    expect(await chainstate.acceptBlock(new Uint8Array(3), 'peer', true)).toMatchObject({ status: 'refused' })
    expect(await take(chainstate, [good])).toEqual(['connected'])
  })

  test('that break a rule that it covers are remembered, with what follows', async () => {
    const store = new MemoryChainStore()
    const chainstate = await open({ store })
    const good = chain.blockAt(1)
    const [coinbase] = good.transactions as [Transaction]
    const { version, inputs, outputs } = coinbase
    const late = new Transaction({ version, inputs, outputs, lockTime: 5 })
    const bad = buildBlock({
      network,
      height: 1,
      parent: network.genesis.header,
      coinbase: { lockTime: late.lockTime },
    })
    const child = buildBlock({ network, height: 2, parent: bad.header })
    chainstate.acceptHeaders(headersOf([bad, child]), 'peer')
    expect(await take(chainstate, [bad])).toEqual(['refused'])
    expect([bad, child].map(({ hash }) => chainstate.knowledgeOf(hash))).toEqual(['bad', 'bad'])
    expect(chainstate.bestHeader.height).toBe(0)
    expect(await take(chainstate, [child])).toEqual(['refused'])
    expect(chainstate.acceptHeaders(headersOf([child]), 'peer')).toMatchObject({ status: 'refused' })
    const again = await open({ store })
    expect([bad, child].map(({ hash }) => again.knowledgeOf(hash))).toEqual(['bad', 'bad'])
    expect(await take(again, [good])).toEqual(['connected'])
  })

  test('wait for ones below in a bounded number', async () => {
    const many = new TestChain(network)
    many.mineMany(MAX_UNLINKED_BLOCKS + 2)
    const chainstate = await open()
    for (let at = 1; at <= many.height; at += 2_000)
      chainstate.acceptHeaders(headersOf(many.blocks.slice(at, at + 2_000)), 'peer')
    const statuses = await take(chainstate, many.blocks.slice(2))
    expect(statuses.filter((status) => status === 'stored')).toHaveLength(MAX_UNLINKED_BLOCKS)
    expect(statuses.at(-1)).toBe('unwanted')
    expect(await take(chainstate, many.blocks.slice(1, 2))).toEqual(['connected'])
    expect(chainstate.tip.height).toBe(MAX_UNLINKED_BLOCKS + 1)
    expect(await take(chainstate, many.blocks.slice(-1))).toEqual(['connected'])
  })
})

describe('verdicts of people', () => {
  test('take a block and what follows out of the chain, and let it back in', async () => {
    const chain = new TestChain(network)
    chain.mineMany(6)
    const store = new MemoryChainStore()
    const chainstate = await open({ store })
    await take(chainstate, chain.blocks.slice(1))
    const { hash } = chain.blockAt(4)
    const best: number[] = []
    chainstate.watch({ headersChanged: () => best.push(chainstate.bestHeader.height) })
    expect(await chainstate.invalidate(hash)).toBe(true)
    expect(best).toEqual([3])
    expect(differences(chainstate, chain.fork(3), [chain.coins])).toEqual([])
    expect(chainstate.bestHeader.height).toBe(3)
    await chainstate.close()
    const again = await open({ store })
    expect(again.tip.height).toBe(3)
    expect(await again.reconsider(chain.tip.hash)).toBe(true)
    expect(differences(again, chain)).toEqual([])
    expect(await again.reconsider(chain.tip.hash)).toBe(false)
    expect(await again.invalidate(network.genesis.hash)).toBe(false)
    expect(await again.invalidate(new Uint8Array(32))).toBe(false)
  })
})

describe('the phase', () => {
  const maxTipAge = 60
  const network = { ...HASTY_NETWORK, maxTipAge }

  test('is synced from a tip on that is young, best and has the minimum of work, and stays so', async () => {
    const chain = new TestChain(network)
    chain.mineMany(4)
    const clock = new SteppedClock(chain.tip.header.time + maxTipAge)
    const chainstate = await open({ clock, network: { ...network, minimumChainWork: 8n } })
    let changes = 0
    chainstate.watch({ phaseChanged: () => changes++ })
    chainstate.acceptHeaders(headersOf(chain.blocks.slice(1)), 'peer')
    await take(chainstate, chain.blocks.slice(1, 4))
    expect(chainstate.phase).toBe('initial-sync')
    await take(chainstate, chain.blocks.slice(4))
    expect([chainstate.phase, changes]).toEqual(['synced', 1])
    chainstate.acceptHeaders(headersOf([chain.mine()]), 'peer')
    clock.advance(2 * maxTipAge * 1_000)
    expect(chainstate.phase).toBe('synced')
    const late = await open({ clock, network })
    await take(late, chain.blocks.slice(1))
    expect(late.phase).toBe('initial-sync')
  })

  test('of a network where an old tip only means that nobody has mined is synced at any age', async () => {
    const clock = new SteppedClock(networks.local.genesis.header.time + 400 * 24 * 60 * 60)
    expect((await open({ clock, network: networks.local })).phase).toBe('synced')
    for (const name of ['main', 'test'] as const) {
      expect((await open({ clock, network: networks[name] })).phase).toBe('initial-sync')
    }
  })
})

describe('while a block is verified', () => {
  test('everything shows the tip before it, and the next one waits', async () => {
    const key = new TestKey(1)
    const chain = new TestChain(network)
    chain.mine({ payTo: key.p2wpkh })
    chain.mine({ transactions: [spendCoins([chain.reward(1, key)], [{ value: 7n, scriptPubKey: ANYONE_CAN_SPEND }])] })
    chain.mine()
    const signatures = {
      verifier: createSignatureVerifier(),
      batches: { ...inlineBatches },
      cache: new SignatureCache(),
    }
    let answer = (_good: boolean) => {}
    const asked = new Promise<void>((resolve) => {
      signatures.batches.verifyAll = (checks) => {
        resolve()
        return new Promise((settle) => {
          answer = (good) => settle(checks.map(() => good))
        })
      }
    })
    const chainstate = await open({ signatures })
    await take(chainstate, chain.blocks.slice(1, 2))
    const second = chainstate.acceptBlock(chain.blockAt(2), 'peer', true)
    const third = chainstate.acceptBlock(chain.blockAt(3), 'peer', true)
    await asked
    expect(chainstate.tip.height).toBe(1)
    expect(chainstate.coin(chain.reward(1).outpoint)).toBeDefined()
    expect(chainstate.coin(chain.reward(2).outpoint)).toBeUndefined()
    answer(true)
    expect([(await second).status, (await third).status]).toEqual(['connected', 'connected'])
    expect(differences(chainstate, chain)).toEqual([])
  })

  test('a thread that dies over it is forgiven twice', async () => {
    const key = new TestKey(1)
    const chain = new TestChain(network)
    chain.mine({ payTo: key.p2wpkh })
    chain.mine({ transactions: [spendCoins([chain.reward(1, key)], [{ value: 7n, scriptPubKey: ANYONE_CAN_SPEND }])] })
    for (const deaths of [2, 3]) {
      let left = deaths
      const batches: typeof inlineBatches = {
        verifyAll: async (checks) => {
          if (left-- > 0)
            throw new SignatureBatchError({ code: 'WORKER_DIED', reason: 'a test' }, 'It died. Try again.')
          return inlineBatches.verifyAll(checks)
        },
      }
      const verifier = createSignatureVerifier()
      const chainstate = await open({ signatures: { verifier, batches, cache: new SignatureCache() } })
      const last = take(chainstate, chain.blocks.slice(1))
      if (deaths === 2) expect(await last).toEqual(['connected', 'connected'])
      else await expect(last).rejects.toMatchObject({ code: 'WORKER_DIED' })
      if (deaths === 2) continue
      // Nothing is held against the block: it is tried again when it is offered again.
      expect(chainstate.tip.height).toBe(1)
      expect(await take(chainstate, [chain.blockAt(2)])).toEqual(['known'])
      expect(differences(chainstate, chain)).toEqual([])
    }
  })
})
