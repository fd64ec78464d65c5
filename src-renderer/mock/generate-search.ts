/** A made-up search, played from beginning to end: what it looks like at any moment. */
import type { SearchState, SearchStep } from '../client/types.ts'
import { closeness } from '../explorer/distance.ts'
import { addressAt, keyAt } from './generate-overlay.ts'
import { randomFrom } from './random.ts'

const PARALLEL = 4
const STALLED_AFTER_MS = 350
const FAILED_AFTER_MS = 1_500
const NEAREST = 8
const MOST_STEPS = 28
/** Bits that the nearest node of the network shares with a target, about. */
const NEAREST_BITS = 22

export interface PlayedStep extends SearchStep {
  readonly endsAt: number
  readonly failed: boolean
}

interface Candidate {
  readonly nodeId: string
  readonly hop: number
  readonly from?: string
}

/** Every step of a search for `target`, as if it had run: nodes of our table first, then nearer ones as answers name them. */
export function playSearch(target: string): readonly PlayedStep[] {
  const random = randomFrom(Number.parseInt(target.slice(0, 6), 16))
  const waiting: Candidate[] = [4, 5, 5, 6, 7, 7].map((bits) => ({ nodeId: keyAt(target, bits, random), hop: 1 }))
  const steps: PlayedStep[] = []
  const free = Array.from({ length: PARALLEL }, () => 0)
  const answers: { at: number; of: PlayedStep }[] = []
  while (steps.length < MOST_STEPS) {
    const at = Math.min(...free)
    for (const answer of answers.splice(0)) {
      if (answer.at > at) answers.push(answer)
      else waiting.push(...nearer(target, answer.of, random))
    }
    waiting.sort((a, b) => closeness(target, b.nodeId) - closeness(target, a.nodeId))
    const next = waiting.shift()
    const slot = free.indexOf(at)
    if (!next) {
      if (answers.length === 0) break
      free[slot] = Math.min(...answers.map((answer) => answer.at))
      continue
    }
    const step = asked(next, at, steps.length, random)
    steps.push(step)
    free[slot] = step.failed ? at + STALLED_AFTER_MS : Math.min(step.endsAt, at + STALLED_AFTER_MS)
    if (!step.failed) answers.push({ at: step.endsAt, of: step })
  }
  return steps
}

function asked(candidate: Candidate, askedAt: number, n: number, random: () => number): PlayedStep {
  const failed = random() < 0.14
  const rtt = failed ? FAILED_AFTER_MS : Math.round(30 + random() ** 3 * 520)
  return {
    ...candidate,
    address: addressAt(n, 4, random),
    state: failed ? 'failed' : 'replied',
    askedAt: Math.round(askedAt),
    endsAt: Math.round(askedAt + rtt),
    failed,
  }
}

function nearer(target: string, step: PlayedStep, random: () => number): Candidate[] {
  const bits = Math.floor(closeness(target, step.nodeId))
  return Array.from({ length: 2 }, () => ({
    nodeId: keyAt(
      target,
      Math.min(NEAREST_BITS + Math.floor(random() * 3) - 2, bits + 2 + Math.floor(random() * 4)),
      random,
    ),
    hop: step.hop + 1,
    from: step.nodeId,
  }))
}

export const lengthOf = (played: readonly PlayedStep[]): number => Math.max(...played.map((step) => step.endsAt))

function stepAt(step: PlayedStep, time: number): SearchStep {
  const { endsAt, failed, ...shown } = step
  const late = time - step.askedAt >= STALLED_AFTER_MS
  if (time < endsAt) return { ...shown, state: late ? 'stalled' : 'asked' }
  return failed ? { ...shown, state: 'failed' } : { ...shown, state: 'replied', repliedAt: endsAt }
}

/** The search `time` milliseconds after it began. */
export function searchAt(
  search: Pick<SearchState, 'id' | 'target' | 'method' | 'publicKey' | 'salt'> & Partial<Pick<SearchState, 'overlay'>>,
  played: readonly PlayedStep[],
  time: number,
  concluded: typeof resultOf = resultOf,
): SearchState {
  const steps = played.filter((step) => step.askedAt <= time).map((step) => stepAt(step, time))
  const replied = steps.filter((step) => step.state === 'replied')
  const over = time >= lengthOf(played)
  return {
    overlay: 'kademlia',
    ...search,
    state: over ? 'done' : 'running',
    steps,
    found: search.method === 'get_peers' ? foundBy(replied) : [],
    ...(over ? { result: concluded(search.target, steps, lengthOf(played)) } : {}),
  }
}

function foundBy(replied: readonly SearchStep[]): string[] {
  return replied
    .filter((step) => step.hop >= 4)
    .flatMap((step, n) => [step.address.replace(/:\d+$/, ':6881'), `198.51.100.${n + 2}:51413`])
}

export function resultOf(
  target: string,
  steps: readonly SearchStep[],
  took: number,
): NonNullable<SearchState['result']> {
  const nearest = steps
    .filter((step) => step.state === 'replied')
    .sort((a, b) => closeness(target, b.nodeId) - closeness(target, a.nodeId))
  const path: SearchStep[] = []
  for (let at = nearest[0]; at; at = steps.find((step) => step.nodeId === at?.from)) path.unshift(at)
  return {
    target,
    hops: path.length,
    requests: steps.length,
    timeouts: steps.filter((step) => step.state === 'failed').length,
    took,
    path: path.map((step) => step.address),
    closest: nearest.slice(0, NEAREST).map(({ nodeId, address }) => ({ nodeId, address })),
  }
}
