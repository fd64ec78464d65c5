import { useEffect, useState } from 'react'
import type { OverlayNode } from '../client/types.ts'
import { useNow } from '../ui/ago.tsx'
import { type History, withNodes } from './traffic.ts'

/** The traffic of each node, sampled once a second while the Explorer is shown. */
export function useTraffic(nodes: readonly OverlayNode[]): History {
  const now = useNow()
  const [history, setHistory] = useState<History>(new Map())
  // Sampled by the clock, not by the feed: the figures of a second belong together.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the clock is the reason
  useEffect(() => setHistory((known) => withNodes(known, nodes, now)), [now])
  return history
}
