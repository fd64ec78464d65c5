import type { ReactNode } from 'react'
import { cx } from '../../ui/cx.ts'

/** A figure with its name above it, within a `<dl>`. */
export function Figure(props: {
  name: string
  hint?: string | undefined
  wide?: boolean
  children: ReactNode
}): ReactNode {
  return (
    <div title={props.hint} className={cx('min-w-0', props.wide && 'col-span-2')}>
      <dt className="text-caption text-faint">{props.name}</dt>
      <dd className="truncate">{props.children}</dd>
    </div>
  )
}
