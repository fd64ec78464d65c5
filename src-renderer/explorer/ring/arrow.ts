/** The head of an arrow at the end of a bow. */
import { type Bow, round } from './ring-geometry.ts'

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
