import { expect, test } from 'vitest'
import { SECOND } from '../kernel/clock.ts'
import { Simulation } from '../simulation/simulation.ts'
import { Heartbeat } from './heartbeat.ts'

test('it beats for all while somebody watches, and leaves no timer behind', async () => {
  const sim = new Simulation({ seed: 1 })
  const heartbeat = new Heartbeat(sim.host().clock)
  const beats = { first: 0, second: 0 }
  const endFirst = heartbeat.add(() => beats.first++)
  await sim.run(2 * SECOND)
  const endSecond = heartbeat.add(() => beats.second++)
  await sim.run(SECOND)
  endFirst()
  endFirst()
  await sim.run(SECOND)
  endSecond()
  expect(beats).toEqual({ first: 3, second: 2 })
  await sim.stop()
})
