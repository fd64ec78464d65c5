/**
 * What the drawing of the small ring consists of, and where it stands: places, nodes with what they own written outside, the
 * fingers of the chosen node, the way of a lookup, and messages on their way.
 */
import type { RingMessage, RingPicture, RingWalk, SmallNode } from '../../client/types.ts'
import {
  alongBow,
  arcPath,
  type Bow,
  bowBetween,
  bowPath,
  type Point,
  pointAt,
  type RingFrame,
  turnOfPlace,
} from '../ring/ring-geometry.ts'
import { listed } from './example-words.ts'

export const PLACES = 64
export const NODE_RADIUS = 12
const LEAST_RADIUS = 6
const KEY_DISTANCE = 20
/** Of a line of keys, and of a character in it. */
const LINE = 14
const CHARACTER = 6.2
/** How many lines may stand outside of each other. */
const KEY_RINGS = 3
/** More labels than this would lie on each other. */
export const MAX_LABELS = 8

export interface Mark {
  readonly place: number
  readonly at: Point
}

export interface NodeMark extends Mark {
  readonly node: SmallNode
  /** Its keys in words, and where they stand outside of the ring. */
  readonly keys: string
  readonly keysAt: Point
  readonly anchor: 'start' | 'middle' | 'end'
}

export interface FingerLine {
  readonly to: number
  readonly path: string
  /** `1 to 3`, written near its end. */
  readonly numbers: string
  readonly labelAt: Point
  readonly isGone: boolean
}

export interface WalkLine {
  readonly id: string
  readonly path: string
  readonly hop: string
  readonly labelAt: Point
  readonly state: 'asked' | 'answered' | 'silent' | 'owner'
}

export interface MessageMark {
  readonly id: number
  readonly path: string
  readonly at: Point
  readonly isAnswer: boolean
  readonly label: string
}

const turn = (place: number) => turnOfPlace(place, PLACES)

/** Free places, and where their ticks end: each fourth is longer. */
export function placeMarks(frame: RingFrame): readonly (Mark & { readonly end: Point })[] {
  return Array.from({ length: PLACES }, (_, place) => ({
    place,
    at: pointAt(frame, turn(place), -3),
    end: pointAt(frame, turn(place), place % 4 === 0 ? 5 : 3),
  }))
}

/** Only others' pointers are left of it. */
export const isGone = ({ phase }: SmallNode): boolean => phase === 'dead' || phase === 'left'

/** Half of what lies between the nearest two, so that they do not cover each other. */
export function nodeRadius(frame: RingFrame, nodes: readonly SmallNode[]): number {
  const gaps = nodes.map(({ id }, i) => ((nodes[(i + 1) % nodes.length]?.id ?? id) - id + PLACES) % PLACES || PLACES)
  const nearest = Math.min(PLACES, ...gaps)
  const chord = 2 * frame.radius * Math.sin((Math.PI * Math.min(nearest, PLACES / 2)) / PLACES)
  return Math.min(NODE_RADIUS, Math.max(LEAST_RADIUS, chord / 2 - 0.5))
}

/** Keys that would be written over others' stand farther outside; where there is no room left they are not written. */
export function nodeMarks(frame: RingFrame, nodes: readonly SmallNode[]): readonly NodeMark[] {
  const taken: Box[] = []
  return nodes.map((node) => {
    const keys = isGone(node) ? '' : listed(node.owns)
    const place = { node, place: node.id, at: pointAt(frame, turn(node.id)) }
    for (let ring = 0; ring < KEY_RINGS; ring++) {
      const keysAt = pointAt(frame, turn(node.id), KEY_DISTANCE + ring * LINE)
      const aside = keysAt.x - frame.centre.x
      const anchor = Math.abs(aside) < frame.radius * 0.12 ? 'middle' : aside > 0 ? 'start' : 'end'
      const box = boxOf(keys, keysAt, anchor)
      if (keys !== '' && taken.some((other) => overlap(box, other))) continue
      if (keys !== '') taken.push(box)
      return { ...place, keys, keysAt, anchor }
    }
    return { ...place, keys: '', keysAt: place.at, anchor: 'middle' }
  })
}

