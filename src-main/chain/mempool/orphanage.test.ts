import { describe, expect, test } from 'vitest'
import type { Transaction } from '../primitives/transaction.ts'
import { free, MempoolFixture, pay, spend, split } from '../test-support/mempool-fixture.ts'
import { coinOf, type OwnedCoin, TestKey, withFields } from '../test-support/test-keys.ts'
import { MAX_ORPHAN_LATENCY, MAX_ORPHAN_WEIGHT_PER_PEER, ORPHAN_EXPIRY_SECONDS, Orphanage } from './orphanage.ts'

const FEE = 1_000

/** An orphan of its own with so many inputs and outputs. */
function orphan(number: number, inputs = 1, outputs = 1): Transaction {
  const coins = Array.from({ length: inputs }, (_, index): OwnedCoin => {
    const txid = new Uint8Array(32)
    new DataView(txid.buffer).setUint32(0, number)
    return { outpoint: { txid, index }, output: free(10_000_000) }
  })
  return spend(
    coins,
    Array.from({ length: outputs }, () => free(1_000)),
  )
}

describe('shares', () => {
  test('a peer has room for its weight, and its oldest goes', () => {
    const orphanage = new Orphanage()
    const large = [1, 2, 3, 4].map((n) => orphan(n, 1, 790))
    const { weight } = large[0] as Transaction
    expect(weight * 3).toBeLessThan(MAX_ORPHAN_WEIGHT_PER_PEER)
    expect(weight * 4).toBeGreaterThan(MAX_ORPHAN_WEIGHT_PER_PEER)
    const other = orphan(9)
    orphanage.add(other, 'b', 0)
    for (const transaction of large) orphanage.add(transaction, 'a', 0)
    expect([...large, other].map(({ wtxid }) => orphanage.has(wtxid))).toEqual([false, true, true, true, true])
    expect(orphanage.weightOf('a')).toBe(3 * weight)
  })

  test('one peer cannot drive out what another sent', () => {
    const orphanage = new Orphanage()
    const honest = Array.from({ length: 100 }, (_, n) => orphan(n))
    for (const transaction of honest) orphanage.add(transaction, 'honest', 0)
    for (let n = 0; n < 2 * MAX_ORPHAN_LATENCY; n++) orphanage.add(orphan(1_000 + n), `flood ${n % 5}`, 1)
    expect(honest.every(({ wtxid }) => orphanage.has(wtxid))).toBe(true)
    expect(orphanage.latency).toBeLessThanOrEqual(MAX_ORPHAN_LATENCY)
    expect(orphanage.size).toBe(MAX_ORPHAN_LATENCY)
  })

  test('inputs count for the time that trying takes', () => {
    const orphanage = new Orphanage()
    orphanage.add(orphan(1, 9), 'a', 0)
    expect(orphanage.latency).toBe(1)
    orphanage.add(orphan(2, 10), 'a', 0)
    expect(orphanage.latency).toBe(3)
    orphanage.add(orphan(2, 10), 'b', 0)
    expect(orphanage.latency).toBe(5)
    expect(orphanage.size).toBe(2)
  })

  test('many peers with many orphans stay within all bounds', () => {
    const orphanage = new Orphanage()
    for (let n = 0; n < 1_500; n++) orphanage.add(orphan(n, 1 + (n % 40)), `peer ${n % 125}`, 0)
    expect(orphanage.latency).toBeLessThanOrEqual(MAX_ORPHAN_LATENCY)
    for (let peer = 0; peer < 125; peer++) {
      expect(orphanage.weightOf(`peer ${peer}`)).toBeLessThanOrEqual(MAX_ORPHAN_WEIGHT_PER_PEER)
      orphanage.forgetPeer(`peer ${peer}`)
    }
    expect([orphanage.size, orphanage.latency]).toEqual([0, 0])
  })

  test('an orphan goes with the last peer that sent it, or with its age', () => {
    const orphanage = new Orphanage()
    const [one, two] = [orphan(1), orphan(2)]
    orphanage.add(one, 'a', 0)
    orphanage.add(one, 'b', 100)
    orphanage.add(two, 'a', 100)
    orphanage.forgetPeer('a')
    expect([one, two].map(({ wtxid }) => orphanage.has(wtxid))).toEqual([true, false])
    orphanage.expire(99 + ORPHAN_EXPIRY_SECONDS)
    expect(orphanage.has(one.wtxid)).toBe(true)
    orphanage.expire(100 + ORPHAN_EXPIRY_SECONDS)
    expect(orphanage.size).toBe(0)
  })

  test('what spends the same as a block is dropped', () => {
    const orphanage = new Orphanage()
    const [one, rival, other] = [orphan(1), orphan(1, 2), orphan(2)] as const
    for (const transaction of [one, rival, other]) orphanage.add(transaction, 'a', 0)
    orphanage.removeConflicts(one)
    expect([one, rival, other].map(({ wtxid }) => orphanage.has(wtxid))).toEqual([false, false, true])
  })

  test('each is given out once for each parent that comes', () => {
    const orphanage = new Orphanage()
    const parent = orphan(1, 1, 2)
    const children = [0, 1].map((index) => pay([{ ...coinOf(parent, index), output: free(50_000) }], FEE))
    for (const child of children) orphanage.add(child, 'a', 0)
    orphanage.parentCame(orphan(2))
    expect(orphanage.hasReady).toBe(false)
    orphanage.parentCame(parent)
    expect([orphanage.takeReady(), orphanage.takeReady()].map((ready) => ready?.transaction)).toEqual(children)
    expect(orphanage.takeReady()).toBeUndefined()
    expect(orphanage.size).toBe(2)
  })
})

