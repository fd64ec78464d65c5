import { describe, expect, test } from 'vitest'
import { targetFromBits } from '../chain/primitives/target.ts'
import { hashesForTarget, MiningMeter, SILENCE_MS } from './meter.ts'

const MAX_TARGET = 2n ** 256n - 1n

/** A hash that is this number. */
function hashOf(number: bigint): Uint8Array {
  const hex = number.toString(16).padStart(64, '0')
  return Uint8Array.from(hex.match(/../g) as string[], (byte) => Number.parseInt(byte, 16)).reverse()
}

/** A meter that gets `perSecond` in reports each 250 ms, from `from` on. */
function mine(meter: MiningMeter, perSecond: number, from: number, seconds: number): number {
  let now = from
  for (let i = 0; i < seconds * 4; i++) {
    now += 250
    meter.add({ attempts: perSecond / 4, best: undefined }, now)
  }
  return now
}

describe('hashes for a target', () => {
  test.each([
    [MAX_TARGET, 1],
    [(MAX_TARGET - 1n) / 2n, 2],
    [2n ** 224n - 1n, 2 ** 32],
    [0n, 2 ** 256],
  ])('%s takes %d', (target, hashes) => expect(hashesForTarget(target)).toBe(hashes))

  test("Bitcoin's first difficulty, and that of our networks", () => {
    expect(hashesForTarget(targetFromBits(0x1d00ffff) as bigint)).toBeCloseTo(4_295_032_833, 0)
    expect(hashesForTarget(targetFromBits(0x1d3fffff) as bigint)).toBeCloseTo(67_108_880, 0)
    expect(hashesForTarget(targetFromBits(0x207fffff) as bigint)).toBeCloseTo(2.0000002, 6)
  })
})

describe('the meter', () => {
  test('has nothing to say before the first report', () => {
    const meter = new MiningMeter()
    expect(meter.rate(0)).toBe(0)
    expect(meter.expectedSeconds(0)).toBeUndefined()
    expect(meter.bestShare).toBe(0)
    meter.start(0)
    expect(meter.rate(100)).toBe(0)
  })

  test('shows a steady rate from the first report on', () => {
    const meter = new MiningMeter()
    meter.start(1_000)
    meter.add({ attempts: 250_000, best: undefined }, 1_250)
    expect(meter.rate(1_250)).toBeCloseTo(1_000_000)
    const now = mine(meter, 1_000_000, 1_250, 60)
    expect(meter.rate(now)).toBeCloseTo(1_000_000)
    expect(meter.attempts).toBe(60_250_000)
  })

  test('follows a change within some ten seconds, without jumps', () => {
    const meter = new MiningMeter()
    meter.start(0)
    let now = mine(meter, 8_000_000, 0, 30)
    let before = meter.rate(now)
    for (let i = 0; i < 80; i++) {
      now = mine(meter, 2_000_000, now, 0.25)
      const rate = meter.rate(now)
      expect(rate).toBeLessThan(before)
      expect(rate).toBeGreaterThan(before * 0.9)
      before = rate
    }
    expect(before).toBeLessThan(2_400_000)
  })

  test('averages bursts: a small share works in batches seconds apart', () => {
    const meter = new MiningMeter()
    meter.start(0)
    for (let now = 3_000; now <= 120_000; now += 3_000) meter.add({ attempts: 240_000, best: undefined }, now)
    expect(meter.rate(120_000)).toBeCloseTo(80_000)
    expect(meter.rate(122_000)).toBeCloseTo(80_000)
  })

  test('the rate is zero after a stop, and after a silence', () => {
    const meter = new MiningMeter()
    meter.start(0)
    const now = mine(meter, 1_000, 0, 10)
    expect(meter.rate(now + SILENCE_MS)).toBeGreaterThan(0)
    expect(meter.rate(now + SILENCE_MS + 1)).toBe(0)
    meter.stop()
    expect(meter.rate(now)).toBe(0)
    // What a thread says as it stops still counts as tried.
    meter.add({ attempts: 50, best: undefined }, now + 10)
    expect(meter.attempts).toBe(10_050)
    expect(meter.rate(now + 10)).toBe(0)
  })

  test('a rest does not count as time of slow mining', () => {
    const meter = new MiningMeter()
    meter.start(0)
    const now = mine(meter, 1_000, 0, 10)
    meter.stop()
    meter.start(now + 3_600_000)
    expect(meter.rate(now + 3_600_000)).toBe(0)
    mine(meter, 1_000, now + 3_600_000, 1)
    expect(meter.rate(now + 3_601_000)).toBeCloseTo(1_000)
  })

  test('a clock that stands still divides by nothing', () => {
    const meter = new MiningMeter()
    meter.start(5)
    meter.add({ attempts: 10, best: undefined }, 5)
    meter.add({ attempts: 10, best: undefined }, 4)
    expect(meter.rate(5)).toBe(0)
    expect(meter.attempts).toBe(20)
  })

  test('expects a block after the hashes of its target at the present rate', () => {
    const meter = new MiningMeter()
    meter.start(0)
    meter.setTarget(2n ** 236n - 1n)
    const now = mine(meter, 2 ** 16, 0, 10)
    expect(meter.expectedSeconds(now)).toBeCloseTo(16)
    meter.setTarget(2n ** 235n - 1n)
    expect(meter.expectedSeconds(now)).toBeCloseTo(32)
    meter.stop()
    expect(meter.expectedSeconds(now)).toBeUndefined()
  })

  test('counts the blocks that luck owes, each hash at the target of its time', () => {
    const meter = new MiningMeter()
    meter.start(0)
    meter.add({ attempts: 100, best: undefined }, 1)
    expect(meter.expectedBlocks).toBe(0)
    meter.setTarget(2n ** 248n - 1n)
    meter.add({ attempts: 512, best: undefined }, 2)
    meter.setTarget(2n ** 247n - 1n)
    meter.add({ attempts: 512, best: undefined }, 3)
    expect(meter.expectedBlocks).toBe(3)
    meter.blockFound()
    expect(meter.blocksFound).toBe(1)
  })

  test('keeps the best share', () => {
    const meter = new MiningMeter()
    const add = (number: bigint) => meter.add({ attempts: 1, best: hashOf(number) }, 0)
    add(2n ** 250n - 1n)
    expect(meter.bestShare).toBe(64)
    add(2n ** 255n)
    expect(meter.bestHash).toBe(2n ** 250n - 1n)
    add(2n ** 240n - 1n)
    expect(meter.bestShare).toBe(65_536)
  })
})
