/** What crossed in the last two minutes, as two thin lines. Moves once a second; a sentence says the same. */
import { type ReactNode, useMemo, useRef } from 'react'
import { bytesQuantity, formatRate } from '../ui/format.ts'
import { useSize } from '../ui/use-size.ts'
import { axisTop, MAX_SAMPLES, type Rate, ratesOf, type Sample } from './traffic.ts'

const MARGIN = { left: 56, right: 8, top: 8, bottom: 20 }
const LEAST_TOP = 1_000
const SPAN_S = MAX_SAMPLES - 1
const TEXT = 'fill-faint text-caption tabular-nums'

/** @param props.samples oldest first, a second apart */
export function TrafficChart(props: { samples: readonly Sample[] }): ReactNode {
  const place = useRef<HTMLDivElement>(null)
  const { width, height } = useSize(place)
  const rates = useMemo(() => ratesOf(props.samples), [props.samples])
  const top = axisTop(Math.max(0, ...rates.flatMap((rate) => [rate.received, rate.sent])), LEAST_TOP)
  const bottom = height - MARGIN.bottom
  const x = (ago: number): number => width - MARGIN.right - (ago / SPAN_S) * (width - MARGIN.left - MARGIN.right)
  const y = (rate: number): number => bottom - (rate / top) * (bottom - MARGIN.top)
  const line = (of: (rate: Rate) => number): string =>
    rates.map((rate, n) => `${n === 0 ? 'M' : 'L'}${x(rate.ago).toFixed(1)} ${y(of(rate)).toFixed(1)}`).join('')
  const received = line((rate) => rate.received)
  const last = rates.at(-1)
  return (
    <figure className="flex h-full min-h-24 flex-col">
      <figcaption className="flex flex-wrap gap-x-4 text-caption text-muted">
        <span className="font-medium text-faint">Traffic</span>
        <span className="flex items-center gap-1.5">
          <Stroke className="stroke-fill" />
          Receives {formatRate(last?.received ?? 0)}
        </span>
        <span className="flex items-center gap-1.5">
          <Stroke className="stroke-info" dashed />
          Sends {formatRate(last?.sent ?? 0)}
        </span>
      </figcaption>
      <div ref={place} className="relative min-h-0 grow overflow-hidden">
        <svg role="img" aria-label={sentence(rates)} width={width} height={height} className="absolute">
          {[0, top / 2, top].map((value) => (
            <g key={value}>
              <line x1={MARGIN.left} x2={width - MARGIN.right} y1={y(value)} y2={y(value)} className="stroke-line" />
              <text x={MARGIN.left - 6} y={y(value) + 4} textAnchor="end" className={TEXT}>
                {axisLabel(value)}
              </text>
            </g>
          ))}
          <text x={MARGIN.left} y={height - 4} className={TEXT}>
            2 min ago
          </text>
          <text x={width - MARGIN.right} y={height - 4} textAnchor="end" className={TEXT}>
            now
          </text>
          {rates.length > 1 && (
            <>
              <path
                d={`${received}L${x(0)} ${bottom}L${x(rates[0]?.ago ?? 0)} ${bottom}Z`}
                className="fill-fill/10"
                stroke="none"
              />
              <path d={received} fill="none" strokeWidth={1.5} className="stroke-fill" />
              <path
                d={line((rate) => rate.sent)}
                fill="none"
                strokeWidth={1.5}
                strokeDasharray="4 3"
                className="stroke-info"
              />
            </>
          )}
        </svg>
      </div>
    </figure>
  )
}

function axisLabel(rate: number): string {
  if (rate === 0) return '0'
  const { value, unit } = bytesQuantity(rate)
  return `${Number(value)} ${unit}/s`
}

function Stroke(props: { className: string; dashed?: boolean }): ReactNode {
  return (
    <svg width={16} height={8} aria-hidden>
      <line
        x1={0}
        x2={16}
        y1={4}
        y2={4}
        strokeWidth={2}
        strokeDasharray={props.dashed ? '4 3' : undefined}
        className={props.className}
      />
    </svg>
  )
}

function sentence(rates: readonly Rate[]): string {
  if (rates.length === 0) return 'Traffic of the last two minutes: nothing measured yet.'
  const most = (of: (rate: Rate) => number): string => formatRate(Math.max(...rates.map(of)))
  return [
    `Traffic of the last two minutes: receives ${formatRate(rates.at(-1)?.received ?? 0)} now,`,
    `at most ${most((rate) => rate.received)}; sends ${formatRate(rates.at(-1)?.sent ?? 0)} now,`,
    `at most ${most((rate) => rate.sent)}.`,
  ].join(' ')
}
