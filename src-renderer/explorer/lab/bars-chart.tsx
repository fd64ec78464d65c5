/** Figures of a few named things, as bars to the right with the figure at their ends. */
import { type ReactNode, useRef } from 'react'
import type { LabChart } from '../../client/types.ts'
import { useSize } from '../../ui/use-size.ts'
import { scaleOf } from './chart-scale.ts'
import { chartSentence, formatFigure, titled } from './lab-words.ts'
import { AXIS_TEXT } from './lines-chart.tsx'
import { barClass, dashOf, lookOf } from './series-looks.tsx'

const MARGIN = { left: 128, right: 64, top: 4, bottom: 22 }
const BAR = 12
const BETWEEN = 10

export function BarsChart({ chart }: { chart: LabChart }): ReactNode {
  const place = useRef<HTMLDivElement>(null)
  const { width } = useSize(place)
  const { series, categories } = chart
  const values = series.flatMap(({ points }) => points.map(([, value]) => value))
  const scale = scaleOf(chart.y.scale, values, true)
  const group = series.length * BAR + BETWEEN
  const height = MARGIN.top + categories.length * group + MARGIN.bottom
  const x = (value: number): number => MARGIN.left + scale.place(value) * (width - MARGIN.left - MARGIN.right)
  const origin = x(Math.max(0, scale.ticks[0] ?? 0))
  return (
    <div ref={place} className="relative overflow-hidden" style={{ height }}>
      <svg role="img" aria-label={chartSentence(chart)} width={width} height={height} className="absolute">
        <g aria-hidden>
          <line
            {...{ x1: origin, x2: origin, y1: MARGIN.top, y2: height - MARGIN.bottom }}
            className="stroke-line-control"
          />
          <text x={width - 4} y={height - 6} textAnchor="end" className={AXIS_TEXT}>
            {titled(chart.y)}
          </text>
          {categories.map((category, index) => (
            <text
              key={category}
              {...{ x: MARGIN.left - 8, y: MARGIN.top + index * group + (group - BETWEEN) / 2 + 4, textAnchor: 'end' }}
              className={AXIS_TEXT}
            >
              {category}
            </text>
          ))}
        </g>
        {series.map((one, index) =>
          one.points.map(([at, value]) => {
            const top = MARGIN.top + at * group + index * BAR
            const [from, to] = [Math.min(origin, x(value)), Math.max(origin, x(value))]
            return (
              <g key={`${one.label} ${at}`}>
                <rect
                  {...{ x: from, y: top + 1, width: Math.max(1, to - from), height: BAR - 2 }}
                  strokeDasharray={dashOf(one.origin)}
                  className={barClass(lookOf(index), one.origin)}
                >
                  <title>{`${categories[at] ?? ''}, ${one.label}: ${formatFigure(value)}`}</title>
                </rect>
                <text x={to + 5} y={top + BAR - 2} aria-hidden className={AXIS_TEXT}>
                  {formatFigure(Number(value.toPrecision(3)))}
                </text>
              </g>
            )
          }),
        )}
      </svg>
    </div>
  )
}
