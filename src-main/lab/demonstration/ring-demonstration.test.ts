/** The literature's ring in the very simulation that people watch: what it opens with, and what becomes of it when 26 joins. */
import { beforeEach, describe, expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../kernel/clock.ts'
import { MAX_EVENTS, type NodePicture, type RingPicture } from './pictures.ts'
import { anotherRing, RingDemonstration } from './ring-demonstration.ts'
import { SHOWN_AFTER_END } from './walk.ts'

let example: RingDemonstration
beforeEach(() => {
  example = new RingDemonstration()
})

const node = (id: number, picture: RingPicture = example.picture()) =>
  picture.nodes.find((one) => one.id === id) as NodePicture
const fingers = (id: number) => node(id).fingers.map((finger) => finger.node)
const starts = (id: number) => node(id).fingers.map(({ start }) => start)
const news = () =>
  example
    .picture()
    .events.filter(({ kind }) => kind === 'news')
    .map(({ words }) => words)
const owners = (key: number) =>
  example
    .picture()
    .nodes.filter(({ owns }) => owns.includes(key))
    .map(({ id }) => id)
/** Steps until what was done has been told, at most so many times. */
function stepUntil(wanted: RegExp, limit = 200): void {
  for (let i = 0; i < limit && !wanted.test(news().at(-1) ?? ''); i++) example.act({ kind: 'step', routine: false })
  expect(news().at(-1)).toMatch(wanted)
}

describe('the opening state', () => {
  test('eight nodes with their pointers', () => {
    const { nodes, ring, time, messages, events } = example.picture()
    expect(nodes.map(({ id }) => id)).toEqual([8, 14, 21, 32, 38, 42, 48, 51])
    expect(nodes.map(({ predecessor }) => predecessor)).toEqual([51, 8, 14, 21, 32, 38, 42, 48])
    expect(nodes.map(({ successors }) => successors[0])).toEqual([14, 21, 32, 38, 42, 48, 51, 8])
    expect({ ring, time, messages, events }).toEqual({ ring: 'ideal', time: 0, messages: [], events: [] })
  })

  test('key 54 lives at 8, keys 22 to 26 at 32, and every key at its owner with three copies', () => {
    expect(owners(54)).toEqual([8])
    for (const key of [22, 23, 24, 25, 26]) expect(owners(key)).toEqual([32])
    const { keys, nodes } = example.picture()
    for (const key of keys) {
      expect(owners(key)).toHaveLength(1)
      expect(nodes.filter(({ copies }) => copies.includes(key))).toHaveLength(3)
    }
  })

  test('the finger table of 8', () => {
    expect(node(8).fingers).toEqual([
      { start: 9, end: 10, node: 14 },
      { start: 10, end: 12, node: 14 },
      { start: 12, end: 16, node: 14 },
      { start: 16, end: 24, node: 21 },
      { start: 24, end: 40, node: 32 },
      { start: 40, end: 8, node: 42 },
    ])
  })

  test('8 looks up 54 by way of 42 and 51', () => {
    example.act({ kind: 'lookup', from: 8, key: 54, routing: 'fingers' })
    example.advance(10 * SECOND)
    expect(example.picture().walk).toEqual({
      ...{ from: 8, key: 54, state: 'found', owner: 8, path: [42, 51, 8] },
      steps: [
        { node: 42, namedBy: 8, state: 'answered' },
        { node: 51, namedBy: 42, state: 'answered' },
      ],
    })
    expect(news()).toContain('key 54 belongs to 8: 8 has found it by way of 42 and 51, 3 hops')
  })
})

describe('26 joins', () => {
  beforeEach(() => example.act({ kind: 'join', node: 26 }))

  test('by its own lookup, with its keys before it counts as owner, and never unasked', () => {
    stepUntil(/^26 asks 21 for its list/)
    expect(node(26)).toMatchObject({ phase: 'joining', owns: [] })
    expect(owners(24)).toEqual([32])
    stepUntil(/^21's fingers/)
    expect(news()).toEqual([
      '26 wants to join',
      '26 asks 21 for the way to its own place',
      '26 will stand between 21 and 32, and asks 32 for its keys',
      '32 copies keys 22 to 26 to 26, which does not count as owner yet',
      '26 asks 21 for its list, to copy it whole',
      '26 has joined behind 21: its list is 32, 38, 42 and 48',
      '26 owns keys 22 to 26',
      "32's predecessor is 26 now, it was 21",
      '32 no longer owns keys 22 to 26',
      '21 stabilises: 32 names 26, 26 is asked before it is adopted',
      "21's successor is 26 now, it was 32",
      "21's fingers 1 to 3 are 26 now",
    ])
  })

  test('keys 22 to 26 move from 32 to it, and no others', () => {
    const before = new Map(example.picture().nodes.map(({ id, owns }) => [id, owns]))
    example.advance(2 * MINUTE)
    expect(node(26).owns).toEqual([22, 23, 24, 25, 26])
    expect(node(32).owns).toEqual([30])
    for (const { id, owns } of example.picture().nodes) {
      if (id !== 26 && id !== 32) expect(owns).toEqual(before.get(id))
    }
  })

  test("8's finger 5 becomes 26, and 21's fingers 1 to 3, with starts 22, 23 and 25", () => {
    expect([fingers(8), fingers(21)]).toEqual([
      [14, 14, 14, 21, 32, 42],
      [32, 32, 32, 32, 38, 8],
    ])
    example.advance(2 * MINUTE)
    expect([fingers(8), fingers(21)]).toEqual([
      [14, 14, 14, 21, 26, 42],
      [26, 26, 26, 32, 38, 8],
    ])
    expect(starts(8)[4]).toBe(24)
    expect(starts(21).slice(0, 3)).toEqual([22, 23, 25])
  })

  test('its own pointers, those of all others and the copies are right in the end', () => {
    example.advance(2 * MINUTE)
    const { ring, nodes, keys } = example.picture()
    expect(ring).toBe('ideal')
    expect(node(26)).toMatchObject({ phase: 'member', predecessor: 21, successors: [32, 38, 42, 48] })
    expect(fingers(26)).toEqual([32, 32, 32, 38, 42, 8])
    expect(node(32).predecessor).toBe(26)
    for (const key of keys) expect(nodes.filter(({ copies }) => copies.includes(key))).toHaveLength(3)
  })

  test('at every moment somebody holds each key', () => {
    for (let step = 0; step < 150; step++) {
      example.act({ kind: 'step', routine: true })
      const { nodes, keys } = example.picture()
      for (const key of keys) expect(nodes.some(({ owns, copies }) => [...owns, ...copies].includes(key))).toBe(true)
      expect(example.picture().ring).not.toBe('broken')
    }
  })

  test('leaves again: its keys are handed back first', () => {
    example.advance(2 * MINUTE)
    example.act({ kind: 'leave', node: 26 })
    expect(node(26).phase).toBe('leaving')
    stepUntil(/^26 has left$/)
    expect(node(26).phase).toBe('left')
    example.advance(2 * MINUTE)
    expect(example.picture()).toMatchObject({ ring: 'ideal' })
    expect(node(26)).toBeUndefined()
    for (const key of [22, 23, 24, 25, 26]) expect(owners(key)).toEqual([32])
    expect([fingers(8)[4], fingers(21).slice(0, 3)]).toEqual([32, [32, 32, 32]])
  })
})

describe('one falls silent', () => {
  test('it is shown while somebody points to it; its keys live on in their copies', () => {
    example.act({ kind: 'kill', node: 8 })
    expect(node(8).phase).toBe('dead')
    stepUntil(/^51 stabilises: 8 is gone, 14 is asked in its place/)
    expect(node(51).gone).toEqual([8])
    example.advance(3 * MINUTE)
    expect(node(8)).toBeUndefined()
    expect(example.picture().ring).toBe('ideal')
    expect(owners(54)).toEqual([14])
    example.act({ kind: 'lookup', from: 32, key: 54, routing: 'all' })
    example.advance(10 * SECOND)
    expect(example.picture().walk).toMatchObject({ state: 'found', owner: 14 })
  })

  test('a lookup passes over it, and finds the key at who is next', () => {
    example.act({ kind: 'kill', node: 48 })
    example.act({ kind: 'kill', node: 8 })
    example.act({ kind: 'lookup', from: 38, key: 54, routing: 'fingers' })
    stepUntil(/^key 54 is at /)
    const { walk } = example.picture()
    expect(walk?.steps[0]).toEqual({ node: 48, namedBy: 38, state: 'silent' })
    expect(walk).toMatchObject({ state: 'found', owner: 8 })
    // 8 was not heard, but who stands behind it has a copy.
    expect(news().at(-1)).toBe('key 54 is at 14')
  })

  test('a lookup is shown for a while after its end', () => {
    example.act({ kind: 'lookup', from: 8, key: 54, routing: 'fingers' })
    stepUntil(/^key 54 is at 8/)
    example.advance(SHOWN_AFTER_END)
    expect(example.picture().walk).toMatchObject({ state: 'found' })
    example.advance(1)
    expect(example.picture().walk).toBeUndefined()
  })

  test('a lookup ends with the one who asks', () => {
    example.act({ kind: 'lookup', from: 8, key: 54, routing: 'fingers' })
    example.act({ kind: 'kill', node: 8 })
    expect(example.picture().walk?.state).toBe('failed')
  })

  test('it can come back to its place', () => {
    example.act({ kind: 'kill', node: 38 })
    example.advance(MINUTE)
    example.act({ kind: 'join', node: 38 })
    example.advance(4 * MINUTE)
    expect(example.picture().ring).toBe('ideal')
    expect(node(38).owns).toEqual([38])
  })

  test('all but one: the last becomes a ring of its own, and others can join it', () => {
    for (const id of [14, 21, 32, 38, 42, 48, 51]) example.act({ kind: 'kill', node: id })
    example.advance(3 * MINUTE)
    expect(node(8)).toMatchObject({ predecessor: 8, successors: [8] })
    example.act({ kind: 'join', node: 40 })
    example.advance(3 * MINUTE)
    expect(example.picture()).toMatchObject({ ring: 'ideal' })
    expect(node(40)).toMatchObject({ predecessor: 8, successors: [8] })
  })
})

describe('what is refused', () => {
  const code = (action: Parameters<RingDemonstration['act']>[0]) => {
    try {
      example.act(action)
    } catch (error) {
      return (error as { code: string }).code
    }
    return undefined
  }

  test('places that are taken or do not exist, nodes that are not there, the last one', () => {
    expect(code({ kind: 'join', node: 8 })).toBe('PLACE_TAKEN')
    expect(code({ kind: 'join', node: 64 })).toBe('NO_SUCH_NODE')
    expect(code({ kind: 'leave', node: 9 })).toBe('NO_SUCH_NODE')
    expect(code({ kind: 'kill', node: 9 })).toBe('NO_SUCH_NODE')
    expect(code({ kind: 'lookup', from: 9, key: 1, routing: 'all' })).toBe('NO_SUCH_NODE')
    expect(code({ kind: 'lookup', from: 8, key: 64, routing: 'all' })).toBe('NO_SUCH_NODE')
    example.act({ kind: 'kill', node: 8 })
    expect(code({ kind: 'kill', node: 8 })).toBe('NO_SUCH_NODE')
    for (const id of [14, 21, 32, 38, 42, 48]) example.act({ kind: 'leave', node: id })
    expect(code({ kind: 'leave', node: 51 })).toBe('LAST_NODE')
    expect(code({ kind: 'kill', node: 51 })).toBe('LAST_NODE')
  })

  test('a joiner cannot be asked to leave or to look up before it is a member', () => {
    example.act({ kind: 'join', node: 26 })
    expect(code({ kind: 'join', node: 26 })).toBe('PLACE_TAKEN')
    expect(code({ kind: 'leave', node: 26 })).toBe('NO_SUCH_NODE')
    example.act({ kind: 'kill', node: 26 })
    expect(node(26)).toBeUndefined()
  })
})

describe('time', () => {
  test('the same is done alike twice, and by steps as by running', () => {
    const run = (act: (one: RingDemonstration) => void) => {
      const one = new RingDemonstration()
      one.act({ kind: 'join', node: 26 })
      act(one)
      return one.picture()
    }
    const inOne = run((one) => one.advance(MINUTE))
    expect(run((one) => one.advance(MINUTE))).toEqual(inOne)
    const inMany = run((one) => {
      for (let i = 0; i < 600; i++) one.advance(SECOND / 10)
    })
    expect(inMany.events).toEqual(inOne.events)
  })

  test('a step where nothing is to be told ends after a minute', () => {
    example.act({ kind: 'step', routine: false })
    expect(example.picture()).toMatchObject({ time: MINUTE, ring: 'ideal' })
    example.act({ kind: 'step', routine: true })
    expect(example.picture().time).toBeLessThan(MINUTE + 15 * SECOND)
  })

  test('of what has happened the newest is kept', () => {
    example.advance(10 * MINUTE)
    const { events } = example.picture()
    expect(events).toHaveLength(MAX_EVENTS)
    expect(events.map(({ order }) => order)).toEqual(events.map((_, i) => (events[0]?.order ?? 0) + i))
  })

  test('back to the beginning', () => {
    const opening = example.picture()
    example.act({ kind: 'kill', node: 8 })
    example.advance(MINUTE)
    example.act({ kind: 'reset' })
    expect(example.picture()).toEqual(opening)
  })
})

describe('another ring', () => {
  test('depends on its seed alone, and is sound', () => {
    for (let seed = 0; seed < 20; seed++) {
      expect(anotherRing(seed)).toEqual(anotherRing(seed))
      example.act({ kind: 'another', seed })
      const { nodes, keys, ring } = example.picture()
      expect(ring).toBe('ideal')
      expect(nodes.length).toBeGreaterThanOrEqual(6)
      expect(nodes.length).toBeLessThanOrEqual(12)
      expect(new Set(keys).size).toBe(16)
      for (const key of keys) expect(owners(key)).toHaveLength(1)
    }
    expect(anotherRing(1)).not.toEqual(anotherRing(2))
  })

  test('grows to all 64 places, whoever joins when, and becomes ideal with every key in place', () => {
    example.act({ kind: 'another', seed: 3 })
    const taken = example.picture().nodes.map(({ id }) => id)
    for (let place = 0; place < 64; place++) {
      if (taken.includes(place)) continue
      example.act({ kind: 'join', node: place })
      if (place % 4 === 0) example.advance(20 * SECOND)
    }
    example.advance(10 * MINUTE)
    const { nodes, keys, ring } = example.picture()
    expect({ nodes: nodes.length, ring }).toEqual({ nodes: 64, ring: 'ideal' })
    for (const key of keys) expect(owners(key)).toEqual([key])
  })
})
