import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

/** What a view shows when it has nothing: one sentence on what belongs here, and what to do. */
export function EmptyState(props: {
  icon?: LucideIcon
  picture?: ReactNode
  title: string
  children?: ReactNode
  actions?: ReactNode
}): ReactNode {
  const Icon = props.icon
  return (
    <div className="flex h-full min-h-40 flex-col items-center justify-center gap-3 overflow-y-auto p-6 text-center">
      {props.picture}
      {Icon && (
        <span className="rounded-full bg-sunken p-3 text-faint">
          <Icon size={20} aria-hidden />
        </span>
      )}
      <div className="max-w-105">
        <h2 className="text-title font-semibold text-balance">{props.title}</h2>
        {props.children && <div className="mt-1 text-pretty text-muted">{props.children}</div>}
      </div>
      {props.actions && <div className="mt-1 flex flex-wrap justify-center gap-2">{props.actions}</div>}
    </div>
  )
}
