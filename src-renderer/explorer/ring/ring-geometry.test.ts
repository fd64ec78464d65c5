import { describe, expect, test } from 'vitest'
import {
  alongBow,
  arcPath,
  bowBetween,
  bowPath,
  frameIn,
  pointAt,
  type RingFrame,
  turnOfHex,
  turnOfPlace,
} from './ring-geometry.ts'

const FRAME: RingFrame = { centre: { x: 100, y: 100 }, radius: 50 }

describe('places', () => {
  test.each([
    [0, { x: 100, y: 50 }],
    [16, { x: 150, y: 100 }],
    [32, { x: 100, y: 150 }],
    [48, { x: 50, y: 100 }],
  ])('%i of 64 stands clockwise from the top', (place, point) => {
    const { x, y } = pointAt(FRAME, turnOfPlace(place, 64))
    expect(x).toBeCloseTo(point.x)
    expect(y).toBeCloseTo(point.y)
  })

  test('an identifier stands by its first bits', () => {
    expect(turnOfHex(`80${'00'.repeat(19)}`)).toBe(0.5)
    expect(turnOfHex('ff'.repeat(20))).toBeCloseTo(1)
  })

  test('outside of the ring and inside', () => {
    expect(pointAt(FRAME, 0, 10).y).toBe(40)
    expect(pointAt(FRAME, 0, -10).y).toBe(60)
  })

  test('the ring fits into its area, also into none', () => {
    expect(frameIn({ width: 400, height: 300 }, 20)).toEqual({ centre: { x: 200, y: 150 }, radius: 130 })
    expect(frameIn({ width: 0, height: 0 }, 20).radius).toBe(1)
  })
})

describe('lines', () => {
  test('a bow begins and ends where it should and bends inwards', () => {
    const bow = bowBetween(FRAME, 0, 0.25)
    expect(alongBow(bow, 0)).toEqual(pointAt(FRAME, 0))
    expect(alongBow(bow, 1)).toEqual(pointAt(FRAME, 0.25))
    const { x, y } = alongBow(bow, 0.5)
    expect(Math.hypot(x - 100, y - 100)).toBeLessThan(Math.SQRT1_2 * FRAME.radius)
    expect(bowPath(bow)).toMatch(/^M100 50Q[\d. ]+ 150 100$/)
  })

  test('an arc goes clockwise, the long way in two, and around where it ends at its beginning', () => {
    expect(arcPath(FRAME, 0, 0.25)).toBe('M100 50A50 50 0 0 1 150 100')
    expect(arcPath(FRAME, 0.25, 0).match(/A/g)).toHaveLength(2)
    expect(arcPath(FRAME, 0, 0)).toBe('M100 50A50 50 0 0 1 100 150A50 50 0 0 1 100 50')
  })
})
