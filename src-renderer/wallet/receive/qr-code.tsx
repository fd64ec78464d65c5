import { type ReactNode, useMemo } from 'react'
import { cx } from '../../ui/cx.ts'
import { qrPath } from './qr-path.ts'

/**
 * A code for cameras; its name says what it holds. Dark on light in both themes.
 * @param props.stale it is not of what stands beside it any more: too faint to be read
 */
export function QrCode(props: { text: string; label: string; stale?: boolean }): ReactNode {
  const code = useMemo(() => qrPath(props.text), [props.text])
  if (!code) return <p className="text-muted">This is too long for a code. Copy the link instead.</p>
  return (
    <svg
      role="img"
      aria-label={props.label}
      viewBox={`0 0 ${code.side} ${code.side}`}
      shapeRendering="crispEdges"
      className={cx('size-52 shrink-0 rounded-md border border-line bg-code-ground', props.stale && 'opacity-20')}
    >
      <path d={code.path} className="fill-code-ink" />
    </svg>
  )
}
