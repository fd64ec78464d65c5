import { Check, ChevronRight, File, Files, Folder, type LucideIcon, Minus } from 'lucide-react'
import type { ReactNode } from 'react'
import { cx } from '../../ui/cx.ts'
import { bytesQuantity, formatPercent } from '../../ui/format.ts'
import { ProgressBar } from '../../ui/progress-bar.tsx'
import { QuantityText } from '../../ui/quantity.tsx'
import type { Checked, TreeNode } from './file-tree.ts'

const ICONS: Readonly<Record<TreeNode['kind'], LucideIcon>> = { folder: Folder, file: File, others: Files }
const INDENT_PX = 18
const CHECKED_WORDS = { all: true, some: 'mixed', none: false } as const

export interface TreeRowProps {
  readonly node: TreeNode
  readonly domId: string
  readonly top: number
  readonly height: number
  readonly closed: boolean
  readonly active: boolean
  /** Undefined where nothing can be chosen. */
  readonly checked: Checked | undefined
  /** What of it is there, from 0 to 1; undefined where that is not told. */
  readonly fraction: number | undefined
}

/** One file or folder. Its name for assistive technology is what stands in it: name, size, what of it is there. */
export function TreeRow(props: TreeRowProps): ReactNode {
  const { node, checked, fraction, closed } = props
  const Icon = ICONS[node.kind]
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the tree keeps the focus and names its row by aria-activedescendant
    <div
      role="treeitem"
      id={props.domId}
      data-node={node.key}
      aria-level={node.depth + 1}
      aria-posinset={node.place}
      aria-setsize={node.siblings}
      {...(node.kind === 'folder' ? { 'aria-expanded': !closed } : {})}
      {...(checked === undefined ? {} : { 'aria-checked': CHECKED_WORDS[checked] })}
      title={node.name}
      style={{ height: props.height, transform: `translateY(${props.top}px)`, paddingLeft: 8 + node.depth * INDENT_PX }}
      className={cx(
        'absolute inset-x-0 top-0 flex items-center gap-1.5 pr-4 hover:bg-hover',
        props.active && 'group-focus-visible/tree:shadow-[inset_0_0_0_2px_var(--focus)]',
      )}
    >
      <span data-fold="" aria-hidden className="flex size-4 shrink-0 items-center justify-center text-muted">
        {node.kind === 'folder' && (
          <ChevronRight size={14} className={cx('transition-transform duration-100', !closed && 'rotate-90')} />
        )}
      </span>
      {checked !== undefined && <Box checked={checked} />}
      <Icon size={14} aria-hidden className="shrink-0 text-faint" />
      <bdi className={cx('min-w-0 grow truncate', checked === 'none' && 'text-faint')}>{node.name}</bdi>
      <span className="w-20 shrink-0 text-right tabular-nums">
        {' '}
        <QuantityText quantity={bytesQuantity(node.size)} />
      </span>
      {fraction !== undefined && (
        <span className="flex w-36 shrink-0 items-center gap-2 pl-4 tabular-nums">
          <span aria-hidden className="min-w-0 grow">
            <ProgressBar fraction={fraction} label="Progress" tone={checked === 'none' ? 'quiet' : 'accent'} />
          </span>{' '}
          <span className="w-12 shrink-0 text-right">{formatPercent(fraction)}</span>
        </span>
      )}
    </div>
  )
}

/** Looks as the platform's box; the row says what it stands for. */
function Box({ checked }: { checked: Checked }): ReactNode {
  const Mark = checked === 'some' ? Minus : Check
  return (
    <span
      data-box=""
      aria-hidden
      className={cx(
        'flex size-[14px] shrink-0 items-center justify-center rounded-[3px]',
        checked === 'none' ? 'border border-line-control bg-surface' : 'bg-accent text-on-accent',
      )}
    >
      {checked !== 'none' && <Mark size={12} strokeWidth={3} />}
    </span>
  )
}
