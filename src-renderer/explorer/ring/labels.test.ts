import { expect, test } from 'vitest'
import { frameWithin, type PlacedLabel, placeLabels } from './labels.ts'
import type { RingFrame } from './ring-geometry.ts'

const FRAME: RingFrame = { centre: { x: 200, y: 200 }, radius: 150 }
const label = (turn: number, text = 'slot 3') => ({ id: String(turn), turn, text })

test('labels with room stand all, each on the outer side of its place', () => {
  const placed = placeLabels(
    FRAME,
    [0, 0.25, 0.5, 0.75].map((turn) => label(turn)),
    20,
  )
  expect(placed.map(({ anchor }) => anchor)).toEqual(['middle', 'start', 'middle', 'end'])
  expect(placed.map(({ at }) => [Math.round(at.x), Math.round(at.y)])).toEqual([
    [200, 30],
    [370, 200],
    [200, 370],
    [30, 200],
  ])
})

test('where two would cover each other, the first named stays', () => {
  const placed = placeLabels(FRAME, [label(0.252), label(0.25), label(0.5)], 20)
  expect(placed.map(({ turn }) => turn)).toEqual([0.252, 0.5])
})

test('of many in one place none covers another', () => {
  const placed = placeLabels(
    FRAME,
    Array.from({ length: 64 }, (_, n) => label(n / 400)),
    20,
  )
  expect(placed.length).toBeGreaterThan(2)
  // Six letters are some 30 pixels wide.
  const left = ({ at, anchor }: PlacedLabel): number => at.x - { start: 0, middle: 15, end: 30 }[anchor]
  for (const [index, one] of placed.entries()) {
    for (const other of placed.slice(0, index))
      expect(Math.abs(one.at.y - other.at.y) >= 12 || Math.abs(left(one) - left(other)) >= 30).toBe(true)
  }
})

test('the ring leaves room on every side, and is never nothing', () => {
  const margin = { width: 70, height: 50 }
  expect(frameWithin({ width: 400, height: 600 }, margin)).toEqual({ centre: { x: 200, y: 300 }, radius: 130 })
  expect(frameWithin({ width: 900, height: 300 }, margin).radius).toBe(100)
  expect(frameWithin({ width: 10, height: 10 }, margin).radius).toBe(1)
})
