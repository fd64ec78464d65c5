/**
 * Where the drawing of a search puts things. Time runs to the right; downwards a node stands the nearer to the target,
 * the more leading bits they share: each halving of the distance is one step down. A node begins where it was asked, ends
 * where it answered, and a line leads to it from the end of the node that named it.
 */
import type { SearchState, SearchStep } from '../client/types.ts'
import { closeness } from './distance.ts'

export interface Size {
  readonly width: number
  readonly height: number
}

/** Room for the axes, in pixels. */
export const MARGIN = { left: 52, right: 20, top: 14, bottom: 40 }

export interface Mark {
  readonly id: string
  readonly step: SearchStep
  /** Where it was asked. */
  readonly x: number
  /** Where it answered, or where it stands now. */
  readonly endX: number
  readonly y: number
  readonly onPath: boolean
}

export interface Link {
  readonly id: string
  readonly x1: number
  readonly y1: number
  readonly x2: number
  readonly y2: number
  readonly onPath: boolean
}

export interface Tick {
  readonly at: number
  readonly value: number
}

export interface Drawing {
  readonly marks: readonly Mark[]
  readonly links: readonly Link[]
  /** Milliseconds. */
  readonly times: readonly Tick[]
  /** Leading bits shared with the target. */
  readonly bits: readonly Tick[]
}

/** Its address tells apart those that claim the same id, and a second question to a node follows from itself. */
export const stepId = (step: Pick<SearchStep, 'nodeId' | 'address' | 'from'>): string =>
  `${step.nodeId} ${step.address}${isSecond(step) ? ' again' : ''}`

/** Whether the node is asked for the second time. */
export const isSecond = (step: Pick<SearchStep, 'nodeId' | 'from'>): boolean => step.from === step.nodeId

/** The last moment that the steps tell of, in milliseconds since the search began. */
export function lastMoment(steps: readonly SearchStep[]): number {
  return steps.reduce((last, step) => Math.max(last, step.repliedAt ?? step.askedAt), 0)
}

/** What the axis of time holds at least: while a search runs, so much that it does not change at once. */
const LEAST_RUNNING_MS = 500
const LEAST_MS = 10
const MOST_TICKS = 6
const LEAST_TICK_PX = 18

/** Round steps from nothing to at least `top`, at most `most` of them. */
export function tickStep(top: number, most: number): number {
  let step = 1
  for (let n = 0; top / step > most; n++) step *= [2, 2.5, 2][n % 3] ?? 2
  return step
}

/** The nodes of the result's path, by `host:port`. */
function pathOf(search: SearchState): ReadonlySet<string> {
  return new Set(search.result?.path ?? [])
}

/** @param elapsed milliseconds since the search began; those that are under way are drawn up to there */
export function drawSearch(search: SearchState, elapsed: number, size: Size): Drawing {
  const { steps, target } = search
  const inner = {
    width: Math.max(1, size.width - MARGIN.left - MARGIN.right),
    height: Math.max(1, size.height - MARGIN.top - MARGIN.bottom),
  }
  const least = search.state === 'running' ? LEAST_RUNNING_MS : LEAST_MS
  const latest = Math.max(least, elapsed, lastMoment(steps))
  const timeStep = tickStep(latest, MOST_TICKS)
  const end = Math.ceil(latest / timeStep) * timeStep
  const near = steps.map((step) => closeness(target, step.nodeId))
  const high = Math.ceil(Math.max(1, ...near))
  const low = Math.min(high - 1, Math.floor(Math.min(high, ...near)))
  const x = (time: number): number => MARGIN.left + (time / end) * inner.width
  const y = (bits: number): number => MARGIN.top + ((bits - low) / (high - low)) * inner.height
  const path = pathOf(search)
  const marks = steps.map((step, index): Mark => {
    const running = step.state === 'asked' || step.state === 'stalled'
    return {
      id: stepId(step),
      step,
      x: x(step.askedAt),
      endX: x(step.repliedAt ?? (running ? Math.max(step.askedAt, elapsed) : step.askedAt)),
      y: y(near[index] ?? low),
      onPath: step.state === 'replied' && !isSecond(step) && path.has(step.address),
    }
  })
  const bitStep = tickStep(high - low, Math.max(1, Math.floor(inner.height / LEAST_TICK_PX)))
  return {
    marks,
    links: linksOf(marks),
    times: ticks(0, end, timeStep).map((value) => ({ value, at: x(value) })),
    bits: steps.length === 0 ? [] : ticks(low, high, Math.ceil(bitStep)).map((value) => ({ value, at: y(value) })),
  }
}

function linksOf(marks: readonly Mark[]): readonly Link[] {
  const byNode = new Map(marks.filter(({ step }) => !isSecond(step)).map((mark) => [mark.step.nodeId, mark]))
  return marks.flatMap((mark): Link[] => {
    const from = mark.step.from === undefined ? undefined : byNode.get(mark.step.from)
    if (!from) return []
    const onPath = mark.onPath && from.onPath
    return [{ id: mark.id, x1: from.endX, y1: from.y, x2: mark.x, y2: mark.y, onPath }]
  })
}

function ticks(from: number, to: number, step: number): readonly number[] {
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, n) => from + n * step)
}
