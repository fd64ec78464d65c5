/** Two rings as one: what each finds is joined, and whoever is removed is not waited for. */
import { expect, test } from 'vitest'
import { Chord } from './chord.ts'
import type { ChordSearchResult } from './overlay.ts'
import { RingId } from './ring-id.ts'
import { HostWorld, type SimHost } from './test-support/host-world.ts'

const MINUTE = 60_000
const TARGET = RingId.fromHex('00112233445566778899aabbccddeeff00112233')
const V4 = { at: { host: '45.0.0.1', port: 6881 } }
const V6 = { at: { host: '2a01:4f8::1', port: 6881 } }

/** A host of each family, both members, the second of its ring perhaps slow. */
function dual(): { world: HostWorld; four: SimHost; six: SimHost; chord: Chord } {
  const world = new HostWorld({ seed: 1 })
  const [four, six] = [world.make(V4), world.make(V6)]
  for (const { node } of [four, six]) node.start()
  world.run(1_000)
  const chord = new Chord(world.clock)
  chord.add(four.node)
  chord.add(six.node)
  return { world, four, six, chord }
}

test('a search runs in both families, and its result names the owners of both', () => {
  const { world, chord } = dual()
  const results: ChordSearchResult[] = []
  chord.lookUp(TARGET, {}, (result) => results.push(result))
  expect(results).toEqual([])
  world.run(MINUTE)
  expect(results).toHaveLength(1)
  const hosts = new Set(results[0]?.owners.map(({ endpoint }) => endpoint.host))
  expect(hosts).toEqual(new Set([V4.at.host, V6.at.host]))
})

test('a node that is removed in the middle of a search is not waited for', () => {
  const { world, chord, four, six } = dual()
  const results: ChordSearchResult[] = []
  chord.lookUp(TARGET, {}, (result) => results.push(result))
  chord.remove(six.node)
  world.run(MINUTE)
  expect(new Set(results[0]?.owners.map(({ endpoint }) => endpoint.host))).toEqual(new Set([V4.at.host]))
  chord.remove(four.node)
  chord.lookUp(TARGET, {}, (result) => results.push(result))
  world.run(1)
  expect(results[1]).toMatchObject({ owners: [], cost: { requests: 0 } })
  expect(chord.ready).toBe(false)
})

test('a search that is cancelled reports nothing; one without a node ends with nothing', () => {
  const { world, chord } = dual()
  const results: unknown[] = []
  const request = chord.lookUp(TARGET, { stepped: (step) => results.push(step) }, (result) => results.push(result))
  request.cancel()
  world.run(MINUTE)
  expect(results).toEqual([])
  const empty = new Chord(world.clock)
  empty.get(TARGET, {}, (report) => results.push(report))
  expect(results).toEqual([])
  world.run(1)
  expect(results).toMatchObject([{ item: undefined, holders: 0 }])
})

test('watchers hear of a node that becomes ready, until they stop watching', () => {
  const world = new HostWorld({ seed: 2 })
  const chord = new Chord(world.clock)
  const host = world.make(V4)
  let calls = 0
  const unwatch = chord.watch(() => {
    calls += 1
  })
  chord.add(host.node)
  expect(chord.ready).toBe(false)
  host.node.start()
  world.run(100)
  expect(chord.ready).toBe(true)
  const before = calls
  expect(before).toBeGreaterThan(1)
  unwatch()
  chord.remove(host.node)
  expect(calls).toBe(before)
})
