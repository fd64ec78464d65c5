/**
 * How long chains of unconfirmed transactions may grow: bounds the work that any change of the mempool makes.
 */
import type { MempoolEntry } from './mempool-entry.ts'
import { MAX_ANCESTORS, MAX_ANCESTORS_VIRTUAL_BYTES, MAX_DESCENDANTS, MAX_DESCENDANTS_VIRTUAL_BYTES } from './policy.ts'
import type { TransactionGraph } from './transaction-graph.ts'

export type ChainLimitsFault = 'too-long-mempool-chain'

/**
 * Whether a transaction of `virtualSize` fits behind `parents`, once `replaced` (closed under descendants, none of them an
 * ancestor) are gone.
 */
export function chainLimitsFault(
  virtualSize: number,
  parents: Iterable<MempoolEntry>,
  replaced: ReadonlySet<MempoolEntry>,
  graph: TransactionGraph,
): ChainLimitsFault | undefined {
  const ancestors = new Set(parents)
  let size = virtualSize
  // The set grows while it is walked; the walk ends as soon as there are too many.
  for (const ancestor of ancestors) {
    size += ancestor.virtualSize
    for (const parent of ancestor.parents) ancestors.add(parent)
    if (ancestors.size + 1 > MAX_ANCESTORS || size > MAX_ANCESTORS_VIRTUAL_BYTES) return 'too-long-mempool-chain'
  }
  const freed = freedDescendants(ancestors, replaced, graph)
  for (const ancestor of ancestors) {
    const gone = freed.get(ancestor) ?? { count: 0, virtualSize: 0 }
    const { descendants } = ancestor
    if (descendants.count - gone.count + 1 > MAX_DESCENDANTS) return 'too-long-mempool-chain'
    if (descendants.virtualSize - gone.virtualSize + virtualSize > MAX_DESCENDANTS_VIRTUAL_BYTES)
      return 'too-long-mempool-chain'
  }
  return undefined
}

function freedDescendants(
  ancestors: ReadonlySet<MempoolEntry>,
  replaced: ReadonlySet<MempoolEntry>,
  graph: TransactionGraph,
): Map<MempoolEntry, { count: number; virtualSize: number }> {
  const freed = new Map<MempoolEntry, { count: number; virtualSize: number }>()
  if (ancestors.size === 0) return freed
  for (const entry of replaced) {
    for (const ancestor of graph.withAncestors(entry.parents)) {
      if (!ancestors.has(ancestor)) continue
      const gone = freed.get(ancestor) ?? { count: 0, virtualSize: 0 }
      gone.count++
      gone.virtualSize += entry.virtualSize
      freed.set(ancestor, gone)
    }
  }
  return freed
}

/** Whether an entry in the graph is within the limits, as it may not be after a reorganisation. */
export function isWithinLimits({ ancestors, descendants }: MempoolEntry): boolean {
  return (
    ancestors.count <= MAX_ANCESTORS &&
    ancestors.virtualSize <= MAX_ANCESTORS_VIRTUAL_BYTES &&
    descendants.count <= MAX_DESCENDANTS &&
    descendants.virtualSize <= MAX_DESCENDANTS_VIRTUAL_BYTES
  )
}
