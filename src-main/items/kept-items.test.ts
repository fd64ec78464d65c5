import { describe, expect, test } from 'vitest'
import { encodeBencode } from '../codec/bencode.ts'
import { HOUR, MINUTE, SECOND } from '../kernel/clock.ts'
import type { PutReport } from '../kernel/key-value-store.ts'
import { Simulation } from '../simulation/simulation.ts'
import { itemKey } from './item.ts'
import { AT_ONCE, type KeepingStore, KeptItems, MAX_KEPT } from './kept-items.ts'

const item = (n: number) => ({ kind: 'immutable', value: encodeBencode(n) }) as const

/** An overlay whose searches take a second; the test says what comes of them. */
function world() {
  const sim = new Simulation({ seed: 111 })
  const { clock, random } = sim.host('here')
  const state = {
    ready: true,
    stored: 8,
    holders: ['one', 'two'],
    puts: [] as number[],
    looks: 0,
    open: 0,
    most: 0,
  }
  const later = (end: () => void) => {
    state.open++
    state.most = Math.max(state.most, state.open)
    return clock.after(SECOND, () => {
      state.open--
      end()
    })
  }
  const store: KeepingStore = {
    get ready() {
      return state.ready
    },
    put: (put, done) => {
      state.puts.push(sim.elapsed)
      const offered = state.holders
      const cost = { hops: 1, requests: 1, timeouts: 0, took: 1 }
      return later(() => done({ target: itemKey(put), stored: state.stored, refused: new Map(), cost }, offered))
    },
    holders: (_target, done) => {
      state.looks++
      return later(() => done(state.holders))
    },
  }
  const reports: PutReport[] = []
  const kept = new KeptItems({ store: () => store, clock, random, put: (_target, report) => reports.push(report) })
  return { sim, state, kept, reports }
}

describe('an item that is kept', () => {
  test('is put at once and then each hour, and its nearest nodes are looked at in between', async () => {
    const { sim, state, kept, reports } = world()
    kept.keep(item(1))
    await sim.run(5 * HOUR)
    expect(state.puts.length).toBeGreaterThanOrEqual(5)
    expect(state.puts.length).toBeLessThanOrEqual(6)
    expect(state.looks).toBeGreaterThan(20)
    expect(reports).toHaveLength(state.puts.length)
    kept.stop()
    await sim.stop()
  })

  test('is put again soon when another node is nearest, or when nobody took it', async () => {
    const { sim, state, kept } = world()
    kept.keep(item(1))
    await sim.run(MINUTE)
    state.holders = ['three', 'one']
    await sim.run(11 * MINUTE)
    expect(state.puts).toHaveLength(2)
    const other = world()
    other.state.stored = 0
    other.kept.keep(item(1))
    await other.sim.run(10 * MINUTE)
    expect(other.state.puts.length).toBeGreaterThanOrEqual(3)
    expect(other.state.puts.length).toBeLessThanOrEqual(5)
    for (const each of [kept, other.kept]) each.stop()
  })

  test('waits while there is nobody to ask', async () => {
    const { sim, state, kept } = world()
    state.ready = false
    kept.keep(item(1))
    await sim.run(10 * MINUTE)
    expect(state.puts).toEqual([])
    state.ready = true
    await sim.run(2 * MINUTE)
    expect(state.puts).toHaveLength(1)
    kept.stop()
  })

  test('that has just been put by somebody else is not put twice', async () => {
    const { sim, state, kept } = world()
    kept.keep(item(1), 8)
    expect(kept.list()).toEqual([{ target: itemKey(item(1)), item: item(1), stored: 8 }])
    await sim.run(5 * MINUTE)
    expect(state.puts).toEqual([])
    kept.release(itemKey(item(1)))
    await sim.run(3 * HOUR)
    expect([state.puts, kept.list()]).toEqual([[], []])
  })
})

test('so many are kept, a few at a time are put', async () => {
  const { sim, state, kept } = world()
  for (let n = 0; n < MAX_KEPT; n++) expect(kept.keep(item(n))).toBe(true)
  expect(kept.keep(item(MAX_KEPT))).toBe(false)
  expect(kept.keep(item(0))).toBe(true)
  await sim.run(5 * MINUTE)
  expect(state.most).toBe(AT_ONCE)
  expect(kept.list().every(({ stored }) => stored === 8)).toBe(true)
  kept.stop()
  await sim.run(3 * HOUR)
  expect(state.open).toBeLessThanOrEqual(AT_ONCE)
})
