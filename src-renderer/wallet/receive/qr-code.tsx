import { type ReactNode, useMemo } from 'react'
import { qrPath } from './qr-path.ts'

/** A code for cameras; its name says what it holds. Dark on light in both themes. */
export function QrCode(props: { text: string; label: string }): ReactNode {
  const code = useMemo(() => qrPath(props.text), [props.text])
  if (!code) return <p className="text-muted">This is too long for a code. Copy the link instead.</p>
  return (
    <svg
      role="img"
      aria-label={props.label}
      viewBox={`0 0 ${code.side} ${code.side}`}
      shapeRendering="crispEdges"
      className="size-52 shrink-0 rounded-md border border-line bg-code-ground"
    >
      <path d={code.path} className="fill-code-ink" />
    </svg>
  )
}
