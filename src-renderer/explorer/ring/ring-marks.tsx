/** The marks of a drawn ring, each with a shape of its own: colour alone says nothing. */
import type { ReactNode } from 'react'
import type { Point } from './ring-geometry.ts'
import type { KeyTick, PointerLine } from './ring-layout.ts'

export const LINE_LOOKS: Readonly<
  Record<PointerLine['kind'], { stroke: string; fill: string; width: number; dash?: string }>
> = {
  successor: { stroke: 'stroke-fill', fill: 'fill-fill', width: 2.5 },
  predecessor: { stroke: 'stroke-muted', fill: 'fill-muted', width: 1.5, dash: '2 3' },
  finger: { stroke: 'stroke-info/70', fill: 'fill-info', width: 1 },
}

export type PlaceLook = 'own' | 'pointed' | 'other'

export function PlaceMark({ at, look }: { at: Point; look: PlaceLook }): ReactNode {
  switch (look) {
    case 'own':
      return (
        <rect
          x={at.x - 5}
          y={at.y - 5}
          width={10}
          height={10}
          rx={2}
          strokeWidth={1.5}
          className="fill-fill stroke-surface"
        />
      )
    case 'pointed':
      return <circle cx={at.x} cy={at.y} r={4} strokeWidth={1.75} className="fill-surface stroke-fill" />
    case 'other':
      return <circle cx={at.x} cy={at.y} r={2.75} className="fill-line-control" />
  }
}

export function KeyMark({ tick }: { tick: KeyTick }): ReactNode {
  const { from, to, holding } = tick
  if (holding === 'put')
    return <circle cx={from.x} cy={from.y} r={2.5} fill="none" strokeWidth={1.5} className="stroke-warning" />
  return (
    <line
      x1={from.x}
      y1={from.y}
      x2={to.x}
      y2={to.y}
      strokeWidth={holding === 'owned' ? 3 : 2}
      className={holding === 'owned' ? 'stroke-warning' : 'stroke-warning/70'}
    />
  )
}