interface Box {
  readonly left: number
  readonly right: number
  readonly top: number
}

function boxOf(text: string, { x, y }: Point, anchor: NodeMark['anchor']): Box {
  const width = text.length * CHARACTER
  const left = anchor === 'start' ? x : anchor === 'end' ? x - width : x - width / 2
  return { left, right: left + width, top: y - LINE / 2 }
}

const overlap = (a: Box, b: Box): boolean => a.left < b.right && b.left < a.right && Math.abs(a.top - b.top) < LINE

/** Where keys stand on the ring. */
export function keyMarks(frame: RingFrame, keys: readonly number[]): readonly Mark[] {
  return keys.map((place) => ({ place, at: pointAt(frame, turn(place)) }))
}

/** The stretch that a node owns in its own view. */
export function ownArc(frame: RingFrame, { id, predecessor, phase }: SmallNode): string | undefined {
  return phase === 'member' ? arcPath(frame, turn(predecessor), turn(id)) : undefined
}

/** One for each node that a finger leads to. */
export function fingerLines(frame: RingFrame, { id, fingers, gone }: SmallNode): readonly FingerLine[] {
  const byNode = new Map<number, number[]>()
  fingers.forEach(({ node }, i) => {
    if (node !== undefined && node !== id) byNode.set(node, [...(byNode.get(node) ?? []), i + 1])
  })
  return [...byNode].map(([to, numbers]) => {
    const bow = bowBetween(frame, turn(id), turn(to), NODE_RADIUS)
    return {
      ...{ to, path: bowPath(bow), numbers: listed(numbers), isGone: gone.includes(to) },
      labelAt: alongBow(bow, 0.72),
    }
  })
}

export function walkLines(frame: RingFrame, walk: RingWalk): readonly WalkLine[] {
  const line = (from: number, to: number, hop: string, state: WalkLine['state']): WalkLine => {
    const bow = bowBetween(frame, turn(from), turn(to), NODE_RADIUS + 2)
    return { id: `${from} ${to} ${state}`, path: bowPath(bow), hop, labelAt: alongBow(bow, 0.5), state }
  }
  const hops = new Map([[walk.from, 0]])
  const lines = walk.steps.map(({ node, namedBy, state }) => {
    const hop = (hops.get(namedBy) ?? 0) + 1
    hops.set(node, hop)
    return line(namedBy, node, `${hop}`, state)
  })
  const last = walk.path.at(-2) ?? walk.from
  const isAsked = walk.steps.some(({ node }) => node === walk.owner)
  if (walk.owner !== undefined && !isAsked && walk.owner !== last)
    lines.push(line(last, walk.owner, `${walk.path.length}`, 'owner'))
  return lines
}

/** @param isStill they rest halfway, for who wants no motion */
export function messageMarks(
  frame: RingFrame,
  { messages, time }: Pick<RingPicture, 'messages' | 'time'>,
  isStill: boolean,
): readonly MessageMark[] {
  const isCrowded = messages.length > MAX_LABELS
  return messages.map((message) => {
    const bow = messageBow(frame, message)
    const { sentAt, arrivesAt } = message
    const part = isStill ? 0.5 : Math.min(1, Math.max(0, (time - sentAt) / Math.max(1, arrivesAt - sentAt)))
    return {
      ...{ id: message.id, path: bowPath(bow), isAnswer: message.isAnswer, label: isCrowded ? '' : message.label },
      at: alongBow(bow, part),
    }
  })
}

function messageBow(frame: RingFrame, { from, to }: RingMessage): Bow {
  return bowBetween(frame, turn(from), turn(to), NODE_RADIUS)
}
