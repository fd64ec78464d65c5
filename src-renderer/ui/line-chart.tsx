/** Thin lines over the time until now. Moves as its points do; a sentence says the same to who cannot see it. */
import { type ReactNode, useRef } from 'react'
import { axisTop } from './axis.ts'
import { useSize } from './use-size.ts'

const MARGIN = { left: 72, right: 8, top: 8, bottom: 20 }
const TEXT = 'fill-faint text-caption tabular-nums'

export interface Point {
  /** Seconds before now. */
  readonly ago: number
  readonly value: number
}

export interface Line {
  readonly name: string
  /** Oldest first. */
  readonly points: readonly Point[]
  /** Its newest value in words. */
  readonly now: string
}

const LOOKS = [
  { stroke: 'stroke-fill', dashes: undefined },
  { stroke: 'stroke-info', dashes: '4 3' },
] as const

/**
 * @param props.lines two at most: the first has a light fill, the second is dashed
 * @param props.least the axis goes no lower at its top than this @param props.span seconds, and in words
 */
export function LineChart(props: {
  lines: readonly Line[]
  sentence: string
  least: number
  span: { readonly seconds: number; readonly words: string }
  format: (value: number) => string
}): ReactNode {
  const { lines, span } = props
  const place = useRef<HTMLDivElement>(null)
  const { width, height } = useSize(place)
  const top = axisTop(Math.max(0, ...lines.flatMap((line) => line.points.map((point) => point.value))), props.least)
  const bottom = height - MARGIN.bottom
  const x = (ago: number): number => width - MARGIN.right - (ago / span.seconds) * (width - MARGIN.left - MARGIN.right)
  const y = (value: number): number => bottom - (value / top) * (bottom - MARGIN.top)
  return (
    <figure className="flex h-full min-h-24 flex-col">
      <Legend lines={lines} />
      <div ref={place} className="relative min-h-0 grow overflow-hidden">
        <svg role="img" aria-label={props.sentence} width={width} height={height} className="absolute">
          {[0, top / 2, top].map((value) => (
            <g key={value}>
              <line x1={MARGIN.left} x2={width - MARGIN.right} y1={y(value)} y2={y(value)} className="stroke-line" />
              <text x={MARGIN.left - 6} y={y(value) + 4} textAnchor="end" className={TEXT}>
                {props.format(value)}
              </text>
            </g>
          ))}
          <text x={MARGIN.left} y={height - 4} className={TEXT}>
            {span.words} ago
          </text>
          <text x={width - MARGIN.right} y={height - 4} textAnchor="end" className={TEXT}>
            now
          </text>
          {lines.map((line, index) => (
            <Drawn key={line.name} path={pathOf(line.points, x, y)} points={line.points} index={index} x={x} y={y} />
          ))}
        </svg>
      </div>
    </figure>
  )
}

function pathOf(points: readonly Point[], x: (ago: number) => number, y: (value: number) => number): string {
  return points
    .map((point, n) => `${n === 0 ? 'M' : 'L'}${x(point.ago).toFixed(1)} ${y(point.value).toFixed(1)}`)
    .join('')
}

function Drawn(props: {
  path: string
  points: readonly Point[]
  index: number
  x: (ago: number) => number
  y: (value: number) => number
}): ReactNode {
  const { points, path, x, y } = props
  const look = LOOKS[props.index] ?? LOOKS[0]
  const [first] = points
  const last = points.at(-1)
  if (points.length < 2 || !first || !last) return null
  return (
    <>
      {props.index === 0 && (
        <path d={`${path}L${x(last.ago)} ${y(0)}L${x(first.ago)} ${y(0)}Z`} className="fill-fill/10" stroke="none" />
      )}
      <path d={path} fill="none" strokeWidth={1.5} strokeDasharray={look.dashes} className={look.stroke} />
    </>
  )
}

function Legend({ lines }: { lines: readonly Line[] }): ReactNode {
  return (
    <figcaption className="flex flex-wrap gap-x-4 text-caption text-muted">
      {lines.map((line, index) => (
        <span key={line.name} className="flex items-center gap-1.5">
          <svg width={16} height={8} aria-hidden>
            <line
              x1={0}
              x2={16}
              y1={4}
              y2={4}
              strokeWidth={2}
              strokeDasharray={LOOKS[index]?.dashes}
              className={LOOKS[index]?.stroke}
            />
          </svg>
          {line.name} {line.now}
        </span>
      ))}
    </figcaption>
  )
}
