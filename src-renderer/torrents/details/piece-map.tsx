import type { ReactNode } from 'react'
import { formatCount, formatPercent } from '../../ui/format.ts'

/** Where in the torrent the verified pieces lie: a stretch is the darker the more of it is there. */
export function PieceMap(props: { stretches: readonly number[]; pieces: number; fraction: number }): ReactNode {
  const { stretches } = props
  return (
    <svg
      role="img"
      aria-label={`${formatPercent(props.fraction)} of ${formatCount(props.pieces)} pieces verified`}
      viewBox={`0 0 ${Math.max(1, stretches.length)} 1`}
      preserveAspectRatio="none"
      shapeRendering="crispEdges"
      className="block h-3 w-full rounded-sm bg-track"
    >
      {runsOf(stretches).map(({ from, length, percent }) => (
        <rect
          key={from}
          x={from}
          y={0}
          width={length}
          height={1}
          className="fill-fill"
          opacity={percent === 100 ? 1 : 0.25 + (0.6 * percent) / 100}
        />
      ))}
    </svg>
  )
}

interface Run {
  readonly from: number
  length: number
  readonly percent: number
}

/** Neighbouring stretches of the same per cent in one; empty ones left out. */
export function runsOf(stretches: readonly number[]): readonly Run[] {
  const runs: Run[] = []
  stretches.forEach((percent, index) => {
    const last = runs.at(-1)
    if (last && last.percent === percent && last.from + last.length === index) last.length += 1
    else if (percent > 0) runs.push({ from: index, length: 1, percent })
  })
  return runs
}
