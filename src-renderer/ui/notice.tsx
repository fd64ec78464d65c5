import { CircleAlert, Info, type LucideIcon, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { cx } from './cx.ts'

type Tone = 'info' | 'warning' | 'danger'
const TONES: Readonly<Record<Tone, { look: string; icon: LucideIcon; ink: string }>> = {
  info: { look: 'bg-info-soft', icon: Info, ink: 'text-info' },
  warning: { look: 'bg-warning-soft', icon: TriangleAlert, ink: 'text-warning' },
  danger: { look: 'bg-danger-soft', icon: CircleAlert, ink: 'text-danger' },
}

/**
 * A strip that says one thing and may offer one action. `danger` is read out at once.
 * @param props.edge across the whole page, in line with its other bars, rather than a box within it
 */
export function Notice(props: {
  tone: Tone
  edge?: boolean
  action?: ReactNode
  className?: string
  children: ReactNode
}): ReactNode {
  const { look, icon: Icon, ink } = TONES[props.tone]
  return (
    <div
      role={props.tone === 'danger' ? 'alert' : 'status'}
      className={cx(
        'flex items-start gap-2 py-2',
        props.edge ? 'shrink-0 border-b border-line px-4' : 'rounded-sm px-3',
        look,
        props.className,
      )}
    >
      <Icon size={16} aria-hidden className={cx('mt-0.5 shrink-0', ink)} />
      <div className="min-w-0 grow break-words">{props.children}</div>
      {props.action}
    </div>
  )
}
