import { FileSearch } from 'lucide-react'
import { type ReactNode, useMemo } from 'react'
import { useRowHeight } from '../../app/use-theme.ts'
import type { TorrentDetail, TorrentRow } from '../../client/types.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { buildTree, type TreeNode } from '../files/file-tree.ts'
import { FileTree } from '../files/tree.tsx'
import { TreeSummary } from '../files/tree-summary.tsx'
import { useWanted } from '../files/wanted.ts'

/** The files of the torrent: what of each is there, and which are wanted. */
export function FilesTab({ row, detail }: { row: TorrentRow; detail: TorrentDetail }): ReactNode {
  if (detail.fileCount === 0) {
    return (
      <EmptyState icon={FileSearch} title="The files are not known yet">
        They stand here once a peer has sent the metadata, and can be chosen then.
      </EmptyState>
    )
  }
  return <Tree key={detail.fileCount} row={row} detail={detail} />
}

function Tree({ row, detail }: { row: TorrentRow; detail: TorrentDetail }): ReactNode {
  const rowHeight = useRowHeight()
  const nodes = useTree(row, detail)
  const { wanted, settled, choose } = useWanted(row, detail)
  const fractionOf = (node: TreeNode): number | undefined => {
    if (node.kind === 'others') return undefined
    const done = node.files.reduce((sum, file) => sum + (detail.files[file]?.done ?? 0), 0)
    return node.size === 0 ? 1 : done / node.size
  }
  return (
    <div className="flex h-full flex-col">
      {detail.fileCount > 1 && (
        <div className="border-b border-line px-4">
          <TreeSummary nodes={nodes} wanted={wanted} size={settled ? row.selected : undefined} onWanted={choose} />
        </div>
      )}
      <div className="min-h-0 grow">
        <FileTree
          label="Files"
          nodes={nodes}
          rowHeight={rowHeight}
          wanted={wanted}
          onWanted={detail.fileCount > 1 ? choose : undefined}
          fractionOf={fractionOf}
        />
      </div>
    </div>
  )
}

/** Names and sizes of a torrent's files never change once they are known. */
function useTree({ size }: TorrentRow, { id, files, fileCount }: TorrentDetail): readonly TreeNode[] {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list is a new one with each block that arrives
  return useMemo(() => {
    const listed = files.reduce((sum, file) => sum + file.size, 0)
    return buildTree(files, fileCount, Math.max(0, size - listed))
  }, [id, fileCount, size])
}
