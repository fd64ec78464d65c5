import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../kernel/clock.ts'
import { Choker, type ChokerPeer, NEW_PEER, OPTIMISTIC_ROUNDS, ROUND, SEED_TURN } from './choker.ts'
import { runs, SeededRandom } from './test-support.ts'

type Facts = { -readonly [K in keyof ChokerPeer]: ChokerPeer[K] } & { name: string }

function peer(name: string, facts: Partial<ChokerPeer> = {}): Facts {
  const base = { peerInterested: true, snubbed: false, downRate: 0, upRate: 0, amChoking: true }
  return { name, ...base, chokeChangedAt: 0, connectedAt: -MINUTE, ...facts }
}

function crowd(count: number, facts: (i: number) => Partial<ChokerPeer> = () => ({})): Facts[] {
  return Array.from({ length: count }, (_, i) => peer(String(i), facts(i)))
}

function apply(peers: readonly Facts[], chosen: ReadonlySet<Facts>, now: number): void {
  for (const one of peers) {
    if (one.amChoking !== chosen.has(one)) continue
    one.amChoking = !one.amChoking
    one.chokeChangedAt = now
  }
}

describe('while downloading', () => {
  test('the four that give most, and one optimistic', () => {
    const peers = crowd(12, (i) => ({ downRate: i * 1_000 }))
    const choker = new Choker<Facts>(new SeededRandom(1))
    const chosen = choker.round(peers, false, 0)
    expect(chosen.size).toBe(5)
    for (const name of ['8', '9', '10', '11']) expect([...chosen].map((p) => p.name)).toContain(name)
    expect([...chosen].filter((p) => Number(p.name) < 8)).toEqual([choker.optimistic])
  })

  test('nobody who is not interested; a snubbing peer only by luck', () => {
    const peers = [
      peer('idle', { peerInterested: false, downRate: 9 }),
      peer('snubbing', { snubbed: true, downRate: 9 }),
      peer('a'),
    ]
    const choker = new Choker<Facts>(new SeededRandom(1))
    const chosen = choker.round(peers, false, 0)
    expect([...chosen].map((p) => p.name).sort()).toEqual(['a', 'snubbing'])
    expect(choker.optimistic?.name).toBe('snubbing')
  })

  test('the optimistic slot moves every third round', () => {
    const peers = crowd(12, (i) => ({ downRate: i * 1_000 }))
    const choker = new Choker<Facts>(new SeededRandom(1))
    const held = Array.from({ length: 90 }, (_, round) => {
      apply(peers, choker.round(peers, false, round * ROUND), round * ROUND)
      return choker.optimistic?.name
    })
    for (let i = 1; i < held.length; i++) expect(held[i] === held[i - 1]).toBe(i % OPTIMISTIC_ROUNDS !== 0)
    expect(new Set(held).size).toBeGreaterThan(5)
  })

  test('a new peer has three times the chance of an old one', () => {
    const random = new SeededRandom(3)
    let fresh = 0
    for (let i = 0; i < 2_000; i++) {
      const peers = [peer('new', { connectedAt: 0 }), peer('old', { connectedAt: -NEW_PEER })]
      const choker = new Choker<Facts>(random, 1)
      choker.round([...peers, peer('generous', { downRate: 1 })], false, 0)
      if (choker.optimistic?.name === 'new') fresh++
    }
    expect(fresh).toBeGreaterThan(1_400)
    expect(fresh).toBeLessThan(1_600)
  })
})

test('a peer that gives is drawn more often than one that never did', () => {
  const random = new SeededRandom(4)
  let giving = 0
  for (let i = 0; i < 2_000; i++) {
    const choker = new Choker<Facts>(random, 1)
    choker.round([peer('gives', { downRate: 1 }), peer('takes'), peer('generous', { downRate: 2 })], false, 0)
    if (choker.optimistic?.name === 'gives') giving++
  }
  expect(giving).toBeGreaterThan(1_400)
  expect(giving).toBeLessThan(1_600)
})

describe('while seeding', () => {
  test('of the holders those that take fastest stay', () => {
    const peers = crowd(5, (i) => ({ amChoking: false, upRate: 1_000 - i }))
    const choker = new Choker<Facts>(new SeededRandom(1), 3)
    const chosen = choker.round(peers, true, SECOND)
    for (const name of ['0', '1', '2']) expect([...chosen].map((p) => p.name)).toContain(name)
  })

  test('everybody gets turns, however slow', () => {
    const peers = crowd(20)
    const choker = new Choker<Facts>(new SeededRandom(1))
    const rounds = new Map<string, number>()
    for (let now = 0; now < 30 * MINUTE; now += ROUND) {
      for (const one of peers) one.upRate = one.amChoking ? 0 : 1_000 * (Number(one.name) + 1)
      apply(peers, choker.round(peers, true, now), now)
      for (const one of peers) if (!one.amChoking) rounds.set(one.name, (rounds.get(one.name) ?? 0) + 1)
    }
    const held = peers.map((one) => rounds.get(one.name) ?? 0)
    expect(Math.min(...held)).toBeGreaterThanOrEqual(SEED_TURN / ROUND)
    expect(Math.max(...held) / Math.min(...held)).toBeLessThan(4)
  })

  test('a holder stays when nobody waits', () => {
    const one = peer('only', { amChoking: false })
    expect(new Choker<Facts>(new SeededRandom(1)).round([one], true, 10 * SEED_TURN)).toEqual(new Set([one]))
  })
})

test('free slots are given away at once, full ones not', () => {
  const choker = new Choker<Facts>(new SeededRandom(1), 2)
  const peers = crowd(5)
  const given = choker.fill(peers)
  expect(given).toHaveLength(3)
  for (const one of given) one.amChoking = false
  expect(choker.fill(peers)).toEqual([])
  ;(given[0] as Facts).peerInterested = false
  expect(choker.fill(peers)).toHaveLength(1)
})

test('without slots nobody gets anything', () => {
  const choker = new Choker<Facts>(new SeededRandom(1), 0)
  expect(choker.round(crowd(5), false, 0).size).toBe(0)
  expect(choker.fill(crowd(5))).toEqual([])
})

test('never more than the slots, never a peer that wants nothing, never an empty slot while someone wants one', () => {
  const facts = fc.record({
    peerInterested: fc.boolean(),
    snubbed: fc.boolean(),
    downRate: fc.nat({ max: 5 }),
    upRate: fc.nat({ max: 5 }),
    connectedAt: fc.nat({ max: 100_000 }),
  })
  fc.assert(
    fc.property(
      fc.array(fc.array(facts, { maxLength: 12 }), { maxLength: 20 }),
      fc.boolean(),
      fc.integer({ min: 1, max: 6 }),
      (all, seeding, slots) => {
        const choker = new Choker<Facts>(new SeededRandom(slots), slots)
        const peers = crowd(12)
        all.forEach((changes, round) => {
          changes.forEach((change, i) => void Object.assign(peers[i] as Facts, change))
          const chosen = choker.round(peers, seeding, round * ROUND)
          apply(peers, chosen, round * ROUND)
          const wanting = peers.filter((one) => one.peerInterested)
          const eligible = wanting.filter((one) => seeding || !one.snubbed)
          expect(chosen.size).toBeLessThanOrEqual(slots + 1)
          expect([...chosen].every((one) => one.peerInterested)).toBe(true)
          expect(chosen.size).toBe(
            Math.min(slots, eligible.length) + (wanting.length > Math.min(slots, eligible.length) ? 1 : 0),
          )
        })
      },
    ),
    runs(200),
  )
})
