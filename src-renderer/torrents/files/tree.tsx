/**
 * The files of a torrent as folders that open and close, each with a box that says whether it is wanted. The tree itself
 * holds the focus and names its row; only the rows in view exist, so that thousands of files cost no more than a few.
 */
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type MouseEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { checkedOf, closedAtFirst, openNodes, type TreeNode, toggleNode } from './file-tree.ts'
import { stepOf, TREE_KEYS } from './tree-keys.ts'
import { TreeRow } from './tree-row.tsx'

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
  const [closed, setClosed] = useState(() => closedAtFirst(nodes))
  const [chosen, setActive] = useState<string>()
  const shown = openNodes(nodes, closed)
  const active = shown.some(({ key }) => key === chosen) ? chosen : shown[0]?.key
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
  const fold = (key: string, close: boolean): void => {
    const next = new Set(closed)
    if (close) next.add(key)
    else next.delete(key)
    setClosed(next)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || !TREE_KEYS.has(event.key)) return
    event.preventDefault()
    event.stopPropagation()
    const page = Math.max(1, Math.floor((scroll.current?.clientHeight ?? 0) / rowHeight) - 1)
    const step = stepOf(event.key, shown, active, closed, page)
    if (step?.kind === 'go') {
      setActive(step.key)
      virtualizer.scrollToIndex(shown.findIndex(({ key }) => key === step.key))
    } else if (step?.kind === 'toggle') onWanted?.(toggleNode(wanted, step.node))
    else if (step) fold(step.key, step.kind === 'close')
  }
  const onClick = (event: MouseEvent): void => {
    const target = event.target as Element
    const key = target.closest<HTMLElement>('[data-node]')?.dataset.node
    const node = shown.find((one) => one.key === key)
    if (!node) return
    setActive(node.key)
    if (node.kind === 'folder' && target.closest('[data-fold]')) fold(node.key, !closed.has(node.key))
    else if (target.closest('[data-box]')) onWanted?.(toggleNode(wanted, node))
  }
  const onDoubleClick = (event: MouseEvent): void => {
    const target = event.target as Element
    const key = target.closest<HTMLElement>('[data-node]')?.dataset.node
    if (key === undefined || target.closest('[data-fold], [data-box]')) return
    if (shown.some((node) => node.key === key && node.kind === 'folder')) fold(key, !closed.has(key))
  }
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
      onKeyDown={onKeyDown}
      onClick={onClick}
      onDoubleClick={onDoubleClick}
      className="group/tree relative h-full overflow-auto outline-none"
    >
      <div role="none" className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {items.map((item) => {
          const node = shown[item.index]
          if (!node) return null
          return (
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
        })}
      </div>
    </div>
  )
}
