/**
 * Blocks that break one rule each: bcoin refuses them by the name it has for our reason, and takes those that only we refuse.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { networks } from '../../src-main/chain/consensus/networks.ts'
import { buildBlock } from '../../src-main/chain/test-support/block-builder.ts'
import {
  BROKEN_BLOCKS,
  BROKEN_BY_OUR_RULES_ALONE,
  type Ground,
  groundOn,
  swapped,
} from '../support/chain/broken-blocks.ts'
import { bcoinReasonOf } from './bcoin-reasons.ts'
import { Bcoin } from './support/bcoin.ts'
import { Machine } from './support/machine.ts'

const network = networks.local
const now = Math.floor(Date.now() / 1_000)
const ends: (() => Promise<void>)[] = []
let bcoin: Bcoin
let ground: Ground

beforeAll(async () => {
  ground = groundOn(network, now)
  const machine = await Machine.start({ onTestFinished: (end) => ends.push(end) })
  bcoin = await Bcoin.start(machine, { network })
  await bcoin.injectAll(ground.chain.blocks.slice(1))
})
afterAll(async () => {
  for (const end of ends) await end()
})

describe('a block that breaks a rule', () => {
  test.each(BROKEN_BLOCKS)('$reason: $how', async ({ reason, make }) => {
    const block = make(ground)
    expect(ground.chain.effectsOf(block)).toMatchObject({ reason })
    expect(await bcoin.inject(block)).toMatchObject({ accepted: false, reason: bcoinReasonOf(reason) })
    expect((await bcoin.info()).height).toBe(ground.chain.height)
  })

  test('a block after a bad one is bad, by the name that bcoin has for that', async () => {
    const bad = buildBlock({ network, height: ground.chain.height + 1, parent: ground.chain.tip.header, fees: 2n })
    expect(await bcoin.inject(bad)).toMatchObject({ reason: 'bad-cb-amount' })
    const child = buildBlock({ network, height: ground.chain.height + 2, parent: bad.header })
    expect(await bcoin.inject(child)).toMatchObject({ accepted: false, reason: bcoinReasonOf('bad-prevblk') })
  })

  test('a good one is taken after all of them', async () => {
    const block = ground.chain.next()
    expect(ground.chain.effectsOf(block)).toHaveProperty('fees', 0n)
    expect(await bcoin.inject(block)).toMatchObject({ accepted: true, best: true })
  })
})

describe('a block whose fault is in what its hash does not cover', () => {
  const mutated = BROKEN_BLOCKS.filter(({ reason }) => /^bad-witness|^bad-txns-duplicate/.test(reason))
  test.each(mutated)('$reason: $how does not spoil the good one of the same hash', async ({ reason, make }) => {
    await bcoin.reset()
    await bcoin.injectAll(ground.chain.blocks.slice(1))
    const block = make(ground)
    expect(ground.chain.effectsOf(block)).toEqual({ reason, kind: 'mutated' })
    expect(await bcoin.inject(block)).toMatchObject({ reason })
    const good = reason === 'bad-txns-duplicate' ? swapped(block, block.transactions.slice(0, -1)) : ground.chain.next()
    expect(good.hash).toEqual(block.hash)
    expect(ground.chain.effectsOf(good)).toHaveProperty('fees')
    expect(await bcoin.inject(good)).toMatchObject({ accepted: true, best: true })
  })
})

describe('a block that breaks a rule of ours alone', () => {
  test.each(BROKEN_BY_OUR_RULES_ALONE)('$reason: $how', async ({ reason, make }) => {
    await bcoin.reset()
    await bcoin.injectAll(ground.chain.blocks.slice(1))
    const block = make(ground)
    expect(ground.chain.effectsOf(block)).toMatchObject({ reason })
    expect(await bcoin.inject(block)).toMatchObject({ accepted: true, best: true })
  })
})
