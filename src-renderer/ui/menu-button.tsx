/** A menu behind a button, looking as the menus of tables do. */
import { ChevronDown, type LucideIcon } from 'lucide-react'
import { DropdownMenu as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { MENU_ITEM } from './menu.tsx'

export function MenuButton(props: { label: string; className?: string; children: ReactNode }): ReactNode {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger aria-label={props.label} title={props.label} className={props.className}>
        <ChevronDown size={14} aria-hidden />
      </Radix.Trigger>
      {/* Within the page's landmark, so that whoever goes by landmarks meets it. */}
      <Radix.Portal container={document.querySelector('main')}>
        <Radix.Content
          aria-label={props.label}
          align="end"
          sideOffset={4}
          collisionPadding={8}
          className="z-30 min-w-56 animate-appear rounded-md bg-raised p-1 shadow-popover"
        >
          {props.children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

export function MenuButtonItem(props: {
  icon: LucideIcon
  shortcut?: string
  onSelect: () => void
  children: ReactNode
}): ReactNode {
  const Icon = props.icon
  return (
    <Radix.Item onSelect={props.onSelect} className={MENU_ITEM}>
      <Icon size={16} aria-hidden className="text-muted" />
      <span className="grow">{props.children}</span>
      {props.shortcut && <kbd className="pl-6 font-sans text-caption text-faint">{props.shortcut}</kbd>}
    </Radix.Item>
  )
}
