import type { LucideIcon } from 'lucide-react'
import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react'
import { cx } from './cx.ts'
import { Tooltip } from './tooltip.tsx'

type Look = 'primary' | 'secondary' | 'quiet' | 'danger'

const LOOKS: Readonly<Record<Look, string>> = {
  primary: 'bg-accent text-on-accent hover:bg-accent-hover',
  secondary: 'border border-line-control/60 bg-surface text-text hover:bg-hover',
  quiet: 'text-muted hover:bg-hover hover:text-text',
  danger: 'bg-danger-fill text-on-accent hover:opacity-90',
}

const BASE =
  'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-sm font-medium whitespace-nowrap transition-colors duration-100 disabled:pointer-events-none disabled:opacity-50'

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: Look
  readonly icon?: LucideIcon
  readonly ref?: Ref<HTMLButtonElement>
}

export function Button({ look = 'secondary', icon: Icon, className, children, ...rest }: ButtonProps): ReactNode {
  return (
    <button type="button" {...rest} className={cx(BASE, 'h-7 px-3', LOOKS[look], className)}>
      {Icon && <Icon size={16} aria-hidden className="-ml-1" />}
      {children}
    </button>
  )
}

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** Its name, read out and shown on hover. */
  readonly label: string
  /** The key that does the same, shown beside the name. */
  readonly shortcut?: string
  readonly icon: LucideIcon
  readonly ref?: Ref<HTMLButtonElement>
}

export function IconButton({ label, shortcut, icon: Icon, className, ...rest }: IconButtonProps): ReactNode {
  return (
    <Tooltip text={label} {...(shortcut === undefined ? {} : { shortcut })}>
      <button type="button" aria-label={label} {...rest} className={cx(BASE, 'size-7', LOOKS.quiet, className)}>
        <Icon size={16} aria-hidden />
      </button>
    </Tooltip>
  )
}
