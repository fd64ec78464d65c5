import { describe, expect, test } from 'vitest'
import type { BlockOutcome, HeadersOutcome } from '../chain.ts'
import type { BlockFault } from '../consensus/block-fault.ts'
import { networks } from '../consensus/networks.ts'
import { compactBlockOf, encodeCompactBlock } from '../network/compact-block.ts'
import { answerTo, encodeBlockTransactions } from '../network/compact-block-messages.ts'
import type { Block } from '../primitives/block.ts'
import { displayHash } from '../primitives/hashes.ts'
import type { Transaction } from '../primitives/transaction.ts'
import { withTransactions } from '../test-support/block-builder.ts'
import { maturedChain } from '../test-support/node-bed.ts'
import { TestChain } from '../test-support/test-chain.ts'
import { spendCoins, TestKey } from '../test-support/test-keys.ts'
import { CompactBlockIntake, MAX_HALF_BLOCKS } from './compact-block-intake.ts'

const key = new TestKey(1)
const made = maturedChain(key)
const [first, second] = (() => {
  const one = spendCoins([made.reward(1, key)], [{ value: 4_999_990_000n, scriptPubKey: key.p2wpkh }])
  const output = { outpoint: { txid: one.txid, index: 0 }, output: one.outputs[0] as Transaction['outputs'][0], key }
  return [one, spendCoins([output], [{ value: 4_999_980_000n, scriptPubKey: key.p2wpkh }])] as const
})()
const block = made.fork().mine({ transactions: [first, second] })

function payloadOf(whole: Block): Uint8Array {
  return encodeCompactBlock(compactBlockOf(whole, 7n))
}

function answerOf(whole: Block, indexes: readonly number[]): Uint8Array {
  return encodeBlockTransactions(answerTo({ blockHash: whole.hash, indexes }, whole))
}

interface World {
  readonly mempool: Transaction[]
  readonly accepted: Block[]
  readonly headers: string[]
  searches: number
  tipWork: bigint
  headerOutcome: HeadersOutcome | undefined
  blockOutcome: BlockOutcome | undefined
  known: BlockOutcome | undefined
}

function intakeWith(mempool: Transaction[] = []): World & { readonly intake: CompactBlockIntake } {
  const world: World = {
    ...{ mempool, accepted: [], headers: [], searches: 0, tipWork: 0n },
    ...{ headerOutcome: undefined, blockOutcome: undefined, known: undefined },
  }
  const intake = new CompactBlockIntake({
    acceptHeader(header) {
      world.headers.push(displayHash(header.hash))
      const { hash, work, time, bits } = header
      const last = { hash, work, time, bits, height: 102, medianTimePast: time }
      return world.headerOutcome ?? { status: 'accepted', last, fresh: 1 }
    },
    tipWork: () => world.tipWork,
    known: () => world.known,
    *candidates() {
      world.searches++
      yield* world.mempool
    },
    async acceptBlock(whole) {
      world.accepted.push(whole)
      return world.blockOutcome ?? { status: 'connected', position: { hash: whole.hash, height: 102 } }
    },
  })
  return Object.assign(world, { intake })
}

