import type { ReactNode } from 'react'
import { cx } from './cx.ts'

type Tone = 'accent' | 'positive' | 'quiet'
const TONES: Readonly<Record<Tone, string>> = {
  accent: 'bg-fill',
  positive: 'bg-fill-positive',
  quiet: 'bg-line-control',
}

/** A bar for a fraction from 0 to 1. Its name is read out; the figure belongs beside it as text. */
export function ProgressBar(props: { fraction: number; label: string; tone?: Tone; className?: string }): ReactNode {
  const percent = Math.min(100, Math.max(0, props.fraction * 100))
  return (
    <div
      role="progressbar"
      aria-label={props.label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.floor(percent)}
      className={cx('h-1.5 overflow-hidden rounded-full bg-track', props.className)}
    >
      <div className={cx('h-full rounded-full', TONES[props.tone ?? 'accent'])} style={{ width: `${percent}%` }} />
    </div>
  )
}
