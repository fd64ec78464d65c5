/** How series are told apart: by colour and mark, and by what kind of line says so: ours thick with marks, others' thin. */
import type { ReactNode } from 'react'
import type { LabChart, LabSeries } from '../../client/types.ts'
import { cx } from '../../ui/cx.ts'
import { ORIGIN_WORDS } from './lab-words.ts'

export interface Look {
  readonly stroke: string
  readonly fill: string
  readonly mark: Mark
}

type Mark = 'circle' | 'square' | 'diamond' | 'triangle'

const COLOURS = [
  { stroke: 'stroke-fill', fill: 'fill-fill' },
  { stroke: 'stroke-info', fill: 'fill-info' },
  { stroke: 'stroke-warning', fill: 'fill-warning' },
  { stroke: 'stroke-danger', fill: 'fill-danger' },
  { stroke: 'stroke-fill-positive', fill: 'fill-fill-positive' },
  { stroke: 'stroke-muted', fill: 'fill-muted' },
  { stroke: 'stroke-text', fill: 'fill-text' },
] as const
const MARKS: readonly Mark[] = ['circle', 'square', 'diamond', 'triangle']

export function lookOf(index: number): Look {
  const colour = COLOURS[index % COLOURS.length] ?? COLOURS[0]
  return { ...colour, mark: MARKS[index % MARKS.length] ?? 'circle' }
}

/** Only what is quoted from memory is dashed. */
export function dashOf(origin: LabSeries['origin']): string | undefined {
  return origin === 'from memory' ? '6 4' : undefined
}

export function widthOf(origin: LabSeries['origin']): number {
  return origin === 'measured' ? 2 : 1.25
}

/** Publications have points, formulas a line alone. */
export function hasMarks(origin: LabSeries['origin']): boolean {
  return origin !== 'formula'
}

const R = 3.5

export function PointMark(props: { look: Look; x: number; y: number; hollow: boolean; title?: string }): ReactNode {
  const { look, x, y, title } = props
  const className = cx(look.stroke, props.hollow ? 'fill-surface' : look.fill)
  const tip = title === undefined ? null : <title>{title}</title>
  switch (look.mark) {
    case 'circle':
      return (
        <circle cx={x} cy={y} r={R} className={className}>
          {tip}
        </circle>
      )
    case 'square':
      return (
        <rect x={x - R} y={y - R} width={2 * R} height={2 * R} className={className}>
          {tip}
        </rect>
      )
    case 'diamond':
      return (
        <path d={`M${x} ${y - R - 1}L${x + R + 1} ${y}L${x} ${y + R + 1}L${x - R - 1} ${y}Z`} className={className}>
          {tip}
        </path>
      )
    case 'triangle':
      return (
        <path d={`M${x} ${y - R - 1}L${x + R + 1} ${y + R}L${x - R - 1} ${y + R}Z`} className={className}>
          {tip}
        </path>
      )
  }
}

/** The names of the series, each with its line and who says so. */
export function Legend({ series, shape }: { series: readonly LabSeries[]; shape: LabChart['shape'] }): ReactNode {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-0.5 text-caption text-muted">
      {series.map(({ label, origin }, index) => (
        <li key={label} className="flex items-center gap-1.5">
          <Sample look={lookOf(index)} origin={origin} shape={shape} />
          <span>
            {label} <span className="text-faint">({ORIGIN_WORDS[origin]})</span>
          </span>
        </li>
      ))}
    </ul>
  )
}

function Sample(props: { look: Look; origin: LabSeries['origin']; shape: LabChart['shape'] }): ReactNode {
  const { look, origin, shape } = props
  return (
    <svg width={24} height={10} aria-hidden className="shrink-0">
      {shape === 'bars' ? (
        <rect x={2} y={1} width={20} height={8} strokeDasharray={dashOf(origin)} className={barClass(look, origin)} />
      ) : (
        <>
          {shape === 'lines' && (
            <line
              {...{ x1: 0, x2: 24, y1: 5, y2: 5, strokeWidth: widthOf(origin), strokeDasharray: dashOf(origin) }}
              className={look.stroke}
            />
          )}
          {hasMarks(origin) && <PointMark look={look} x={12} y={5} hollow={origin !== 'measured'} />}
        </>
      )}
    </svg>
  )
}

/** Bars of ours are filled, those of others hollow. */
export function barClass(look: Look, origin: LabSeries['origin']): string {
  return cx(look.stroke, origin === 'measured' ? look.fill : 'fill-transparent')
}
