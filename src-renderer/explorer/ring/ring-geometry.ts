/**
 * Where things stand on a drawn ring: 0 at the top, clockwise, as the literature draws it. A place is a turn from 0 up to 1;
 * all lengths are pixels.
 */
export interface Point {
  readonly x: number
  readonly y: number
}

export interface RingFrame {
  readonly centre: Point
  readonly radius: number
}

/** The largest ring in an area, with `margin` around it for what is written outside. */
export function frameIn(size: { readonly width: number; readonly height: number }, margin: number): RingFrame {
  const radius = Math.max(1, Math.min(size.width, size.height) / 2 - margin)
  return { centre: { x: size.width / 2, y: size.height / 2 }, radius }
}

/** The turn of a place of a small ring of so many places. */
export function turnOfPlace(place: number, places: number): number {
  return place / places
}

const HEAD_DIGITS = 8

/** The turn of an identifier in hexadecimal: its first 32 bits are finer than any screen. */
export function turnOfHex(id: string): number {
  return Number.parseInt(id.slice(0, HEAD_DIGITS), 16) / 16 ** HEAD_DIGITS
}

/** `outwards` from the ring, or inwards where it is negative. */
export function pointAt({ centre, radius }: RingFrame, turn: number, outwards = 0): Point {
  const angle = 2 * Math.PI * turn
  const distance = radius + outwards
  return { x: centre.x + distance * Math.sin(angle), y: centre.y - distance * Math.cos(angle) }
}

/** A line between two places, bent towards the centre the more the nearer they stand: two neighbours' does not lie on the ring. */
export interface Bow {
  readonly from: Point
  readonly bend: Point
  readonly to: Point
}

/** `inset` keeps its ends clear of the marks at the places. */
export function bowBetween(frame: RingFrame, from: number, to: number, inset = 0): Bow {
  const [start, end] = [pointAt(frame, from, -inset), pointAt(frame, to, -inset)]
  const middle = { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 }
  const pull = 0.45
  const bend = {
    x: middle.x + (frame.centre.x - middle.x) * pull,
    y: middle.y + (frame.centre.y - middle.y) * pull,
  }
  return { from: start, bend, to: end }
}

/** The path of an SVG element. */
export function bowPath({ from, bend, to }: Bow): string {
  return `M${round(from.x)} ${round(from.y)}Q${round(bend.x)} ${round(bend.y)} ${round(to.x)} ${round(to.y)}`
}

/** A point of it, `part` of the way from 0 to 1. */
export function alongBow({ from, bend, to }: Bow, part: number): Point {
  const rest = 1 - part
  const mix = (a: number, b: number, c: number) => rest * rest * a + 2 * rest * part * b + part * part * c
  return { x: mix(from.x, bend.x, to.x), y: mix(from.y, bend.y, to.y) }
}

/** An arc along the ring, clockwise `from` one place `to` another; all the way around where they are the same. */
export function arcPath(frame: RingFrame, from: number, to: number, outwards = 0): string {
  const span = (((to - from) % 1) + 1) % 1 || 1
  // A whole circle is two arcs, as one would begin where it ends.
  const stops = span > 0.5 ? [from, from + span / 2, from + span] : [from, from + span]
  const radius = round(frame.radius + outwards)
  const [start, ...rest] = stops.map((turn) => pointAt(frame, turn, outwards)) as [Point, ...Point[]]
  const arcs = rest.map(({ x, y }) => `A${radius} ${radius} 0 0 1 ${round(x)} ${round(y)}`)
  return `M${round(start.x)} ${round(start.y)}${arcs.join('')}`
}

/** Tenths are fine enough, and keep the markup short. */
export function round(value: number): number {
  return Math.round(value * 10) / 10
}
