/**
 * A lookup on the ring: an arrow for each question in the order of asking, from who named the one that is asked. Those that
 * we knew ourselves are asked from the place of ours that is nearest before them; without a place, from the middle.
 */
import type { SearchState, SearchStep } from '../../client/types.ts'
import { stepId } from '../search-layout.ts'
import { arrowHead, flatBow } from './arrow.ts'
import { frameWithin, type PlacedLabel, placeLabels } from './labels.ts'
import { holdersAmong } from './owners.ts'
import { type Bow, bowPath, type Point, pointAt, type RingFrame, turnOfHex } from './ring-geometry.ts'
import { partBetween } from './ring-words.ts'

const MARGIN = { height: 44, width: 88 }
const INSET_PX = 4
const HEAD_PX = 9
const LABEL_PX = 20
const KEY_PX = 9
/** So near to the key, of the ring, its owner shares its label. */
const BESIDE = 0.02

export interface WalkArrow {
  readonly id: string
  readonly step: SearchStep
  readonly path: string
  readonly head: string
  readonly onPath: boolean
}

export interface WalkMark {
  readonly id: string
  readonly step: SearchStep
  readonly at: Point
  readonly onPath: boolean
}

export interface WalkDrawing {
  readonly frame: RingFrame
  /** Places that have no part in it. */
  readonly others: readonly Point[]
  readonly own: readonly Point[]
  readonly arrows: readonly WalkArrow[]
  readonly marks: readonly WalkMark[]
  /** To the owner from the place that names it, once all is over. */
  readonly answer: { readonly path: string; readonly head: string } | undefined
  /** Owner first. */
  readonly owners: readonly Point[]
  readonly key: Point
  readonly labels: readonly PlacedLabel[]
}

export interface WalkInput {
  readonly search: SearchState
  /** Steps that are shown, the first ones. */
  readonly shown: number
  /** Whether the answer is shown, too. */
  readonly isOver: boolean
  /** Places of ours, and those of others that we know. */
  readonly own: readonly string[]
  readonly others: readonly string[]
  readonly size: { readonly width: number; readonly height: number }
}

export function drawWalk(input: WalkInput): WalkDrawing {
  const { search, own, others, isOver } = input
  const frame = frameWithin(input.size, MARGIN)
  const steps = search.steps.slice(0, input.shown)
  const path = new Set(search.result?.path ?? [])
  const onPath = (step: SearchStep): boolean => step.state === 'replied' && path.has(step.address)
  const asked = new Set(steps.map((step) => step.nodeId))
  const owners = isOver ? holdersAmong(search.result?.closest ?? []) : []
  const at = (id: string): Point => pointAt(frame, turnOfHex(id))
  return {
    frame,
    others: others.filter((id) => !asked.has(id)).map(at),
    own: own.map(at),
    arrows: steps.map((step) => {
      const bow = bowOf(frame, step, own)
      return { id: stepId(step), step, path: bowPath(bow), head: arrowHead(bow, HEAD_PX), onPath: onPath(step) }
    }),
    marks: steps.map((step) => ({ id: stepId(step), step, at: at(step.nodeId), onPath: onPath(step) })),
    answer: answerOf(frame, steps.findLast(isAnswered)?.nodeId ?? nearestBefore(own, search.target), owners[0]?.nodeId),
    owners: owners.map(({ nodeId }) => at(nodeId)),
    key: pointAt(frame, turnOfHex(search.target), KEY_PX),
    labels: labelsOf(frame, search, steps, owners),
  }
}

function bowOf(frame: RingFrame, step: SearchStep, own: readonly string[]): Bow {
  const from = step.from ?? nearestBefore(own, step.nodeId)
  if (from !== undefined) return flatBow(frame, turnOfHex(from), turnOfHex(step.nodeId), INSET_PX)
  const to = pointAt(frame, turnOfHex(step.nodeId), -INSET_PX)
  const { centre } = frame
  return { from: centre, bend: { x: (centre.x + to.x) / 2, y: (centre.y + to.y) / 2 }, to }
}

/** The one of `places` from which the way clockwise to `id` is the shortest. */
export function nearestBefore(places: readonly string[], id: string): string | undefined {
  return places.toSorted((a, b) => partBetween(a, id) - partBetween(b, id))[0]
}

const isAnswered = (step: SearchStep): boolean => step.state === 'replied'

/** @param last the place that names the owner: the last that answered, or one of ours where nobody had to be asked */
function answerOf(frame: RingFrame, last: string | undefined, owner: string | undefined): WalkDrawing['answer'] {
  if (owner === undefined || last === undefined || last === owner) return undefined
  const bow = flatBow(frame, turnOfHex(last), turnOfHex(owner), INSET_PX)
  return { path: bowPath(bow), head: arrowHead(bow, HEAD_PX) }
}

/** The key, the owner and the numbers of the steps, the last ones first. */
function labelsOf(
  frame: RingFrame,
  search: SearchState,
  steps: readonly SearchStep[],
  owners: readonly { readonly nodeId: string }[],
): readonly PlacedLabel[] {
  const numbers = new Map<string, string>()
  for (const [index, step] of steps.entries()) {
    const before = numbers.get(step.nodeId)
    numbers.set(step.nodeId, before === undefined ? `${index + 1}` : `${before}, ${index + 1}`)
  }
  const [owner] = owners
  const label = (id: string, text: string) => ({ id, turn: turnOfHex(id), text })
  // An owner right behind its key has no room for a word of its own.
  const beside = owner !== undefined && partBetween(search.target, owner.nodeId) < BESIDE
  const named =
    owner && !beside ? [label(owner.nodeId, ['owner', numbers.get(owner.nodeId)].filter(Boolean).join(' '))] : []
  const rest = [...numbers].toReversed().filter(([id]) => id !== owner?.nodeId)
  return placeLabels(
    frame,
    [label(search.target, beside ? 'key, owner' : 'key'), ...named, ...rest.map(([id, text]) => label(id, text))],
    LABEL_PX,
  )
}
