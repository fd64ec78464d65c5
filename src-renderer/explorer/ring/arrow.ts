/** Arrows over a ring on which places stand as near to each other as they like: a bow, and the head at its end. */
import { type Bow, pointAt, type RingFrame, round } from './ring-geometry.ts'

/** How deep a bow goes into the ring, by the distance of its ends; not past this part of the radius. */
const DEPTH = 0.55
const LEAST_DEPTH_PX = 12
const DEEPEST = 0.5

/** From one place to another, flat where they are near: many of them lie side by side. `inset`: pixels clear of the marks. */
export function flatBow(frame: RingFrame, from: number, to: number, inset: number): Bow {
  const [start, end] = [pointAt(frame, from, -inset), pointAt(frame, to, -inset)]
  const middle = { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 }
  const toCentre = { x: frame.centre.x - middle.x, y: frame.centre.y - middle.y }
  const way = Math.hypot(toCentre.x, toCentre.y) || 1
  const apart = Math.hypot(end.x - start.x, end.y - start.y)
  const depth = Math.min(Math.max(apart * DEPTH, LEAST_DEPTH_PX), way * DEEPEST)
  const bend = { x: middle.x + (toCentre.x / way) * depth, y: middle.y + (toCentre.y / way) * depth }
  return { from: start, bend, to: end }
}

const HALF_WIDTH = 0.45

/** A triangle as the path of an SVG element, its tip where the bow ends; `length` in pixels. */
export function arrowHead({ bend, to }: Bow, length: number): string {
  const apart = Math.hypot(to.x - bend.x, to.y - bend.y)
  // A bow of no length leads nowhere: its head points down.
  const [x, y] = apart === 0 ? [0, 1] : [(to.x - bend.x) / apart, (to.y - bend.y) / apart]
  const [footX, footY] = [to.x - x * length, to.y - y * length]
  const [sideX, sideY] = [-y * length * HALF_WIDTH, x * length * HALF_WIDTH]
  const points = [
    [to.x, to.y],
    [footX + sideX, footY + sideY],
    [footX - sideX, footY - sideY],
  ] as const
  return `M${points.map(([px, py]) => `${round(px)} ${round(py)}`).join('L')}Z`
}
