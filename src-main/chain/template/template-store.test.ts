import { expect, test } from 'vitest'
import { ByteWriter } from '../../codec/byte-writer.ts'
import type { ChainTip } from '../chain.ts'
import { nextBits } from '../consensus/difficulty.ts'
import { subsidyAt } from '../consensus/network.ts'
import { networks } from '../consensus/networks.ts'
import type { BlockTemplate } from '../node/node-chain.ts'
import type { Block } from '../primitives/block.ts'
import { solve } from '../test-support/block-builder.ts'
import { TestChain } from '../test-support/test-chain.ts'
import { ANYONE_CAN_SPEND, spendCoins, TestKey } from '../test-support/test-keys.ts'
import { EXTRANONCE_BYTES, merkleRootOf } from './block-template.ts'
import { MAX_REMEMBERED_TEMPLATES, type TemplateSources, TemplateStore } from './template-store.ts'

const network = networks.local

function extranonceBytes(value: bigint): Uint8Array {
  return new ByteWriter(EXTRANONCE_BYTES).u64(value).done()
}
const key = new TestKey(1)

function tipOf(chain: TestChain): ChainTip {
  const { header } = chain.tip
  return {
    hash: header.hash,
    height: chain.height,
    work: 0n,
    time: header.time,
    bits: header.bits,
    medianTimePast: chain.medianTimePastAt(chain.height),
  }
}

/** Templates on a chain that takes what is made of them, or throws with the rule that it breaks. */
function storeOn(chain: TestChain, from: Partial<TemplateSources> = {}) {
  const accepted: Block[] = []
  const store = new TemplateStore({
    network,
    tip: () => tipOf(chain),
    nextBits: () => nextBits(network.proofOfWork.difficulty, chain.ancestry(), network.proofOfWork.limit),
    now: () => 0,
    select: () => [],
    async accept(block) {
      const fault = chain.add(block)
      if (fault) throw new Error(fault.reason)
      accepted.push(block)
      return { status: 'connected', position: { hash: block.hash, height: chain.height } }
    },
    ...from,
  })
  return { store, accepted }
}

function solved(template: BlockTemplate, extranonce: Uint8Array) {
  const { version, previous, bits, time } = template
  return solve({ version, previous, bits, time, nonce: 0, merkleRoot: merkleRootOf(template, extranonce) }).bytes()
}

async function mine(store: TemplateStore, extranonce = 7n) {
  const template = await store.template({ payTo: key.p2wpkh })
  const bytes = extranonceBytes(extranonce)
  const outcome = await store.submitSolution({ id: template.id, header: solved(template, bytes), extranonce: bytes })
  return { template, outcome }
}

test('blocks of templates connect at every height at which the coinbase is written differently', async () => {
  const chain = new TestChain()
  const { store } = storeOn(chain)
  // 1 to 16 by opcodes, then one byte, then two from 128 on.
  for (let height = 1; height <= 130; height++) {
    const { template, outcome } = await mine(store, BigInt(height) << 40n)
    expect([template.height, outcome.status]).toEqual([height, 'connected'])
  }
})

test('a template takes transactions, their fees and their weight; any extranonce gives a valid block', async () => {
  const chain = new TestChain()
  chain.mine({ payTo: key.p2wpkh })
  chain.mineMany(network.coinbaseMaturity)
  const spend = spendCoins([chain.reward(1, key)], [{ value: 4_999_000_000n, scriptPubKey: ANYONE_CAN_SPEND }])
  const after = spendCoins(
    [{ outpoint: { txid: spend.txid, index: 0 }, output: { value: 4_999_000_000n, scriptPubKey: ANYONE_CAN_SPEND } }],
    [{ value: 4_998_500_000n, scriptPubKey: key.p2wpkh }],
  )
  const { store, accepted } = storeOn(chain, {
    select: () => [
      { transaction: spend, fee: 1_000_000n },
      { transaction: after, fee: 500_000n },
    ],
  })
  const { template } = await mine(store, 2n ** 64n - 1n)
  const [block] = accepted
  expect(template).toMatchObject({
    transactions: 3,
    fees: 1_500_000n,
    reward: subsidyAt(network, chain.height) + 1_500_000n,
  })
  expect(block?.weight).toBe(template.weight)
  expect(block?.transactions[0]?.outputs[0]?.value).toBe(template.reward)
})

test('the time is ours, and never before what the rules allow', async () => {
  const chain = new TestChain()
  chain.mineMany(20)
  const { time } = chain.tip.header
  const late = await storeOn(chain, { now: () => time + 5_000 }).store.template({ payTo: ANYONE_CAN_SPEND })
  const early = await storeOn(chain, { now: () => time - 5_000 }).store.template({ payTo: ANYONE_CAN_SPEND })
  expect([late.time, early.time, early.minimumTime]).toEqual([time + 5_000, time + 1, time + 1])
})

test('a solution of a template that is forgotten, or with an extranonce of another length, is stale', async () => {
  const { store } = storeOn(new TestChain())
  const first = await store.template({ payTo: ANYONE_CAN_SPEND })
  const extranonce = extranonceBytes(0n)
  const header = solved(first, extranonce)
  const short = extranonce.subarray(0, EXTRANONCE_BYTES - 1)
  expect(await store.submitSolution({ id: first.id, header, extranonce: short })).toEqual({ status: 'stale' })
  for (let i = 0; i < MAX_REMEMBERED_TEMPLATES; i++) await store.template({ payTo: ANYONE_CAN_SPEND })
  expect(await store.submitSolution({ id: first.id, header, extranonce })).toEqual({ status: 'stale' })
})
