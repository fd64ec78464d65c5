import { expect, test } from 'vitest'
import { type Clock, MINUTE } from '../../kernel/clock.ts'
import { Simulation } from '../../simulation/simulation.ts'
import { InTurns, TURN_COUNT, TURN_LIMIT } from './in-turns.ts'

const items = (count: number) => new Map(Array.from({ length: count }, (_, n) => [`id ${n}`, n]))

/** `cost`: milliseconds that one seems to need. */
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
  const inTurns = new InTurns(
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
    inTurns.stop()
    await sim.stop()
  }
  return { sim, inTurns, taken, done: () => done, end }
}

test('the first ones at once, the others turn by turn, in order', async () => {
  const { sim, inTurns, taken, done, end } = start(5 * TURN_COUNT)
  inTurns.start()
  expect(taken).toHaveLength(TURN_COUNT)
  expect([inTurns.size, done()]).toEqual([4 * TURN_COUNT, 0])
  await sim.until(MINUTE, () => done() > 0)
  expect(taken).toEqual([...items(5 * TURN_COUNT).values()])
  expect([inTurns.size, done()]).toEqual([0, 1])
  await end()
})

test('a turn ends when its time is over, though few were taken', async () => {
  const { sim, inTurns, taken, done, end } = start(10, TURN_LIMIT / 2)
  inTurns.start()
  expect(taken).toEqual([0, 1])
  await sim.until(MINUTE, () => done() > 0)
  expect(taken).toHaveLength(10)
  await end()
})

test('one that is asked for comes out of turn, once', async () => {
  const { sim, inTurns, taken, done, end } = start(20 * TURN_COUNT)
  inTurns.start()
  expect(inTurns.has('id 55')).toBe(true)
  inTurns.now('id 55')
  inTurns.now('id 55')
  inTurns.now('nobody')
  expect([inTurns.has('id 55'), taken.at(-1)]).toEqual([false, 55])
  await sim.until(MINUTE, () => done() > 0)
  expect(new Set(taken).size).toBe(taken.length)
  expect(taken).toHaveLength(20 * TURN_COUNT)
  await end()
})

test('none begins after the end, which whoever waits is told once', async () => {
  const { sim, inTurns, taken, done, end } = start(20 * TURN_COUNT)
  inTurns.start()
  inTurns.stop()
  await sim.run(MINUTE)
  inTurns.stop()
  expect([taken.length, done()]).toEqual([TURN_COUNT, 1])
  await end()
})

test('an empty list is done at once', async () => {
  const { inTurns, done, end } = start(0)
  inTurns.start()
  expect(done()).toBe(1)
  await end()
})
