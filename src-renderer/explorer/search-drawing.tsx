/** A search drawn hop by hop, as it goes on. The table beside it says the same in words. */
import { type ReactNode, useMemo, useRef } from 'react'
import type { SearchState, SearchStep } from '../client/types.ts'
import { cx } from '../ui/cx.ts'
import { formatMilliseconds } from '../ui/format.ts'
import { useSize } from '../ui/use-size.ts'
import { sharedBits } from './distance.ts'
import { type Drawing, drawSearch, type Link, MARGIN, type Mark, type Size } from './search-layout.ts'
import { STEP_LOOKS, searchSentence } from './search-words.ts'

export function SearchDrawing(props: {
  search: SearchState
  elapsed: number
  chosen: string | undefined
  onChoose: (id: string) => void
}): ReactNode {
  const { search, elapsed, chosen } = props
  const place = useRef<HTMLDivElement>(null)
  const size = useSize(place)
  const drawing = useMemo(() => drawSearch(search, elapsed, size), [search, elapsed, size])
  const { marks, links } = drawing
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div ref={place} className="relative min-h-0 grow overflow-hidden">
        <svg
          role="img"
          aria-label={searchSentence(search)}
          width={size.width}
          height={size.height}
          className="absolute"
        >
          <Axes drawing={drawing} size={size} />
          {links.map((link) => (
            <LinkLine key={link.id} link={link} />
          ))}
          {marks.map((mark) => (
            <NodeMark
              key={mark.id}
              mark={mark}
              target={search.target}
              chosen={mark.id === chosen}
              onChoose={props.onChoose}
            />
          ))}
        </svg>
      </div>
      <Legend />
    </div>
  )
}

const TEXT = 'fill-faint text-caption tabular-nums'

function Axes({ drawing, size }: { drawing: Drawing; size: Size }): ReactNode {
  const bottom = size.height - MARGIN.bottom
  const right = size.width - MARGIN.right
  return (
    <g aria-hidden>
      {drawing.bits.map(({ at, value }) => (
        <g key={value}>
          <line x1={MARGIN.left} x2={right} y1={at} y2={at} className="stroke-line" strokeWidth={1} />
          <text x={MARGIN.left - 8} y={at + 4} textAnchor="end" className={TEXT}>
            {value}
          </text>
        </g>
      ))}
      <text transform={`translate(14 ${(MARGIN.top + bottom) / 2}) rotate(-90)`} textAnchor="middle" className={TEXT}>
        ← nearer · shared bits
      </text>
      <line x1={MARGIN.left} x2={right} y1={bottom} y2={bottom} className="stroke-line-control" strokeWidth={1} />
      {drawing.times.map(({ at, value }) => (
        <g key={value}>
          <line x1={at} x2={at} y1={bottom} y2={bottom + 4} className="stroke-line-control" strokeWidth={1} />
          <text x={at} y={bottom + 18} textAnchor={at > right - TICK_PX ? 'end' : 'middle'} className={TEXT}>
            {timeLabel(value)}
          </text>
        </g>
      ))}
      <text x={right} y={size.height - 6} textAnchor="end" className={TEXT}>
        time since the start →
      </text>
    </g>
  )
}

/** A label nearer to the right edge than this ends there. */
const TICK_PX = 20

/** Round figures: `0`, `500 ms`, `1.5 s`. */
const timeLabel = (value: number): string =>
  value === 0 ? '0' : value < 1_000 ? `${value} ms` : `${Number((value / 1_000).toFixed(2))} s`

function LinkLine({ link }: { link: Link }): ReactNode {
  const { x1, y1, x2, y2 } = link
  const bend = (x1 + x2) / 2
  return (
    <path
      d={`M${x1} ${y1}C${bend} ${y1} ${bend} ${y2} ${x2} ${y2}`}
      fill="none"
      strokeWidth={link.onPath ? 2.5 : 1}
      className={link.onPath ? 'stroke-fill' : 'stroke-line-control/60'}
    />
  )
}

function NodeMark(props: { mark: Mark; target: string; chosen: boolean; onChoose: (id: string) => void }): ReactNode {
  const { mark, chosen } = props
  const { step, x, endX, y, onPath } = mark
  const running = step.state === 'asked' || step.state === 'stalled'
  const title = [
    `${step.address}, hop ${step.hop}: ${STEP_LOOKS[step.state].word.toLowerCase()}`,
    ...(step.repliedAt === undefined ? [] : [`after ${formatMilliseconds(step.repliedAt - step.askedAt)}`]),
    `shares ${sharedBits(props.target, step.nodeId)} bits with the target`,
  ].join('\n')
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the rows of the table beside it do the same by keyboard
    <g onMouseDown={() => props.onChoose(mark.id)} className="animate-appear">
      <title>{title}</title>
      <line
        x1={x}
        x2={endX}
        y1={y}
        y2={y}
        strokeWidth={onPath ? 2.5 : 1.5}
        strokeDasharray={running ? '2 3' : undefined}
        className={onPath ? 'stroke-fill' : running ? 'stroke-info' : 'stroke-line-control'}
      />
      <circle cx={endX} cy={y} r={10} className="fill-transparent" />
      {chosen && <circle cx={endX} cy={y} r={8} fill="none" strokeWidth={2} className="stroke-focus" />}
      <StateShape state={step.state} x={endX} y={y} onPath={onPath} />
    </g>
  )
}

/** A shape of its own for each state: colour alone says nothing. */
export function StateShape(props: { state: SearchStep['state']; x: number; y: number; onPath: boolean }): ReactNode {
  const { state, x, y } = props
  switch (state) {
    case 'replied':
      return (
        <circle cx={x} cy={y} r={props.onPath ? 5.5 : 4} className={cx(props.onPath ? 'fill-fill' : 'fill-positive')} />
      )
    case 'asked':
      return <circle cx={x} cy={y} r={4} strokeWidth={1.5} className="fill-surface stroke-info" />
    case 'stalled':
      return (
        <rect x={x - 3.5} y={y - 3.5} width={7} height={7} strokeWidth={1.5} className="fill-surface stroke-warning" />
      )
    case 'failed':
      return (
        <path
          d={`M${x - 3.5} ${y - 3.5}l7 7m0 -7l-7 7`}
          fill="none"
          strokeWidth={1.75}
          strokeLinecap="round"
          className="stroke-danger"
        />
      )
  }
}

const LEGEND = ['replied', 'asked', 'stalled', 'failed'] as const

function Legend(): ReactNode {
  return (
    <ul aria-label="Marks of the drawing" className="flex shrink-0 flex-wrap gap-x-4 px-4 pb-2 text-caption text-muted">
      {LEGEND.map((state) => (
        <li key={state} className="flex items-center gap-1.5">
          <svg width={12} height={12} aria-hidden>
            <StateShape state={state} x={6} y={6} onPath={false} />
          </svg>
          {STEP_LOOKS[state].word}
        </li>
      ))}
      <li className="flex items-center gap-1.5">
        <svg width={20} height={12} aria-hidden>
          <line x1={0} x2={14} y1={6} y2={6} strokeWidth={2.5} className="stroke-fill" />
          <StateShape state="replied" x={14} y={6} onPath />
        </svg>
        Path to the nearest
      </li>
    </ul>
  )
}
