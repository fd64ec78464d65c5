/**
 * Where the tree of four-bit ids stands: the root at the top, 0 to the left and 1 to the right, ids in order along the bottom.
 * A bucket of the chosen node is a whole subtree beside the path to it.
 */
import type { SmallBucket, TreePicture } from '../../client/types.ts'
import { inBits } from './example-words.ts'

export interface Area {
  readonly width: number
  readonly height: number
}

export interface Spot {
  readonly x: number
  readonly y: number
}

export interface Branch {
  readonly id: string
  readonly from: Spot
  readonly to: Spot
  readonly bit: '0' | '1'
  /** On the way to the chosen node. */
  readonly isOwn: boolean
}

export interface Leaf extends Spot {
  readonly id: number
  /** `0010` */
  readonly bits: string
  readonly standing: 'nobody' | 'chosen' | 'contact' | 'spare' | 'unknown'
}

export interface BucketArea {
  readonly prefix: string
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface Hop {
  readonly id: string
  readonly path: string
  readonly number: number
  readonly labelAt: Spot
}

export interface TreeDrawing {
  readonly branches: readonly Branch[]
  readonly leaves: readonly Leaf[]
  readonly buckets: readonly BucketArea[]
  readonly hops: readonly Hop[]
}

const MARGIN = { side: 26, top: 24, bottom: 92 }
export const LEAF_RADIUS = 11
/** From a leaf's centre to where a hop leaves it. */
const BELOW_LEAF = 30
const PADDING = 14
/** A hop's number has to stay within the drawing. */
const MAX_DEPTH = 48

export function drawTree(picture: TreePicture, chosen: number, area: Area): TreeDrawing {
  const { bits, nodes, walk } = picture
  const places = 2 ** bits
  const inner = Math.max(1, area.width - 2 * MARGIN.side)
  const bottom = Math.max(MARGIN.top + 1, area.height - MARGIN.bottom)
  const x = (id: number): number => MARGIN.side + ((id + 0.5) / places) * inner
  const y = (depth: number): number => MARGIN.top + (depth / bits) * (bottom - MARGIN.top)
  /** The middle of the subtree of all ids that begin so. */
  const spot = (depth: number, prefix: number): Spot => {
    const span = 2 ** (bits - depth)
    return { x: x(prefix * span + (span - 1) / 2), y: y(depth) }
  }
  const branches: Branch[] = []
  for (let depth = 1; depth <= bits; depth++) {
    for (let prefix = 0; prefix < 2 ** depth; prefix++) {
      const isOwn = chosen >> (bits - depth) === prefix
      const end = spot(depth, prefix)
      // Down to the leaf's circle.
      const to = depth === bits ? { x: end.x, y: end.y - LEAF_RADIUS } : end
      const ends = { from: spot(depth - 1, prefix >> 1), to }
      branches.push({ id: `${depth} ${prefix}`, ...ends, bit: prefix % 2 === 0 ? '0' : '1', isOwn })
    }
  }
  const own = nodes.find(({ id }) => id === chosen)?.buckets ?? []
  const known = new Set(nodes.map(({ id }) => id))
  const leaves = Array.from({ length: places }, (_, id): Leaf => {
    const { x: at, y: level } = spot(bits, id)
    return { id, x: at, y: level, bits: inBits(id, bits), standing: standingOf(id, chosen, known, own) }
  })
  return {
    branches,
    leaves,
    buckets: own.map((bucket, shared) => areaOf(bucket, bits, spot(shared + 1, 0).y, { x, bottom, inner })),
    hops: [walk.from, ...walk.path].flatMap((from, i, way) => {
      const to = way[i + 1]
      return to === undefined ? [] : [hopBetween(x(from), x(to), bottom + BELOW_LEAF, i + 1)]
    }),
  }
}

function standingOf(
  id: number,
  chosen: number,
  known: ReadonlySet<number>,
  own: readonly SmallBucket[],
): Leaf['standing'] {
  if (!known.has(id)) return 'nobody'
  if (id === chosen) return 'chosen'
  if (own.some(({ contacts }) => contacts.includes(id))) return 'contact'
  return own.some(({ spares }) => spares.includes(id)) ? 'spare' : 'unknown'
}

/** From the top of its subtree to below its leaves. */
function areaOf(
  { prefix }: SmallBucket,
  bits: number,
  top: number,
  { x, bottom, inner }: { x: (id: number) => number; bottom: number; inner: number },
): BucketArea {
  const low = Number.parseInt(prefix.replaceAll('*', '0'), 2)
  const high = Number.parseInt(prefix.replaceAll('*', '1'), 2)
  const half = inner / 2 ** bits / 2 - 1.5
  const left = x(low) - half
  return { prefix, x: left, width: x(high) + half - left, y: top - PADDING, height: bottom + PADDING - (top - PADDING) }
}

/** Below the leaves, the deeper the wider. */
function hopBetween(from: number, to: number, y: number, number: number): Hop {
  const depth = Math.min(MAX_DEPTH, 20 + Math.abs(to - from) * 0.06)
  const middle = (from + to) / 2
  const round = (value: number) => Math.round(value * 10) / 10
  return {
    id: `${number}`,
    path: `M${round(from)} ${y}Q${round(middle)} ${round(y + 2 * depth)} ${round(to)} ${y}`,
    number,
    labelAt: { x: middle, y: y + depth },
  }
}
