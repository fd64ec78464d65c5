/** Labels outside of a ring: where each stands, and which are left out because another stands there already. */
import { type Point, pointAt, type RingFrame } from './ring-geometry.ts'

export interface Label {
  readonly id: string
  readonly turn: number
  readonly text: string
}

export interface PlacedLabel extends Label {
  readonly at: Point
  readonly anchor: 'start' | 'middle' | 'end'
}

/** About a letter of the caption's face, in pixels. */
const LETTER_PX = 6.4
const LINE_PX = 14

interface Size {
  readonly width: number
  readonly height: number
}

/** The largest ring in an area that leaves so much room for labels: the most on either side, where they lie along. */
export function frameWithin(size: Size, margin: Size): RingFrame {
  const radius = Math.min(size.width / 2 - margin.width, size.height / 2 - margin.height)
  return { centre: { x: size.width / 2, y: size.height / 2 }, radius: Math.max(1, radius) }
}

/** Those that find room. `labels`: the important ones first; `outwards`: pixels from the ring. */
export function placeLabels(frame: RingFrame, labels: readonly Label[], outwards: number): readonly PlacedLabel[] {
  const placed: { readonly label: PlacedLabel; readonly box: Box }[] = []
  for (const label of labels) {
    const at = pointAt(frame, label.turn, outwards)
    const side = Math.sin(2 * Math.PI * label.turn)
    const anchor = side > 0.35 ? 'start' : side < -0.35 ? 'end' : 'middle'
    const one = { ...label, at, anchor } as const
    const box = boxOf(one)
    if (!placed.some((other) => overlaps(other.box, box))) placed.push({ label: one, box })
  }
  return placed.map(({ label }) => label)
}

interface Box {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

function boxOf({ at, anchor, text }: PlacedLabel): Box {
  const width = text.length * LETTER_PX
  const left = anchor === 'start' ? at.x : anchor === 'end' ? at.x - width : at.x - width / 2
  return { left, right: left + width, top: at.y - LINE_PX / 2, bottom: at.y + LINE_PX / 2 }
}

const overlaps = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
