import { type ReactNode, useMemo, useState } from 'react'
import type { TorrentPreview } from '../../client/types.ts'
import { buildTree, type TreeNode } from '../files/file-tree.ts'
import { FileTree } from '../files/tree.tsx'
import { allFiles, TreeSummary, wantedSize } from '../files/tree-summary.tsx'
import type { Wanted } from '../files/wanted.ts'

const FILE_ROW_PX = 28
const MOST_ROWS = 7

export interface FileChoice {
  readonly nodes: readonly TreeNode[]
  readonly wanted: Wanted
  choose(wanted: Wanted): void
  /** Bytes of what is wanted. */
  readonly size: number
  /** Numbers of what is wanted; undefined where that is everything. */
  readonly files: number[] | undefined
}

/** Which files of a .torrent a person wants: all at first. Undefined while none are known. */
export function useFileChoice(preview: TorrentPreview | undefined): FileChoice | undefined {
  const [chosen, setChosen] = useState<Wanted>()
  const nodes = useMemo(() => (preview ? treeOf(preview) : []), [preview])
  if (!preview || preview.fileCount === 0) return undefined
  const wanted = chosen ?? allFiles(nodes)
  const whole = wanted.size === preview.fileCount
  return {
    nodes,
    wanted,
    choose: setChosen,
    size: whole ? preview.size : wantedSize(nodes, wanted),
    files: whole ? undefined : [...wanted].sort((a, b) => a - b),
  }
}

function treeOf({ files, fileCount, size }: TorrentPreview): readonly TreeNode[] {
  const listed = files.reduce((sum, file) => sum + file.size, 0)
  return buildTree(files, fileCount, Math.max(0, size - listed))
}

/** The files of a .torrent before it is added, with a box each where there are several. */
export function PreviewFiles({ choice }: { choice: FileChoice }): ReactNode {
  const { nodes, wanted, choose } = choice
  const several = nodes.length > 1
  return (
    <div>
      {several && <TreeSummary nodes={nodes} wanted={wanted} onWanted={choose} />}
      <div
        className="overflow-hidden rounded-sm border border-line bg-surface"
        style={{ height: Math.min(MOST_ROWS, nodes.length) * FILE_ROW_PX + 2 }}
      >
        <FileTree
          label="Files in the torrent"
          nodes={nodes}
          rowHeight={FILE_ROW_PX}
          wanted={wanted}
          onWanted={several ? choose : undefined}
        />
      </div>
    </div>
  )
}
