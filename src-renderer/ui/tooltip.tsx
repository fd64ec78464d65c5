import { Tooltip as Radix } from 'radix-ui'
import type { ReactNode } from 'react'

const DELAY_MS = 500

export function TooltipProvider(props: { children: ReactNode }): ReactNode {
  return <Radix.Provider delayDuration={DELAY_MS}>{props.children}</Radix.Provider>
}

/** Names its one child on hover and focus. The child must say its name itself as well. */
export function Tooltip(props: {
  text: string
  shortcut?: string
  side?: 'top' | 'right' | 'bottom' | 'left'
  children: ReactNode
}): ReactNode {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{props.children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          side={props.side ?? 'bottom'}
          sideOffset={6}
          collisionPadding={8}
          className="z-50 max-w-80 animate-appear rounded-sm bg-raised px-2 py-1 text-caption text-text shadow-popover"
        >
          {props.text}
          {props.shortcut && <kbd className="ml-2 font-sans text-faint">{props.shortcut}</kbd>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
