import { describe, expect, test } from 'vitest'
import { arrowHead, flatBow } from './arrow.ts'
import { alongBow, pointAt, type RingFrame } from './ring-geometry.ts'

const FRAME: RingFrame = { centre: { x: 200, y: 200 }, radius: 150 }
const fromCentre = ({ x, y }: { x: number; y: number }): number => Math.hypot(x - 200, y - 200)

describe('a flat bow', () => {
  test('begins and ends clear of the marks', () => {
    const bow = flatBow(FRAME, 0.1, 0.6, 5)
    expect(bow.from).toEqual(pointAt(FRAME, 0.1, -5))
    expect(bow.to).toEqual(pointAt(FRAME, 0.6, -5))
  })

  test('stays within the ring, the flatter the nearer its ends', () => {
    let before = 0
    for (const apart of [0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4]) {
      const bow = flatBow(FRAME, 0.9, 0.9 + apart, 5)
      const depth = FRAME.radius - fromCentre(alongBow(bow, 0.5))
      expect(depth).toBeGreaterThan(before)
      expect(depth).toBeLessThan(FRAME.radius)
      before = depth
    }
  })

  test('right across the ring it is a line through the middle', () => {
    const { bend } = flatBow(FRAME, 0, 0.5, 0)
    expect(fromCentre(bend)).toBeLessThan(1)
  })
})

describe('the head of an arrow', () => {
  test('has its tip at the end of the bow and points along it', () => {
    const head = arrowHead({ from: { x: 0, y: 0 }, bend: { x: 0, y: 50 }, to: { x: 0, y: 100 } }, 10)
    expect(head).toBe('M0 100L-4.5 90L4.5 90Z')
  })

  test('one of no length points down rather than nowhere', () => {
    const at = { x: 10, y: 10 }
    expect(arrowHead({ from: at, bend: at, to: at }, 10)).toBe('M10 10L5.5 0L14.5 0Z')
  })
})
