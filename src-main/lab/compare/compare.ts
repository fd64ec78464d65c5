/**
 * The comparison: the same simulated network runs Chord and Kademlia as Shoal has them, Pastry and flooding; lookups without
 * churn, then latency against traffic under churn (the two axes of Li, Stribling et al.), then what a chain of as many nodes
 * takes for a block. The same options give the same result on any machine.
 */
import { MINUTE, type Millis, SECOND } from '../../kernel/clock.ts'
import { Checksum } from '../../simulation/checksum.ts'
import { drawLifetime } from '../../simulation/lifetimes.ts'
import { SeededRandom } from '../../simulation/random.ts'
import { measureForks } from '../chain/forks.ts'
import { measurePropagation } from '../chain/propagation.ts'
import type { Summary } from '../summary.ts'
import { type LookupFigures, OVERLAYS, type OverlayLab, type OverlayName } from './overlay-lab.ts'
import { type OverlaySetting, settingsOf } from './settings.ts'

export const COMPARE_PARTS = ['lookups', 'churn', 'chain'] as const
export type ComparePart = (typeof COMPARE_PARTS)[number]

export interface CompareOptions {
  readonly seed: number
  readonly parts: readonly ComparePart[]
  /** Of the network without churn. */
  readonly nodes: number
  /** Lookups without churn; of flooding at most `MOST_FLOODS`. */
  readonly lookups: number
  /** Part of the nodes that hold what is searched by flooding. */
  readonly share: number
  /** Of the network with churn. */
  readonly churnNodes: number
  /** Mean of the memoryless times that a node stays, in minutes. */
  readonly lifetime: number
  /** Minutes between two lookups of a node, on average. */
  readonly lookupEvery: number
  /** Minutes of churn that are measured, after as many without. */
  readonly minutes: number
}

export const COMPARE_DEFAULTS: CompareOptions = {
  ...{ seed: 1, parts: COMPARE_PARTS, nodes: 1_000, lookups: 1_000, share: 0.01 },
  ...{ churnNodes: 256, lifetime: 60, lookupEvery: 10, minutes: 20 },
}

export const COMPARE_BOUNDS = {
  nodes: { min: 20, max: 10_000 },
  lookups: { min: 1, max: 20_000 },
  churnNodes: { min: 20, max: 2_000 },
  lifetime: { min: 1, max: 10_000 },
  lookupEvery: { min: 1, max: 1_000 },
  minutes: { min: 1, max: 240 },
} as const

/** A search by flooding takes thousands of messages. */
export const MOST_FLOODS = 50

/** What one overlay in one setting has come to. */
export interface OverlayRow extends LookupFigures {
  readonly part: 'lookups' | 'churn'
  readonly overlay: OverlayName
  readonly setting: string
  readonly isUsual: boolean
  /** Others that a node knows. */
  readonly state: Summary
  /** Of all kinds, for each lookup. */
  readonly messagesPerLookup: number
  readonly bytesPerLookup: number
  /** Delivered, for each node and second; 0 without churn, where nobody has anything to look after. */
  readonly bytesPerSecond: number
}

/** Blocks flooded among as many nodes as the overlays have, at most `MOST_CHAIN_NODES`. */
export interface ChainRow {
  readonly nodes: number
  /** Connections of a node on average. */
  readonly connections: number
  /** Seconds until a part of all nodes has a block. */
  readonly half: number
  readonly ninety: number
  /** Part of the blocks that end beside the best chain, with a block a minute. */
  readonly staleRate: number
}

export const MOST_CHAIN_NODES = 500
/** Connections that a node opens. */
const CHAIN_OPENS = 4
/** Seconds of one way between two nodes on average, as in the overlays. */
const CHAIN_DELAY = 0.055
const CHAIN_BLOCKS = 200
const CHAIN_INTERVAL = 60

export interface CompareResult {
  readonly rows: readonly OverlayRow[]
  readonly chain: ChainRow | undefined
  readonly checksum: string
}

export interface CompareWatcher {
  readonly progress?: (fraction: number, part: string) => void
  /** Another row is there. */
  readonly found?: (soFar: Omit<CompareResult, 'checksum'>) => void
  readonly signal?: AbortSignal
}

/** Virtual time between two lookups without churn. */
const SPACING: Millis = 5
const WATCH_EVERY: Millis = 10 * SECOND

/** @param breathe lets others have the thread. @throws the reason of `watcher.signal` once that is aborted */
export async function runCompare(
  options: CompareOptions,
  watcher: CompareWatcher,
  breathe: () => Promise<void>,
): Promise<CompareResult> {
  const rows: OverlayRow[] = []
  let chain: ChainRow | undefined
  const checksum = new Checksum()
  const steps = stepsOf(options)
  const all = steps.reduce((sum, { cost }) => sum + cost, 0)
  let done = 0
  for (const { what, cost, run } of steps) {
    await breathe()
    watcher.signal?.throwIfAborted()
    const progress = (fraction: number) => {
      watcher.signal?.throwIfAborted()
      watcher.progress?.(Math.min(1, (done + fraction * cost) / all), what)
    }
    progress(0)
    const found = await run(progress, breathe)
    done += cost
    if ('row' in found) rows.push(found.row)
    else chain = found.chain
    foldText(checksum, found.text)
    watcher.found?.({ rows: [...rows], chain })
  }
  return { rows, chain, checksum: checksum.value }
}