describe('in the mempool', () => {
  test('an orphan is taken when its parent comes, and what waits for it after that', async () => {
    const fixture = new MempoolFixture()
    const parent = pay([fixture.coin(1)], FEE)
    const child = pay([coinOf(parent, 0)], FEE)
    const grandchild = pay([coinOf(child, 0)], FEE)
    expect(await fixture.accept(grandchild, 'a')).toEqual({
      status: 'orphan',
      txid: grandchild.txid,
      parents: [child.txid],
    })
    expect(await fixture.verdict(child, 'b')).toBe('orphan')
    expect(fixture.mempool.knows(child.wtxid)).toBe(true)
    expect(fixture.mempool.summary().orphans).toBe(2)
    expect(await fixture.verdict(parent, 'c')).toBe('accepted')
    await fixture.settled()
    expect([child, grandchild].map((transaction) => fixture.has(transaction))).toEqual([true, true])
    expect(fixture.mempool.summary().orphans).toBe(0)
  })

  test('a parent may come in a block', async () => {
    const fixture = new MempoolFixture()
    const parent = pay([fixture.coin(1)], FEE)
    const child = pay([coinOf(parent, 0)], FEE)
    await fixture.accept(child, 'a')
    fixture.mine([parent])
    await fixture.settled()
    expect(fixture.has(child)).toBe(true)
  })

  test('orphans without end make no work without end: each is looked at once for a parent', async () => {
    const fixture = new MempoolFixture()
    const parents = [1, 2].map((n) => split([fixture.coin(n)], 60, 10_000))
    // All spend the same output of the second parent: one of them can be taken.
    const children = Array.from({ length: 60 }, (_, n) =>
      pay([coinOf(parents[0] as Transaction, n), coinOf(parents[1] as Transaction, 0)], FEE),
    )
    for (const child of children) expect(await fixture.verdict(child, 'a')).toBe('orphan')
    await fixture.acceptAll(parents)
    await fixture.settled()
    expect(fixture.mempool.size).toBe(3)
    expect(fixture.refusedOrphans).toHaveLength(59)
    expect(fixture.refusedOrphans.every(({ reason, kind }) => reason === 'insufficient fee' && kind === 'policy')).toBe(
      true,
    )
  })

  test('those who sent an orphan that is invalid are named', async () => {
    const fixture = new MempoolFixture()
    const key = new TestKey(1)
    const parent = spend([fixture.coin(1)], [{ value: 100_000n, scriptPubKey: key.p2wpkh }])
    const good = spend([coinOf(parent, 0, key)], [free(50_000)])
    const forged = withFields(good, { outputs: [free(50_001)] })
    await fixture.accept(forged, 'a')
    await fixture.accept(forged, 'b')
    await fixture.accept(parent, 'c')
    await fixture.settled()
    expect(fixture.refusedOrphans).toMatchObject([{ txid: forged.txid, kind: 'invalid', peers: ['a', 'b'] }])
    expect(fixture.mempool.summary().orphans).toBe(0)
    expect(await fixture.verdict(forged, 'a')).toMatch('invalid')
  })

  test('the child of one that was refused is refused, until the next block', async () => {
    const fixture = new MempoolFixture()
    const parent = pay([fixture.coin(1)], 1)
    const child = pay([coinOf(parent, 0)], FEE)
    expect(await fixture.verdict(parent, 'a')).toBe('policy: min relay fee not met')
    expect(await fixture.verdict(child, 'a')).toBe('policy: bad-txns-inputs-missingorspent')
    fixture.mine()
    expect(await fixture.verdict(child, 'a')).toBe('orphan')
  })

  test('what spends an output of a new block that is spent is no orphan', async () => {
    const fixture = new MempoolFixture()
    const parent = pay([fixture.coin(1)], FEE)
    fixture.mine([parent, pay([coinOf(parent, 0)], FEE)])
    expect(await fixture.verdict(pay([coinOf(parent, 0)], 5 * FEE), 'a')).toBe('policy: bad-txns-inputs-missingorspent')
  })

  test('a peer that leaves takes its orphans along', async () => {
    const fixture = new MempoolFixture()
    const parent = pay([fixture.coin(1)], FEE)
    await fixture.accept(pay([coinOf(parent, 0)], FEE), 'a')
    fixture.mempool.forgetPeer('a')
    await fixture.accept(parent, 'b')
    await fixture.settled()
    expect(fixture.mempool.size).toBe(1)
  })
})
