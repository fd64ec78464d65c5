import { expect, test } from 'vitest'
import { Simulation } from '../../simulation/simulation.ts'
import { Patience } from './patience.ts'

test('is over when nothing has moved for its limit, counted from the last move', async () => {
  const sim = new Simulation({ seed: 1 })
  const { clock } = sim.host()
  const patience = new Patience(clock, 1_000, new AbortController().signal)
  await sim.run(900)
  patience.renew()
  await sim.run(900)
  expect(patience.signal.aborted).toBe(false)
  await sim.run(200)
  expect(patience.signal.reason).toMatchObject({ code: 'TIMED_OUT' })
  patience.renew()
  patience.end()
  await sim.stop()
})

test('a stop, also one before it began, and a failure abort it; after its end nothing does', async () => {
  const sim = new Simulation({ seed: 1 })
  const { clock } = sim.host()
  const stop = new AbortController()
  const [first, second] = [new Patience(clock, 1_000, stop.signal), new Patience(clock, 1_000, stop.signal)]
  second.end()
  stop.abort()
  expect(first.signal.reason).toMatchObject({ code: 'INTERRUPTED' })
  expect(second.signal.aborted).toBe(false)
  expect(new Patience(clock, 1_000, stop.signal).signal.aborted).toBe(true)
  await sim.stop()
})
