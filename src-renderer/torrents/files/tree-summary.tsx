import { type ReactNode, useMemo } from 'react'
import { Button } from '../../ui/button.tsx'
import { formatBytes, formatCount, formatPlural } from '../../ui/format.ts'
import type { TreeNode } from './file-tree.ts'

/** Every file of the torrent, by number. */
export function allFiles(nodes: readonly TreeNode[]): ReadonlySet<number> {
  return new Set(nodes.flatMap(({ kind, files }) => (kind === 'folder' ? [] : files)))
}

/** Bytes of the files that are wanted; of those that are not listed, all or nothing is counted. */
export function wantedSize(nodes: readonly TreeNode[], wanted: ReadonlySet<number>): number {
  return nodes.reduce((sum, { kind, size, files }) => {
    return kind !== 'folder' && files.some((file) => wanted.has(file)) ? sum + size : sum
  }, 0)
}

/** How much of the torrent is wanted, and both ends at one press. */
export function TreeSummary(props: {
  nodes: readonly TreeNode[]
  wanted: ReadonlySet<number>
  /** Bytes of what is wanted, where it is known better than by adding up. */
  size?: number | undefined
  onWanted: (wanted: ReadonlySet<number>) => void
}): ReactNode {
  const { nodes, wanted, onWanted } = props
  const all = useMemo(() => allFiles(nodes), [nodes])
  return (
    <div className="flex h-9 shrink-0 items-center gap-1">
      <span role="status" className="grow text-muted tabular-nums">
        {wanted.size === all.size
          ? `All ${formatPlural(all.size, 'file')} wanted`
          : `${formatCount(wanted.size)} of ${formatPlural(all.size, 'file')} wanted`}
        , {formatBytes(props.size ?? wantedSize(nodes, wanted))}
      </span>
      <Button look="quiet" disabled={wanted.size === all.size} onClick={() => onWanted(all)}>
        All
      </Button>
      <Button look="quiet" disabled={wanted.size === 0} onClick={() => onWanted(new Set())}>
        None
      </Button>
    </div>
  )
}