type Found = ({ readonly row: OverlayRow } | { readonly chain: ChainRow }) & { readonly text: string }

interface Step {
  readonly what: string
  /** How long it takes beside the others. */
  readonly cost: number
  run(progress: (fraction: number) => void, breathe: () => Promise<void>): Promise<Found>
}

function stepsOf(options: CompareOptions): readonly Step[] {
  const { parts, nodes, lookups, churnNodes, minutes, share } = options
  const settings = OVERLAYS.flatMap((overlay) => settingsOf(overlay, share))
  const steps: Step[] = []
  if (parts.includes('lookups')) {
    for (const setting of settings.filter(({ isUsual }) => isUsual)) {
      const what = `${setting.overlay}, ${setting.label}`
      steps.push({ what, cost: nodes + 5 * lookups, run: (progress) => still(options, setting, progress) })
    }
  }
  if (parts.includes('churn')) {
    for (const setting of settings) {
      const what = `${setting.overlay} under churn, ${setting.label}`
      steps.push({ what, cost: 5 * churnNodes * minutes, run: (progress) => churning(options, setting, progress) })
    }
  }
  if (parts.includes('chain')) {
    steps.push({ what: 'chain', cost: 10 * MOST_CHAIN_NODES, run: (_, breathe) => blocks(options, breathe) })
  }
  return steps
}

async function still(
  { nodes, seed, lookups }: CompareOptions,
  setting: OverlaySetting,
  progress: (fraction: number) => void,
): Promise<Found> {
  const lab = await setting.make({ nodes, seed, upkeep: false })
  const count = setting.overlay === 'gnutella' ? Math.min(lookups, MOST_FLOODS) : lookups
  for (let i = 0; i < count; i++) {
    lab.lookUp()
    await lab.run(SPACING)
    progress(i / count)
  }
  await lab.finish()
  const { figures, messagesPerLookup, bytesPerLookup } = costOf(lab, { messages: 0, bytes: 0 })
  const { overlay, label, isUsual } = setting
  return {
    row: {
      ...{ part: 'lookups', overlay, setting: label, isUsual, ...figures, state: lab.state() },
      ...{ messagesPerLookup, bytesPerLookup, bytesPerSecond: 0 },
    },
    text: lab.checksum,
  }
}

async function churning(
  { churnNodes: nodes, seed, lifetime, lookupEvery, minutes }: CompareOptions,
  setting: OverlaySetting,
  progress: (fraction: number) => void,
): Promise<Found> {
  const lab = await setting.make({ nodes, seed, upkeep: true })
  const random = SeededRandom.of(seed).split('lookups under churn')
  lab.churn(lifetime * MINUTE * Math.LN2)
  const before = minutes * MINUTE
  while (lab.elapsed < before) {
    await lab.run(Math.min(WATCH_EVERY, before - lab.elapsed))
    progress(lab.elapsed / (2 * before))
  }
  const begin = { at: lab.elapsed, messages: lab.messages, bytes: lab.bytes }
  const pause = { kind: 'exponential', median: (lookupEvery * MINUTE * Math.LN2) / nodes } as const
  while (lab.elapsed < 2 * before) {
    lab.lookUp()
    await lab.run(drawLifetime(pause, random))
    progress(Math.min(1, lab.elapsed / (2 * before)))
  }
  const bytesPerSecond = (lab.bytes - begin.bytes) / ((lab.elapsed - begin.at) / SECOND) / nodes
  await lab.finish()
  const { figures, messagesPerLookup, bytesPerLookup } = costOf(lab, begin)
  const { overlay, label, isUsual } = setting
  return {
    row: {
      ...{ part: 'churn', overlay, setting: label, isUsual, ...figures, state: lab.state() },
      ...{ messagesPerLookup, bytesPerLookup, bytesPerSecond },
    },
    text: lab.checksum,
  }
}

/** What has been sent since, for each lookup. */
function costOf(lab: OverlayLab, since: { readonly messages: number; readonly bytes: number }) {
  const { lookups, success, hops, timeouts, latency } = lab.figures()
  const each = (count: number) => (lookups > 0 ? count / lookups : 0)
  return {
    figures: { lookups, success, hops, timeouts, latency },
    messagesPerLookup: each(lab.messages - since.messages),
    bytesPerLookup: each(lab.bytes - since.bytes),
  }
}

async function blocks({ nodes, seed }: CompareOptions, breathe: () => Promise<void>): Promise<Found> {
  const shape = { nodes: Math.min(nodes, MOST_CHAIN_NODES), opens: CHAIN_OPENS, delay: CHAIN_DELAY }
  const random = SeededRandom.of(seed).split('chain')
  const { half, ninety } = measurePropagation({ ...shape, blocks: 20 }, random.split('propagation'))
  const settings = { ...shape, interval: CHAIN_INTERVAL, blocks: CHAIN_BLOCKS }
  const { staleRate } = await measureForks(settings, random.split('forks'), breathe)
  const chain = { nodes: shape.nodes, connections: 2 * CHAIN_OPENS, half, ninety, staleRate }
  return { chain, text: [half, ninety, staleRate].map((value) => value.toFixed(9)).join(' ') }
}

function foldText(checksum: Checksum, text: string): void {
  for (let i = 0; i < text.length; i++) checksum.fold(text.charCodeAt(i))
}
