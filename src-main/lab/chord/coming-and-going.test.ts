import { expect, test } from 'vitest'
import { type ComingAndGoingOptions, runComingAndGoing } from './coming-and-going.ts'

const long = process.env.SHOAL_LONG === '1'
const PATIENCE = 120_000
const SHAPE: ComingAndGoingOptions = {
  ...{ nodes: long ? 500 : 200, seed: 1, successors: 16, route: 'fingers', stabilise: 30 },
  ...{ rate: 0.04, minutes: long ? 120 : 15 },
}

test(
  'lookups meet more time-outs the more hosts come and go, and nearly all find their owner',
  async () => {
    const calm = await runComingAndGoing({ ...SHAPE, rate: SHAPE.rate / 10 })
    const busy = await runComingAndGoing(SHAPE)
    expect(busy.arrivals).toBeGreaterThan(5 * calm.arrivals)
    expect(busy.timeouts.mean).toBeGreaterThan(2 * calm.timeouts.mean)
    expect(calm.untroubled).toBeGreaterThan(busy.untroubled)
    expect(calm.success).toBeGreaterThanOrEqual(0.995)
    expect(busy.success).toBeGreaterThanOrEqual(0.98)
    expect(busy.lookups / (SHAPE.minutes * 60)).toBeGreaterThan(0.85)
    expect(busy.lookups / (SHAPE.minutes * 60)).toBeLessThan(1.15)
    expect(busy.bytesPerSecond).toBeGreaterThan(calm.bytesPerSecond * 0.9)
  },
  PATIENCE,
)

test('stabilising more often costs more and helps', async () => {
  const shape = { ...SHAPE, nodes: 100, minutes: 10, rate: 0.05 }
  const [often, seldom] = [
    await runComingAndGoing({ ...shape, stabilise: 10 }),
    await runComingAndGoing({ ...shape, stabilise: 60 }),
  ]
  expect(often.bytesPerSecond).toBeGreaterThan(1.5 * seldom.bytesPerSecond)
  expect(often.timeouts.mean).toBeLessThan(seldom.timeouts.mean)
})

test('repeats by seed, and ends with the reason of its signal', async () => {
  const shape = { ...SHAPE, nodes: 30, minutes: 1 }
  expect(await runComingAndGoing(shape)).toEqual(await runComingAndGoing(shape))
  const stop = new AbortController()
  const watcher = { signal: stop.signal, progress: () => stop.abort(new Error('enough')) }
  await expect(runComingAndGoing(shape, watcher)).rejects.toThrow('enough')
})
