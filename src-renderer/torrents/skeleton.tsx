import type { ReactNode } from 'react'

const WIDTHS = [62, 48, 71, 55, 66, 43, 58, 69] as const

/** The shape of the list while it is on its way. */
export function SkeletonRows(): ReactNode {
  return (
    <div
      role="status"
      aria-label="Reading the list of torrents"
      className="min-h-0 grow animate-breathe overflow-hidden"
    >
      <div className="flex h-10 items-center gap-2 border-b border-line px-4">
        {[44, 88, 68, 64].map((width) => (
          <span key={width} className="h-4 rounded-full bg-track/60" style={{ width }} />
        ))}
      </div>
      {WIDTHS.map((width) => (
        <div key={width} className="flex h-8 items-center gap-8 border-b border-line/60 px-4">
          <span className="h-2.5 w-2/5">
            <span className="block h-full rounded-full bg-track/60" style={{ width: `${width}%` }} />
          </span>
          <span className="h-2.5 w-14 rounded-full bg-track/60" />
          <span className="h-1.5 w-28 rounded-full bg-track/60" />
          <span className="h-2.5 w-20 rounded-full bg-track/60" />
        </div>
      ))}
    </div>
  )
}
