import type { ReactNode } from 'react'

const WIDTHS = [62, 48, 71, 55, 66, 43, 58, 69] as const

/** The shape of a table while it is on its way. */
export function TableSkeleton(props: { label: string }): ReactNode {
  return (
    <div role="status" aria-label={props.label} className="h-full animate-breathe overflow-hidden">
      <div className="h-7 border-b border-line bg-sunken" />
      {WIDTHS.map((width) => (
        <div key={width} className="flex h-8 items-center gap-8 border-b border-line/60 px-4">
          <span className="h-2.5 w-2/5">
            <span className="block h-full rounded-full bg-track/60" style={{ width: `${width}%` }} />
          </span>
          <span className="h-2.5 w-28 rounded-full bg-track/60" />
          <span className="h-2.5 w-14 rounded-full bg-track/60" />
          <span className="h-2.5 w-20 rounded-full bg-track/60" />
        </div>
      ))}
    </div>
  )
}