describe('a compact block', () => {
  test('is put together from the mempool alone', async () => {
    const { intake, accepted } = intakeWith([second, first])
    expect(await intake.accept(payloadOf(block), 'a')).toMatchObject({ status: 'connected' })
    expect(accepted[0]?.bytes()).toEqual(block.bytes())
    expect(intake.size).toBe(0)
  })

  test('asks for what is missing, and is whole with it', async () => {
    const { intake, accepted } = intakeWith([second])
    const missing = await intake.accept(payloadOf(block), 'a')
    expect(missing).toEqual({ status: 'missing', hash: block.hash, indexes: [1] })
    expect([accepted.length, intake.size]).toEqual([0, 1])
    expect(await intake.complete(answerOf(block, [1]), 'a')).toMatchObject({ status: 'connected' })
    expect(accepted[0]?.bytes()).toEqual(block.bytes())
    expect(intake.size).toBe(0)
  })

  test('that comes again before its rest is not searched for again', async () => {
    const world = intakeWith([second])
    const once = await world.intake.accept(payloadOf(block), 'a')
    expect(await world.intake.accept(payloadOf(block), 'a')).toEqual(once)
    expect(world.searches).toBe(1)
  })

  test('whose rest does not fit is asked for whole, and nobody is blamed', async () => {
    for (const answer of [answerOf(block, [2]), answerOf(block, [1, 2]), new Uint8Array(3)]) {
      const { intake, accepted } = intakeWith([second])
      await intake.accept(payloadOf(block), 'a')
      expect(await intake.complete(answer, 'a')).toEqual({ status: 'ask-whole', hash: block.hash })
      expect([accepted.length, intake.size]).toEqual([0, 0])
    }
  })

  test('that was put together wrong is asked for whole; one that breaks a rule is refused', async () => {
    const world = intakeWith([first, second])
    const outcomeOf = async (fault: BlockFault) => {
      world.blockOutcome = { status: 'refused', hash: block.hash, fault }
      return world.intake.accept(payloadOf(block), 'a')
    }
    expect(await outcomeOf({ reason: 'bad-txnmrklroot', kind: 'mutated' })).toMatchObject({ status: 'ask-whole' })
    expect(await outcomeOf({ reason: 'bad-cb-amount', kind: 'invalid' })).toMatchObject({ status: 'refused' })
  })

  test('of a header that is not taken goes no further', async () => {
    const world = intakeWith([first, second])
    world.headerOutcome = { status: 'low-work' }
    expect(await world.intake.accept(payloadOf(block), 'a')).toEqual({ status: 'unwanted' })
    world.headerOutcome = { status: 'unconnected' }
    expect(await world.intake.accept(payloadOf(block), 'a')).toEqual({ status: 'unconnected' })
    const fault: BlockFault = { reason: 'high-hash', kind: 'invalid' }
    world.headerOutcome = { status: 'refused', hash: block.hash, fault }
    expect(await world.intake.accept(payloadOf(block), 'a')).toEqual({ status: 'refused', hash: block.hash, fault })
    expect([world.searches, world.accepted.length]).toEqual([0, 0])
  })

  test('of a chain with less work than ours is not wanted, however it comes', async () => {
    const world = intakeWith([first, second])
    world.tipWork = block.header.work + 1n
    expect(await world.intake.accept(payloadOf(block), 'a')).toEqual({ status: 'unwanted' })
    expect([world.searches, world.accepted.length, world.intake.size]).toEqual([0, 0, 0])
    world.tipWork = block.header.work
    expect(await world.intake.accept(payloadOf(block), 'a')).toMatchObject({ status: 'connected' })
  })

  test('that is here already is known, also when its rest comes late', async () => {
    const world = intakeWith([second])
    await world.intake.accept(payloadOf(block), 'a')
    world.known = { status: 'known', position: { hash: block.hash, height: 102 } }
    expect(await world.intake.complete(answerOf(block, [1]), 'a')).toEqual(world.known)
    expect(await world.intake.accept(payloadOf(block), 'b')).toEqual(world.known)
    expect(world.accepted).toEqual([])
  })

  test('that cannot be read is refused', async () => {
    const { intake, headers } = intakeWith()
    for (const payload of [new Uint8Array(0), payloadOf(block).subarray(0, 95), new Uint8Array(200).fill(0xff)])
      expect(await intake.accept(payload, 'a')).toMatchObject({
        ...{ status: 'refused', fault: { reason: 'bad-cmpctblock' } },
      })
    expect(headers).toEqual([])
  })
})

describe('half blocks', () => {
  test('are one for a peer, the newest, and forgotten with it', async () => {
    const { intake } = intakeWith()
    const other = withTransactions(block, [block.transactions[0] as Transaction, first])
    await intake.accept(payloadOf(block), 'a')
    expect(await intake.accept(payloadOf(other), 'a')).toMatchObject({ status: 'missing', hash: other.hash })
    expect(intake.size).toBe(1)
    intake.forgetPeer('a')
    expect(intake.size).toBe(0)
    expect(await intake.complete(answerOf(other, [1]), 'a')).toEqual({ status: 'unwanted' })
  })

  test('are answered by the peer that was asked only', async () => {
    const { intake } = intakeWith([second])
    await intake.accept(payloadOf(block), 'a')
    expect(await intake.complete(answerOf(block, [1]), 'b')).toEqual({ status: 'unwanted' })
    expect(intake.size).toBe(1)
  })

  test(`are ${MAX_HALF_BLOCKS} at most: the oldest goes`, async () => {
    const { intake } = intakeWith([second])
    for (let i = 0; i < MAX_HALF_BLOCKS + 3; i++) await intake.accept(payloadOf(block), `peer ${i}`)
    expect(intake.size).toBe(MAX_HALF_BLOCKS)
    expect(await intake.complete(answerOf(block, [1]), 'peer 2')).toEqual({ status: 'unwanted' })
    expect(await intake.complete(answerOf(block, [1]), 'peer 3')).toMatchObject({ status: 'connected' })
  })
})

test('the chain of these tests is a good one', () => {
  const check = new TestChain(networks.local)
  for (const each of [...made.blocks.slice(1), block]) expect(check.add(each)).toBeUndefined()
})
