/**
 * The files of a torrent as folders that open and close, each with a box that says whether it is wanted. The tree itself
 * holds the focus and names its row; only the rows in view exist, so that thousands of files cost no more than a few.
 */
import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useEffect, useId, useRef } from 'react'
import { checkedOf, type TreeNode } from './file-tree.ts'
import { TreeRow } from './tree-row.tsx'
import { useFolds, useTreeInput } from './use-tree.ts'

const OVERSCAN_ROWS = 8

export interface FileTreeProps {
  readonly label: string
  readonly nodes: readonly TreeNode[]
  readonly rowHeight: number
  readonly wanted: ReadonlySet<number>
  /** Left out where nothing can be chosen: there are no boxes then. */
  readonly onWanted?: ((wanted: ReadonlySet<number>) => void) | undefined
  /** What of a node is there, from 0 to 1. */
  readonly fractionOf?: (node: TreeNode) => number | undefined
}

export function FileTree(props: FileTreeProps): ReactNode {
  const { nodes, wanted, onWanted, rowHeight } = props
  const base = useId()
  const scroll = useRef<HTMLDivElement>(null)
  const folds = useFolds(nodes)
  const { shown, closed } = folds
  const virtualizer = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => shown[index]?.key ?? index,
    overscan: OVERSCAN_ROWS,
  })
  // The virtualiser keeps the sizes it knows: another density needs to be told.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height is the reason
  useEffect(() => virtualizer.measure(), [virtualizer, rowHeight])
  const page = (): number => Math.max(1, Math.floor((scroll.current?.clientHeight ?? 0) / rowHeight) - 1)
  const show = (index: number): void => virtualizer.scrollToIndex(index)
  const { active, ...handlers } = useTreeInput(folds, { wanted, onWanted, page, show })
  const items = virtualizer.getVirtualItems()
  const domId = (index: number): string => `${base}${index}`
  const activeAt = shown.findIndex(({ key }) => key === active)
  return (
    <div
      ref={scroll}
      role="tree"
      aria-label={props.label}
      {...(items.some(({ index }) => index === activeAt) ? { 'aria-activedescendant': domId(activeAt) } : {})}
      tabIndex={0}
      {...handlers}
      className="group/tree relative h-full overflow-auto outline-none"
    >
      <div role="none" className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {items.map((item) => {
          const node = shown[item.index]
          return (
            node && (
              <TreeRow
                key={node.key}
                node={node}
                domId={domId(item.index)}
                top={item.start}
                height={rowHeight}
                closed={closed.has(node.key)}
                active={node.key === active}
                checked={onWanted ? checkedOf(node, wanted) : undefined}
                fraction={props.fractionOf?.(node)}
              />
            )
          )
        })}
      </div>
    </div>
  )
}
