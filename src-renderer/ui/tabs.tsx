import { Tabs as Radix } from 'radix-ui'
import type { ReactNode } from 'react'

export interface TabSpec {
  readonly id: string
  readonly title: string
  readonly count?: number
}

/** A row of tabs over one panel; `start` stands before them, `end` at the row's far end. */
export function Tabs(props: {
  label: string
  tabs: readonly TabSpec[]
  active: string
  onChange: (id: string) => void
  start?: ReactNode
  end?: ReactNode
  children: ReactNode
}): ReactNode {
  return (
    <Radix.Root value={props.active} onValueChange={props.onChange} className="flex h-full min-h-0 flex-col">
      <div className="flex h-9 shrink-0 items-center gap-2 border-b border-line px-3">
        {props.start}
        <Radix.List aria-label={props.label} className="flex h-full gap-1">
          {props.tabs.map((tab) => (
            <Radix.Trigger
              key={tab.id}
              value={tab.id}
              className="relative h-full px-2 font-medium whitespace-nowrap text-muted -outline-offset-2 hover:text-text data-[state=active]:text-accent-text data-[state=active]:after:absolute data-[state=active]:after:inset-x-2 data-[state=active]:after:-bottom-px data-[state=active]:after:h-0.5 data-[state=active]:after:bg-accent-text"
            >
              {tab.title} {tab.count !== undefined && <span className="ml-1 text-caption text-faint">{tab.count}</span>}
            </Radix.Trigger>
          ))}
        </Radix.List>
        <div className="ml-auto flex min-w-0 items-center gap-1">{props.end}</div>
      </div>
      <Radix.Content value={props.active} className="min-h-0 grow overflow-auto -outline-offset-2">
        {props.children}
      </Radix.Content>
    </Radix.Root>
  )
}
