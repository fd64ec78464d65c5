/** The picture of a lookup on the ring. */
import type { ReactNode } from 'react'
import { formatMilliseconds } from '../../ui/format.ts'
import { StateShape } from '../search-drawing.tsx'
import { STEP_LOOKS } from '../search-words.ts'
import { PlaceMark } from './ring-marks.tsx'
import type { WalkArrow, WalkDrawing, WalkMark } from './walk-layout.ts'

export function WalkPicture(props: {
  label: string
  drawing: WalkDrawing
  size: { readonly width: number; readonly height: number }
  chosen: string | undefined
  onChoose: (id: string) => void
}): ReactNode {
  const { drawing, size } = props
  const { frame, key, answer } = drawing
  const [owner, ...copies] = drawing.owners
  return (
    <svg role="img" aria-label={props.label} width={size.width} height={size.height} className="absolute">
      <circle
        cx={frame.centre.x}
        cy={frame.centre.y}
        r={frame.radius}
        fill="none"
        strokeWidth={1.5}
        className="stroke-line-control/70"
      />
      {drawing.others.map((at) => (
        <PlaceMark key={`${at.x} ${at.y}`} at={at} look="other" />
      ))}
      {drawing.own.map((at) => (
        <PlaceMark key={`${at.x} ${at.y}`} at={at} look="own" />
      ))}
      {drawing.arrows.map((arrow) => (
        <Arrow key={arrow.id} arrow={arrow} />
      ))}
      {answer && (
        <g className="animate-appear">
          <path d={answer.path} fill="none" strokeWidth={2.5} strokeDasharray="6 3" className="stroke-fill" />
          <path d={answer.head} className="fill-fill" />
        </g>
      )}
      {copies.map((at) => (
        <circle
          key={`${at.x} ${at.y}`}
          cx={at.x}
          cy={at.y}
          r={6}
          fill="none"
          strokeWidth={1.5}
          className="stroke-warning/70"
        />
      ))}
      {owner && <circle cx={owner.x} cy={owner.y} r={8} strokeWidth={2.5} className="fill-surface stroke-warning" />}
      {drawing.marks.map((mark) => (
        <Mark key={mark.id} mark={mark} chosen={mark.id === props.chosen} onChoose={props.onChoose} />
      ))}
      <path d={`M${key.x} ${key.y - 5}l5 5l-5 5l-5 -5Z`} className="fill-warning" />
      {drawing.labels.map((label) => (
        <text
          key={label.id}
          x={label.at.x}
          y={label.at.y + 4}
          textAnchor={label.anchor}
          className="fill-text text-caption tabular-nums"
        >
          {label.text}
        </text>
      ))}
    </svg>
  )
}

function Arrow({ arrow: { step, path, head, onPath } }: { arrow: WalkArrow }): ReactNode {
  const failed = step.state === 'failed'
  const [stroke, fill] = failed
    ? ['stroke-danger', 'fill-danger']
    : onPath
      ? ['stroke-fill', 'fill-fill']
      : step.state === 'replied'
        ? ['stroke-line-control', 'fill-line-control']
        : ['stroke-info', 'fill-info']
  const dash = failed ? '2 4' : step.state === 'replied' ? undefined : '5 3'
  return (
    <g className="animate-appear">
      <path d={path} fill="none" strokeWidth={onPath ? 2.5 : 1.5} strokeDasharray={dash} className={stroke} />
      <path d={head} className={fill} />
    </g>
  )
}

function Mark(props: { mark: WalkMark; chosen: boolean; onChoose: (id: string) => void }): ReactNode {
  const { step, at, onPath, id } = props.mark
  const title = [
    `${step.address}, hop ${step.hop}: ${STEP_LOOKS[step.state].word.toLowerCase()}`,
    ...(step.repliedAt === undefined ? [] : [`after ${formatMilliseconds(step.repliedAt - step.askedAt)}`]),
  ].join('\n')
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the rows of the table beside it do the same by keyboard
    <g onMouseDown={() => props.onChoose(id)} className="animate-appear">
      <title>{title}</title>
      <circle cx={at.x} cy={at.y} r={10} className="fill-transparent" />
      {props.chosen && <circle cx={at.x} cy={at.y} r={11} fill="none" strokeWidth={2} className="stroke-focus" />}
      <StateShape state={step.state} x={at.x} y={at.y} onPath={onPath} />
    </g>
  )
}
