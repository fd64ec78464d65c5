import { describe, expect, test } from 'vitest'
import { generateRing, smallNode } from '../../mock/generate-demonstration.ts'
import type { RingFrame } from '../ring/ring-geometry.ts'
import {
  fingerLines,
  keyMarks,
  MAX_LABELS,
  messageMarks,
  NODE_RADIUS,
  nodeMarks,
  nodeRadius,
  ownArc,
  placeMarks,
  walkLines,
} from './ring-layout.ts'

const FRAME: RingFrame = { centre: { x: 200, y: 200 }, radius: 150 }
const { nodes } = generateRing('1')
const LITERATURE = nodes.map(({ id }) => id)
const eight = smallNode(8, LITERATURE)

describe('nodes and keys', () => {
  test('each stands at its place, its keys in words outside', () => {
    const marks = nodeMarks(FRAME, nodes)
    const at = (place: number) => marks.find((mark) => mark.place === place)
    expect(at(32)).toMatchObject({ keys: '22–26, 30', anchor: 'middle' })
    expect(at(32)?.at.y).toBeCloseTo(350)
    expect(at(14)).toMatchObject({ keys: '10', anchor: 'start' })
    expect(at(51)).toMatchObject({ keys: '50', anchor: 'end' })
    expect(at(42)?.keys).toBe('')
  })

  test('who has gone has no keys', () => {
    const [mark] = nodeMarks(FRAME, [{ ...eight, phase: 'dead' }])
    expect(mark?.keys).toBe('')
  })

  test('keys of neighbours are not written over each other, and left out where there is no room', () => {
    const crowd = Array.from({ length: 64 }, (_, id) => ({ ...eight, id, owns: [id] }))
    const marks = nodeMarks({ ...FRAME, radius: 40 }, crowd)
    const shown = marks.filter(({ keys }) => keys !== '')
    expect(shown.length).toBeLessThan(64)
    expect(shown.length).toBeGreaterThan(8)
    for (const a of shown)
      for (const b of shown)
        if (a.keysAt !== b.keysAt && a.anchor === b.anchor && Math.abs(a.keysAt.x - b.keysAt.x) < 6)
          expect(Math.abs(a.keysAt.y - b.keysAt.y)).toBeGreaterThanOrEqual(14)
  })

  test('circles of neighbours do not cover each other', () => {
    expect(nodeRadius(FRAME, nodes)).toBe(NODE_RADIUS)
    expect(nodeRadius(FRAME, [smallNode(8, [8])])).toBe(NODE_RADIUS)
    const crowd = Array.from({ length: 64 }, (_, id) => smallNode(id, LITERATURE))
    expect(2 * nodeRadius(FRAME, crowd)).toBeLessThan((2 * Math.PI * FRAME.radius) / 64)
  })

  test('there is a tick for each place and a mark for each key', () => {
    expect(placeMarks(FRAME)).toHaveLength(64)
    expect(keyMarks(FRAME, [16])[0]?.at.x).toBeCloseTo(350)
  })
})

describe('the chosen node', () => {
  test('one line for each node that fingers lead to', () => {
    const lines = fingerLines(FRAME, { ...eight, gone: [42] })
    expect(lines.map(({ to, numbers, isGone }) => [to, numbers, isGone])).toEqual([
      [14, '1–3', false],
      [21, '4', false],
      [32, '5', false],
      [42, '6', true],
    ])
  })

  test('the stretch that it owns, once it is a member', () => {
    expect(ownArc(FRAME, eight)).toMatch(/^M/)
    expect(ownArc(FRAME, { ...eight, phase: 'joining' })).toBeUndefined()
  })
})

describe('a lookup', () => {
  const steps = [
    { node: 42, namedBy: 8, state: 'answered' as const },
    { node: 51, namedBy: 42, state: 'answered' as const },
  ]

  test('is numbered by hops, the last to the owner', () => {
    const lines = walkLines(FRAME, { from: 8, key: 54, state: 'found', steps, path: [42, 51, 8], owner: 8 })
    expect(lines.map(({ id, hop }) => [id, hop])).toEqual([
      ['8 42 answered', '1'],
      ['42 51 answered', '2'],
      ['51 8 owner', '3'],
    ])
  })

  test('one that was passed over does not count', () => {
    const silent = [
      { node: 42, namedBy: 8, state: 'silent' as const },
      { ...steps[0], node: 38, namedBy: 8 },
    ]
    const lines = walkLines(FRAME, { from: 8, key: 54, state: 'running', steps: silent as typeof steps, path: [] })
    expect(lines.map(({ hop, state }) => [hop, state])).toEqual([
      ['1', 'silent'],
      ['1', 'answered'],
    ])
  })

  test('of what one owns itself has no line', () => {
    expect(walkLines(FRAME, { from: 8, key: 60, state: 'found', steps: [], path: [8], owner: 8 })).toEqual([])
  })
})

describe('messages', () => {
  const message = { id: 1, from: 0, to: 32, label: 'list?', isAnswer: false, sentAt: 0, arrivesAt: 1_000 }

  test('are as far as their time has passed, and rest halfway for who wants no motion', () => {
    const at = (time: number, isStill = false) =>
      messageMarks(FRAME, { messages: [message], time }, isStill)[0]?.at.y as number
    expect(at(0)).toBeLessThan(at(500))
    expect(at(500)).toBeLessThan(at(1_000))
    expect(at(9_000)).toBe(at(1_000))
    expect(at(0, true)).toBe(at(500))
  })

  test('say what they are unless there are too many', () => {
    const many = (count: number) => Array.from({ length: count }, (_, id) => ({ ...message, id }))
    const labels = (count: number) =>
      messageMarks(FRAME, { messages: many(count), time: 0 }, false).map(({ label }) => label)
    expect(labels(MAX_LABELS)).not.toContain('')
    expect(new Set(labels(MAX_LABELS + 1))).toEqual(new Set(['']))
  })
})
