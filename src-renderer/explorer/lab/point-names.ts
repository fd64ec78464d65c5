/** Where the names of points stand, so that none covers another or a mark: beside, above or below; else left out. */

export interface NamedPoint {
  readonly x: number
  readonly y: number
  readonly name: string
}

export interface PlacedName extends NamedPoint {
  /** Of the base line's beginning. */
  readonly at: readonly [x: number, y: number]
}

/** Of the face that names are written in, in pixels. */
const LETTER_WIDTH = 6
const LETTER_HEIGHT = 12
const FROM_MARK = 7

interface Box {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** @param room the edges that no name goes over */
export function placeNames(points: readonly NamedPoint[], room: Box): readonly PlacedName[] {
  const taken: Box[] = points.map(({ x, y }) => ({ left: x - 4, right: x + 4, top: y - 4, bottom: y + 4 }))
  const placed: PlacedName[] = []
  for (const point of points) {
    const box = boxesOf(point).find((one) => isWithin(one, room) && !taken.some((other) => overlap(one, other)))
    if (!box) continue
    taken.push(box)
    placed.push({ ...point, at: [box.left, box.bottom - 3] })
  }
  return placed
}

function boxesOf({ x, y, name }: NamedPoint): readonly Box[] {
  const width = name.length * LETTER_WIDTH
  const box = (left: number, top: number): Box => ({ left, right: left + width, top, bottom: top + LETTER_HEIGHT })
  const beside = y - LETTER_HEIGHT / 2
  return [
    box(x + FROM_MARK, beside),
    box(x - width / 2, y - FROM_MARK - LETTER_HEIGHT),
    box(x - width / 2, y + FROM_MARK),
    box(x - FROM_MARK - width, beside),
    box(x + FROM_MARK, y - FROM_MARK - LETTER_HEIGHT),
    box(x + FROM_MARK, y + FROM_MARK),
  ]
}

function isWithin(box: Box, room: Box): boolean {
  return box.left >= room.left && box.right <= room.right && box.top >= room.top && box.bottom <= room.bottom
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}
