/** How much a node sends and receives, worked out from its counters once a second. */
import type { OverlayNode } from '../client/types.ts'

/** Two minutes of it. */
export const MAX_SAMPLES = 121

export interface Sample {
  /** Unix milliseconds. */
  readonly at: number
  readonly received: number
  readonly sent: number
}

export interface Rate {
  /** Seconds before the newest sample. */
  readonly ago: number
  /** Bytes a second. */
  readonly received: number
  readonly sent: number
}

export type History = ReadonlyMap<string, readonly Sample[]>

export const historyKey = (node: Pick<OverlayNode, 'family' | 'listening'>): string =>
  `${node.family} ${node.listening}`

/** Appends a sample. Counters that have fallen belong to a node that began anew: what was before is forgotten. */
export function withSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const last = samples.at(-1)
  if (last && (sample.received < last.received || sample.sent < last.sent)) return [sample]
  if (last && sample.at <= last.at) return samples
  return [...samples, sample].slice(-MAX_SAMPLES)
}

/** The next state of the history of all nodes; nodes that are gone leave it. */
export function withNodes(history: History, nodes: readonly OverlayNode[], at: number): History {
  return new Map(
    nodes.map((node) => {
      const key = historyKey(node)
      const { bytesReceived, bytesSent } = node.counters
      return [key, withSample(history.get(key) ?? [], { at, received: bytesReceived, sent: bytesSent })]
    }),
  )
}

/** The figures of a feed and the clock that samples them beat apart: a rate is taken over this many samples. */
const SMOOTHED_OVER = 3

/** The rates that the samples tell, oldest first. */
export function ratesOf(samples: readonly Sample[]): readonly Rate[] {
  const newest = samples.at(-1)?.at ?? 0
  return samples.slice(1).map((sample, index) => {
    const before = samples[Math.max(0, index + 1 - SMOOTHED_OVER)] ?? sample
    const seconds = (sample.at - before.at) / 1_000
    return {
      ago: (newest - sample.at) / 1_000,
      received: (sample.received - before.received) / seconds,
      sent: (sample.sent - before.sent) / seconds,
    }
  })
}
