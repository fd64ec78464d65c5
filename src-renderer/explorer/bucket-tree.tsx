/**
 * The routing table as a tree: a row for each bucket, far ones first, that opens to its nodes. The tree itself holds the
 * focus and names its row by `aria-activedescendant`; only the rows in view exist.
 */
import { useVirtualizer } from '@tanstack/react-virtual'
import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react'
import type { OverlayNode } from '../client/types.ts'
import { cx } from '../ui/cx.ts'
import { BucketLine, ContactLine, TREE_COLUMNS } from './bucket-row.tsx'
import { afterTreeKey, bucketId, type TreeRow, type TreeStep, treeRows } from './bucket-rows.ts'

const OVERSCAN_ROWS = 8

/** What is open, where the keyboard stands, and what mouse and keyboard do about it. */
function useTree(node: OverlayNode, rowHeight: number) {
  const scroll = useRef<HTMLDivElement>(null)
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set())
  const [active, setActive] = useState<string>()
  const rows = useMemo(() => treeRows(node.buckets, open), [node.buckets, open])
  const virtualizer = useRows(scroll, rows, rowHeight)
  const turn = (id: string, to: boolean): void => {
    const next = new Set(open)
    if (to) next.add(id)
    else next.delete(id)
    setOpen(next)
  }
  const take = (step: TreeStep): void => {
    if ('openAll' in step) setOpen(new Set(node.buckets.map(bucketId)))
    else if ('open' in step) turn(step.open, true)
    else if ('close' in step) turn(step.close, false)
    else {
      setActive(step.active)
      virtualizer.scrollToIndex(rows.findIndex((row) => row.id === step.active))
    }
  }
  const input = {
    onFocus: (): void => setActive((known) => known ?? rows[0]?.id),
    onKeyDown(event: KeyboardEvent): void {
      if (event.ctrlKey || event.metaKey || event.altKey) return
      const page = Math.max(1, Math.floor((scroll.current?.clientHeight ?? 0) / rowHeight) - 1)
      const step = afterTreeKey(rows, active, event.key, page)
      if (!step) return
      event.preventDefault()
      take(step)
    },
    onMouseDown(event: MouseEvent): void {
      const id = (event.target as Element).closest<HTMLElement>('[data-row]')?.dataset.row
      const row = rows.find((one) => one.id === id)
      if (!row || event.button !== 0) return
      setActive(row.id)
      if (row.kind === 'bucket') turn(row.id, !row.open)
    },
  }
  return { scroll, rows, active, virtualizer, input }
}

function useRows(scroll: RefObject<HTMLDivElement | null>, rows: readonly TreeRow[], rowHeight: number) {
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: OVERSCAN_ROWS,
  })
  // The virtualiser keeps the sizes it knows: another density needs to be told.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height is the reason
  useEffect(() => virtualizer.measure(), [virtualizer, rowHeight])
  return virtualizer
}

export function BucketTree({ node, rowHeight }: { node: OverlayNode; rowHeight: number }): ReactNode {
  const base = useId()
  const { scroll, rows, active, virtualizer, input } = useTree(node, rowHeight)
  const items = virtualizer.getVirtualItems()
  const activeInView = items.some((item) => rows[item.index]?.id === active)
  return (
    <div className="@container flex h-full min-h-0 flex-col">
      <Headings />
      <div
        ref={scroll}
        role="tree"
        aria-label={`Buckets of the routing table, IPv${node.family}`}
        tabIndex={0}
        {...(active !== undefined && activeInView ? { 'aria-activedescendant': `${base}${active}` } : {})}
        {...input}
        className="group/tree min-h-0 grow overflow-auto tabular-nums outline-none"
      >
        <div role="none" className="relative" style={{ height: virtualizer.getTotalSize() }}>
          {items.map((item) => {
            const row = rows[item.index]
            if (!row) return null
            return (
              <TreeItem
                key={row.id}
                row={row}
                node={node}
                domId={`${base}${row.id}`}
                top={item.start}
                height={rowHeight}
                active={row.id === active}
              />
            )
          })}
        </div>
      </div>
    </div>
  )
}

function Headings(): ReactNode {
  return (
    <div aria-hidden className="h-7 shrink-0 border-y border-line bg-sunken text-caption font-medium text-muted">
      <div className={cx(TREE_COLUMNS, 'h-full pr-4 pl-2')}>
        <span className="pl-5">Ids that begin with</span>
        <span>Nodes</span>
        <span className="text-right">Spares</span>
        <span>Freshness</span>
      </div>
    </div>
  )
}

function TreeItem(props: {
  row: TreeRow
  node: OverlayNode
  domId: string
  top: number
  height: number
  active: boolean
}): ReactNode {
  const { row, active } = props
  const bucket = row.kind === 'bucket'
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the tree keeps the focus and names its row by aria-activedescendant
    <div
      role="treeitem"
      id={props.domId}
      data-row={row.id}
      aria-level={bucket ? 1 : 2}
      aria-posinset={row.position}
      aria-setsize={row.of}
      aria-selected={active}
      {...(bucket && row.bucket.contacts.length > 0 ? { 'aria-expanded': row.open } : {})}
      style={{ height: props.height, transform: `translateY(${props.top}px)` }}
      className={cx(
        'absolute inset-x-0 top-0 border-b border-line/60',
        active ? 'bg-selected' : 'hover:bg-hover',
        active && 'group-focus-visible/tree:shadow-[inset_0_0_0_2px_var(--focus)]',
      )}
    >
      {bucket ? <BucketLine row={row} node={props.node} /> : <ContactLine row={row} />}
    </div>
  )
}
