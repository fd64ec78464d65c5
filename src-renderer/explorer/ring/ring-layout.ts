/** What a ring's drawing holds, and where: the places, those that the chosen one points to, the keys that are kept here. */
import type { RingHost, StoredItemRow } from '../../client/types.ts'
import { arrowHead, flatBow } from './arrow.ts'
import { type Holding, holdingOf } from './holdings.ts'
import { frameWithin, type PlacedLabel, placeLabels } from './labels.ts'
import { arcPath, bowPath, type Point, pointAt, type RingFrame, turnOfHex } from './ring-geometry.ts'
import { type Pointer, pointersOf, type RingNode } from './ring-nodes.ts'

/** Room for the keys and labels above and below the ring, and beside it, where labels lie along. */
const MARGIN = { height: 52, width: 72 }
const INSET_PX = 5
const HEAD_PX = 8
/** From the ring: the bracket of the successor list, the keys, the labels. */
export const OUTSIDE = { successors: 8, keys: 13, key: 9, copy: 5, labels: 28 } as const

export interface NodeMark {
  readonly node: RingNode
  readonly at: Point
  readonly pointed: boolean
}

export interface PointerLine {
  readonly id: string
  readonly kind: Pointer['kind']
  readonly path: string
  readonly head: string
}

export interface KeyTick {
  readonly id: string
  readonly holding: Holding
  readonly from: Point
  readonly to: Point
}

export interface RingDrawing {
  readonly frame: RingFrame
  /** The part of the ring that each place of ours owns. */
  readonly owned: readonly { readonly id: string; readonly path: string }[]
  /** From the chosen place along its successor list. */
  readonly successors: string | undefined
  readonly lines: readonly PointerLine[]
  readonly marks: readonly NodeMark[]
  readonly keys: readonly KeyTick[]
  readonly labels: readonly PlacedLabel[]
}

export interface RingInput {
  readonly host: RingHost
  readonly nodes: readonly RingNode[]
  readonly items: readonly Pick<StoredItemRow, 'id' | 'own' | 'owned'>[]
  readonly chosen: string | undefined
  readonly size: { readonly width: number; readonly height: number }
}

export function drawRing({ host, nodes, items, chosen, size }: RingInput): RingDrawing {
  const frame = frameWithin(size, MARGIN)
  const node = nodes.find(({ id }) => id === chosen)
  const pointers = node?.own ? pointersOf(node.own) : []
  const pointed = new Set(pointers.map(({ contact }) => contact.nodeId))
  const last = node?.own?.successors.at(-1)
  return {
    frame,
    owned: host.virtualNodes
      .filter(({ phase }) => phase === 'member')
      .map(({ nodeId, predecessor }) => ({
        id: nodeId,
        path: arcPath(frame, turnOfHex(predecessor.nodeId), turnOfHex(nodeId)),
      })),
    successors:
      node && last && last.nodeId !== node.id
        ? arcPath(frame, node.turn, turnOfHex(last.nodeId), OUTSIDE.successors)
        : undefined,
    lines: node ? linesOf(frame, node, pointers) : [],
    marks: nodes.map((one) => ({ node: one, at: pointAt(frame, one.turn), pointed: pointed.has(one.id) })),
    keys: items.map((item) => tickOf(frame, item)),
    labels: placeLabels(frame, labelsOf(nodes, node), OUTSIDE.labels),
  }
}

/** The first successor, the predecessor and the fingers; the rest of the list is a bracket of its own. */
function linesOf(frame: RingFrame, node: RingNode, pointers: readonly Pointer[]): readonly PointerLine[] {
  return pointers
    .filter((pointer) => pointer.contact.nodeId !== node.id && (pointer.kind !== 'successor' || pointer.rank === 1))
    .map((pointer) => {
      const bow = flatBow(frame, node.turn, turnOfHex(pointer.contact.nodeId), INSET_PX)
      const id = pointer.kind === 'finger' ? `finger ${pointer.power}` : pointer.kind
      return { id, kind: pointer.kind, path: bowPath(bow), head: arrowHead(bow, HEAD_PX) }
    })
}

function tickOf(frame: RingFrame, item: Pick<StoredItemRow, 'id' | 'own' | 'owned'>): KeyTick {
  const holding = holdingOf(item)
  const turn = turnOfHex(item.id)
  const length = holding === 'owned' ? OUTSIDE.key : OUTSIDE.copy
  return {
    ...{ id: item.id, holding },
    from: pointAt(frame, turn, OUTSIDE.keys),
    to: pointAt(frame, turn, OUTSIDE.keys + length),
  }
}

/** The chosen place first, then ours. */
function labelsOf(nodes: readonly RingNode[], chosen: RingNode | undefined) {
  const label = (node: RingNode) => ({
    ...{ id: node.id, turn: node.turn },
    text: node.own ? `slot ${node.contact.slot}` : `${node.id.slice(0, 6)}…`,
  })
  const own = nodes.filter((node) => node.own && node !== chosen)
  return [...(chosen ? [chosen] : []), ...own].map(label)
}
