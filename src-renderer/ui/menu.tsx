/** The look of menus. Not modal: a modal one locks scrolling with a style element, which the content policy forbids. */
import { Check, type LucideIcon } from 'lucide-react'
import { ContextMenu as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { cx } from './cx.ts'

export const MENU_ITEM =
  'flex h-7 items-center gap-2 rounded-sm px-2 outline-none data-disabled:opacity-50 data-highlighted:bg-selected'

export function ContextMenu(props: { trigger: ReactNode; children: ReactNode; label: string }): ReactNode {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{props.trigger}</Radix.Trigger>
      {/* Within the page's landmark, so that whoever goes by landmarks meets it. */}
      <Radix.Portal container={document.querySelector('main')}>
        <Radix.Content
          aria-label={props.label}
          collisionPadding={8}
          className="z-30 min-w-52 animate-appear rounded-md bg-raised p-1 shadow-popover"
        >
          {props.children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

export function MenuItem(props: {
  icon: LucideIcon
  shortcut?: string
  danger?: boolean
  disabled?: boolean
  onSelect: () => void
  children: ReactNode
}): ReactNode {
  const Icon = props.icon
  return (
    <Radix.Item
      disabled={props.disabled ?? false}
      onSelect={props.onSelect}
      className={cx(MENU_ITEM, props.danger && 'text-danger')}
    >
      <Icon size={16} aria-hidden className={props.danger ? undefined : 'text-muted'} />
      <span className="grow">{props.children}</span>
      {props.shortcut && <kbd className="pl-6 font-sans text-caption text-faint">{props.shortcut}</kbd>}
    </Radix.Item>
  )
}

export function MenuCheck(props: {
  checked: boolean
  onChange: (on: boolean) => void
  children: ReactNode
}): ReactNode {
  return (
    <Radix.CheckboxItem
      checked={props.checked}
      onCheckedChange={props.onChange}
      onSelect={(event) => event.preventDefault()}
      className={MENU_ITEM}
    >
      <span className="size-4">
        <Radix.ItemIndicator>
          <Check size={16} aria-hidden />
        </Radix.ItemIndicator>
      </span>
      {props.children}
    </Radix.CheckboxItem>
  )
}

export function MenuLine(): ReactNode {
  return <Radix.Separator className="my-1 h-px bg-line" />
}
