import { ChevronLeft, ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'
import { IconButton } from '../../ui/button.tsx'
import { formatCount } from '../../ui/format.ts'

export const PAGE_SIZE = 25

/** Which part of a long list is shown, and the way to the next. */
export function Pager(props: {
  what: string
  offset: number
  total: number
  onOffset: (offset: number) => void
}): ReactNode {
  const { what, offset, total, onOffset } = props
  if (total <= PAGE_SIZE) return null
  const last = Math.min(total, offset + PAGE_SIZE)
  return (
    <div role="toolbar" aria-label={`Pages of ${what}`} className="flex items-center gap-1 tabular-nums">
      <IconButton
        label={`Previous ${what}`}
        icon={ChevronLeft}
        disabled={offset === 0}
        onClick={() => onOffset(Math.max(0, offset - PAGE_SIZE))}
      />
      <span role="status" className="text-muted">
        {formatCount(offset + 1)}–{formatCount(last)} of {formatCount(total)}
      </span>
      <IconButton label={`Next ${what}`} icon={ChevronRight} disabled={last >= total} onClick={() => onOffset(last)} />
    </div>
  )
}
