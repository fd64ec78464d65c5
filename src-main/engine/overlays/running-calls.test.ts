import { describe, expect, test } from 'vitest'
import { SECOND } from '../../kernel/clock.ts'
import { Simulation } from '../../simulation/simulation.ts'
import { Watchers } from '../watchers.ts'
import { JOIN_WAIT, MAX_RUNNING, RunningCalls } from './running-calls.ts'

function world(ready = true) {
  const sim = new Simulation({ seed: 1 })
  const watchers = new Watchers()
  const over = { ready, watch: (changed: () => void) => watchers.add(changed) }
  const calls = new RunningCalls(sim.host().clock, 'kademlia')
  const state = { begun: 0, cancelled: 0, done: [] as ((result: string) => void)[] }
  const run = () =>
    calls.run<string>(over, (done) => {
      state.begun++
      state.done.push(done)
      return { cancel: () => void state.cancelled++ }
    })
  return { sim, over, watchers, calls, state, run }
}

describe('searches as promises', () => {
  test('one settles with its result, once', async () => {
    const { sim, calls, state, run } = world()
    const call = run()
    await sim.run(0)
    state.done[0]?.('first')
    state.done[0]?.('second')
    calls.abandonAll()
    expect(await call).toBe('first')
    expect([state.cancelled, calls.size]).toEqual([0, 0])
    await sim.stop()
  })

  test('when the nodes go, those under way and those that wait end in words, and nothing is left', async () => {
    const { sim, calls, state, over, run } = world()
    const under = run()
    await sim.run(0)
    over.ready = false
    const waiting = run()
    calls.abandonAll()
    for (const call of [under, waiting])
      await expect(call).rejects.toMatchObject({ code: 'OVERLAY_OFF', message: expect.stringMatching(/try again/) })
    state.done[0]?.('late')
    expect([state.begun, state.cancelled, calls.size]).toEqual([1, 1, 0])
    await sim.stop()
  })

  test('it waits for the first nodes, at most ten seconds', async () => {
    const { sim, state, over, watchers, run } = world(false)
    const [first, second] = [run(), run()]
    await sim.run(SECOND)
    watchers.notify()
    expect(state.begun).toBe(0)
    over.ready = true
    watchers.notify()
    watchers.notify()
    expect(state.begun).toBe(2)
    over.ready = false
    const third = run()
    await sim.run(JOIN_WAIT - 1)
    expect(state.begun).toBe(2)
    await sim.run(1)
    expect(state.begun).toBe(3)
    for (const done of state.done) done('done')
    expect(await Promise.all([first, second, third])).toEqual(['done', 'done', 'done'])
    await sim.stop()
  })

  test('their number is bounded', async () => {
    const { sim, calls, run } = world(false)
    const all = Array.from({ length: MAX_RUNNING }, run)
    await expect(run()).rejects.toMatchObject({ code: 'TOO_MANY_SEARCHES' })
    calls.abandonAll()
    const ended = await Promise.allSettled(all)
    expect(ended.every(({ status }) => status === 'rejected')).toBe(true)
    await sim.stop()
  })
})
