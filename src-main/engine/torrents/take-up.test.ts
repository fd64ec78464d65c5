import { expect, test } from 'vitest'
import { type Clock, MINUTE } from '../../kernel/clock.ts'
import { Simulation } from '../../simulation/simulation.ts'
import { TakeUp, TURN_COUNT, TURN_LIMIT } from './take-up.ts'

const items = (count: number) => new Map(Array.from({ length: count }, (_, n) => [`id ${n}`, n]))

/** `cost`: milliseconds that taking up one seems to need. */
function start(count: number, cost = 0) {
  const sim = new Simulation({ seed: 1 })
  const { clock } = sim.host()
  const taken: number[] = []
  let [spent, done] = [0, 0]
  const busy: Clock = {
    now: () => clock.now() + spent,
    wallTime: () => clock.wallTime(),
    after: (delay, run) => clock.after(delay, run),
    every: (period, run) => clock.every(period, run),
  }
  const takeUp = new TakeUp(
    busy,
    items(count),
    (_id, item) => {
      taken.push(item)
      spent += cost
    },
    () => {
      done++
    },
  )
  const end = async () => {
    takeUp.stop()
    await sim.stop()
  }
  return { sim, takeUp, taken, done: () => done, end }
}

test('the first ones at once, the others turn by turn, in order', async () => {
  const { sim, takeUp, taken, done, end } = start(5 * TURN_COUNT)
  takeUp.start()
  expect(taken).toHaveLength(TURN_COUNT)
  expect([takeUp.size, done()]).toEqual([4 * TURN_COUNT, 0])
  await sim.until(MINUTE, () => done() > 0)
  expect(taken).toEqual([...items(5 * TURN_COUNT).values()])
  expect([takeUp.size, done()]).toEqual([0, 1])
  await end()
})

test('a turn ends when its time is over, though few were taken', async () => {
  const { sim, takeUp, taken, done, end } = start(10, TURN_LIMIT / 2)
  takeUp.start()
  expect(taken).toEqual([0, 1])
  await sim.until(MINUTE, () => done() > 0)
  expect(taken).toHaveLength(10)
  await end()
})

test('one that is asked for comes out of turn, once', async () => {
  const { sim, takeUp, taken, done, end } = start(20 * TURN_COUNT)
  takeUp.start()
  expect(takeUp.has('id 55')).toBe(true)
  takeUp.now('id 55')
  takeUp.now('id 55')
  takeUp.now('nobody')
  expect([takeUp.has('id 55'), taken.at(-1)]).toEqual([false, 55])
  await sim.until(MINUTE, () => done() > 0)
  expect(new Set(taken).size).toBe(taken.length)
  expect(taken).toHaveLength(20 * TURN_COUNT)
  await end()
})

test('none begins after the end', async () => {
  const { sim, takeUp, taken, done, end } = start(20 * TURN_COUNT)
  takeUp.start()
  takeUp.stop()
  await sim.run(MINUTE)
  expect([taken.length, done()]).toEqual([TURN_COUNT, 0])
  await end()
})

test('an empty list is done at once', async () => {
  const { takeUp, done, end } = start(0)
  takeUp.start()
  expect(done()).toBe(1)
  await end()
})
