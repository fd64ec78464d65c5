/** Series over a figure: each a line, ours with a mark at every point; or points alone, each with its name. */
import { type ReactNode, useRef } from 'react'
import type { LabChart, LabSeries } from '../../client/types.ts'
import { useSize } from '../../ui/use-size.ts'
import { type Scale, scaleOf } from './chart-scale.ts'
import { chartSentence, formatFigure, titled } from './lab-words.ts'
import { placeNames } from './point-names.ts'
import { dashOf, hasMarks, lookOf, PointMark, widthOf } from './series-looks.tsx'

const HEIGHT = 240
const MARGIN = { left: 56, right: 16, top: 22, bottom: 36 }
export const AXIS_TEXT = 'fill-faint text-caption tabular-nums'

export function LinesChart({ chart }: { chart: LabChart }): ReactNode {
  const place = useRef<HTMLDivElement>(null)
  const { width } = useSize(place)
  const points = chart.series.flatMap((series) => series.points)
  const across = scaleOf(
    chart.x.scale,
    points.map(([x]) => x),
    false,
  )
  const up = scaleOf(
    chart.y.scale,
    points.map(([, y]) => y),
    true,
  )
  const x = (value: number): number => MARGIN.left + across.place(value) * (width - MARGIN.left - MARGIN.right)
  const y = (value: number): number => HEIGHT - MARGIN.bottom - up.place(value) * (HEIGHT - MARGIN.top - MARGIN.bottom)

  const named = chart.series.flatMap(({ points, names = [] }) =>
    points.map(([at, value], n) => ({ x: x(at), y: y(value), name: names[n] ?? '' })),
  )
  const room = { left: MARGIN.left, right: width - MARGIN.right, top: MARGIN.top, bottom: HEIGHT - MARGIN.bottom }
  return (
    <div ref={place} className="relative overflow-hidden" style={{ height: HEIGHT }}>
      <svg role="img" aria-label={chartSentence(chart)} width={width} height={HEIGHT} className="absolute">
        <Axes chart={chart} across={across} up={up} x={x} y={y} width={width} />
        {chart.series.map((series, index) => (
          <Line key={series.label} series={series} index={index} chart={chart} x={x} y={y} />
        ))}
        <g aria-hidden>
          {placeNames(
            named.filter(({ name }) => name !== ''),
            room,
          ).map(({ at, name }) => (
            <text key={`${at[0]} ${at[1]}`} x={at[0]} y={at[1]} className={AXIS_TEXT}>
              {name}
            </text>
          ))}
        </g>
      </svg>
    </div>
  )
}

interface Places {
  readonly x: (value: number) => number
  readonly y: (value: number) => number
}

function Axes(props: Places & { chart: LabChart; across: Scale; up: Scale; width: number }): ReactNode {
  const { chart, x, y, width } = props
  const bottom = HEIGHT - MARGIN.bottom
  return (
    <g aria-hidden>
      <text x={0} y={12} className={AXIS_TEXT}>
        {titled(chart.y)}
      </text>
      {props.up.ticks.map((tick) => (
        <g key={tick}>
          <line x1={MARGIN.left} x2={width - MARGIN.right} y1={y(tick)} y2={y(tick)} className="stroke-line" />
          <text x={MARGIN.left - 6} y={y(tick) + 4} textAnchor="end" className={AXIS_TEXT}>
            {formatFigure(tick)}
          </text>
        </g>
      ))}
      {props.across.ticks.map((tick) => (
        <g key={tick}>
          <line x1={x(tick)} x2={x(tick)} y1={bottom} y2={bottom + 4} className="stroke-line-control" />
          <text x={x(tick)} y={bottom + 16} textAnchor="middle" className={AXIS_TEXT}>
            {formatFigure(tick)}
          </text>
        </g>
      ))}
      <text x={width - MARGIN.right} y={HEIGHT - 4} textAnchor="end" className={AXIS_TEXT}>
        {titled(chart.x)}
      </text>
    </g>
  )
}

function Line(props: Places & { series: LabSeries; index: number; chart: LabChart }): ReactNode {
  const { series, chart, x, y } = props
  const { origin, points, label, names } = series
  const look = lookOf(props.index)
  const path = points
    .map(([at, value], n) => `${n === 0 ? 'M' : 'L'}${x(at).toFixed(1)} ${y(value).toFixed(1)}`)
    .join('')
  return (
    <g>
      {chart.shape === 'lines' && (
        <path
          {...{ d: path, fill: 'none', strokeWidth: widthOf(origin), strokeDasharray: dashOf(origin) }}
          className={look.stroke}
        />
      )}
      {hasMarks(origin) &&
        points.map(([at, value], n) => (
          <PointMark
            // biome-ignore lint/suspicious/noArrayIndexKey: two settings may cost the same, and a chart's points keep their order.
            key={n}
            {...{ look, x: x(at), y: y(value), hollow: origin !== 'measured' }}
            title={`${[label, ...(names?.[n] ? [names[n]] : [])].join(', ')}\n${titled(chart.x)}: ${formatFigure(at)}\n${titled(chart.y)}: ${formatFigure(value)}`}
          />
        ))}
    </g>
  )
}
