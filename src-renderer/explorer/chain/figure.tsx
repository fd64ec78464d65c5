import type { ReactNode } from 'react'

/** A figure with its name above it, within a `<dl>`. */
export function Figure(props: { name: string; hint?: string | undefined; children: ReactNode }): ReactNode {
  return (
    <div title={props.hint} className="min-w-0">
      <dt className="truncate text-caption text-faint">{props.name}</dt>
      <dd className="truncate">{props.children}</dd>
    </div>
  )
}
