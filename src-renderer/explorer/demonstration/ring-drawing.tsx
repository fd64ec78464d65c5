/** The small ring: places, nodes with their keys, the fingers of the chosen one, a lookup's way, and messages under way. */
import { type ReactNode, useMemo, useRef } from 'react'
import { useMedia } from '../../app/use-media.ts'
import type { RingPicture, SmallNode } from '../../client/types.ts'
import { cx } from '../../ui/cx.ts'
import { useSize } from '../../ui/use-size.ts'
import type { RingFrame } from '../ring/ring-geometry.ts'
import { PHASE_WORDS, ringSentence } from './example-words.ts'
import {
  fingerLines,
  isGone,
  keyMarks,
  messageMarks,
  NODE_RADIUS,
  type NodeMark,
  nodeMarks,
  nodeRadius,
  ownArc,
  placeMarks,
  walkLines,
} from './ring-layout.ts'

/** Room for keys, which are written outside: beside the ring, above it and below. */
const MARGIN = { aside: 76, above: 34 }

function ringIn({ width, height }: { readonly width: number; readonly height: number }): RingFrame {
  const radius = Math.max(1, Math.min(width / 2 - MARGIN.aside, height / 2 - MARGIN.above))
  return { centre: { x: width / 2, y: height / 2 }, radius }
}

export function RingDrawing(props: {
  picture: RingPicture
  chosen: SmallNode | undefined
  onChoose: (node: number) => void
  /** A free place is clicked. */
  onPlace: (place: number) => void
}): ReactNode {
  const { picture, chosen } = props
  const place = useRef<HTMLDivElement>(null)
  const size = useSize(place)
  const frame = useMemo(() => ringIn(size), [size])
  const radius = nodeRadius(frame, picture.nodes)
  return (
    <div ref={place} className="relative min-h-0 grow overflow-hidden">
      <svg role="img" aria-label={ringSentence(picture)} width={size.width} height={size.height} className="absolute">
        <Arrowheads />
        <Places frame={frame} onPlace={props.onPlace} />
        {chosen && !isGone(chosen) && <Pointers frame={frame} node={chosen} />}
        <Keys frame={frame} keys={picture.keys} />
        {picture.walk && <Walk frame={frame} walk={picture.walk} />}
        <Messages frame={frame} picture={picture} />
        {nodeMarks(frame, picture.nodes).map((mark) => (
          <Node
            key={mark.place}
            mark={mark}
            radius={radius}
            isChosen={mark.node === chosen}
            onChoose={props.onChoose}
          />
        ))}
      </svg>
    </div>
  )
}

const HEADS = [
  ['finger', 'fill-accent-text'],
  ['walk', 'fill-fill'],
] as const

function Arrowheads(): ReactNode {
  return (
    <defs>
      {HEADS.map(([name, look]) => (
        <marker
          key={name}
          id={`ring-${name}`}
          viewBox="0 0 8 8"
          refX={7}
          refY={4}
          markerWidth={7}
          markerHeight={7}
          markerUnits="userSpaceOnUse"
          orient="auto"
        >
          <path d="M0 0L8 4L0 8Z" className={look} />
        </marker>
      ))}
    </defs>
  )
}

function Places(props: { frame: RingFrame; onPlace: (place: number) => void }): ReactNode {
  const { frame } = props
  const { x, y } = frame.centre
  return (
    <g aria-hidden>
      <circle cx={x} cy={y} r={frame.radius} fill="none" strokeWidth={1.5} className="stroke-line-control/60" />
      {placeMarks(frame).map(({ place, at, end }) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: the field for the place does the same by keyboard
        <g key={place} onMouseDown={() => props.onPlace(place)}>
          <title>{`Place ${place}`}</title>
          <circle cx={at.x} cy={at.y} r={7} className="fill-transparent" />
          <line x1={at.x} y1={at.y} x2={end.x} y2={end.y} className="stroke-line-control/70" strokeWidth={1} />
        </g>
      ))}
    </g>
  )
}

/** At the places that they hash to. */
function Keys({ frame, keys }: { frame: RingFrame; keys: readonly number[] }): ReactNode {
  return (
    <g aria-hidden>
      {keyMarks(frame, keys).map(({ place, at }) => (
        <path
          key={place}
          d={`M${at.x} ${at.y - 4.5}l4.5 4.5l-4.5 4.5l-4.5 -4.5Z`}
          className="fill-warning stroke-surface"
        >
          <title>{`Key ${place}`}</title>
        </path>
      ))}
    </g>
  )
}

/** The stretch that the chosen node owns, and its fingers. */
function Pointers({ frame, node }: { frame: RingFrame; node: SmallNode }): ReactNode {
  const arc = ownArc(frame, node)
  return (
    <g aria-hidden>
      {arc && <path d={arc} fill="none" strokeWidth={5} className="stroke-fill/45" />}
      {fingerLines(frame, node).map(({ to, path, numbers, labelAt, isGone }) => (
        <g key={to}>
          <path
            d={path}
            {...{ fill: 'none', strokeWidth: 1.25, markerEnd: 'url(#ring-finger)' }}
            strokeDasharray={isGone ? '3 3' : undefined}
            className="stroke-accent-text/80"
          />
          <text
            x={labelAt.x}
            y={labelAt.y + 4}
            textAnchor="middle"
            className="[paint-order:stroke] stroke-surface stroke-[5px] fill-accent-text text-caption"
          >
            {numbers}
          </text>
        </g>
      ))}
    </g>
  )
}

const WALK_LOOKS = {
  asked: 'stroke-fill',
  answered: 'stroke-fill',
  owner: 'stroke-fill',
  silent: 'stroke-danger',
} as const

function Walk({ frame, walk }: { frame: RingFrame; walk: NonNullable<RingPicture['walk']> }): ReactNode {
  return (
    <g aria-hidden>
      {walkLines(frame, walk).map(({ id, path, hop, labelAt, state }) => (
        <g key={id}>
          <path
            d={path}
            {...{ fill: 'none', strokeWidth: 3, markerEnd: 'url(#ring-walk)' }}
            strokeDasharray={state === 'asked' || state === 'silent' ? '5 4' : undefined}
            className={WALK_LOOKS[state]}
          />
          <circle cx={labelAt.x} cy={labelAt.y} r={8} className="fill-accent" />
          <text x={labelAt.x} y={labelAt.y + 4} textAnchor="middle" className="fill-on-accent text-caption font-medium">
            {hop}
          </text>
        </g>
      ))}
    </g>
  )
}

function Messages({ frame, picture }: { frame: RingFrame; picture: RingPicture }): ReactNode {
  const isStill = useMedia('(prefers-reduced-motion: reduce)')
  return (
    <g aria-hidden>
      {messageMarks(frame, picture, isStill).map(({ id, path, at, isAnswer, label }) => (
        <g key={id}>
          <path d={path} fill="none" strokeWidth={1} strokeDasharray="2 4" className="stroke-info/50" />
          <g
            style={{ transform: `translate(${at.x}px, ${at.y}px)` }}
            className={isStill ? '' : 'transition-transform duration-100 ease-linear'}
          >
            <circle r={4} strokeWidth={1.5} className={cx('stroke-info', isAnswer ? 'fill-surface' : 'fill-info')} />
            <text
              y={-8}
              textAnchor="middle"
              className="[paint-order:stroke] stroke-surface stroke-[5px] fill-info text-caption"
            >
              {label}
            </text>
          </g>
        </g>
      ))}
    </g>
  )
}

function Node(props: {
  mark: NodeMark
  radius: number
  isChosen: boolean
  onChoose: (node: number) => void
}): ReactNode {
  const { radius } = props
  const { node, at, keys, keysAt, anchor } = props.mark
  const { id, phase, isBusy } = node
  const isMember = phase === 'member'
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the list of nodes beside it does the same by keyboard
    <g onMouseDown={() => props.onChoose(id)}>
      <title>{`Node ${id}, ${PHASE_WORDS[phase]}${isBusy ? ', busy with a change' : ''}`}</title>
      {props.isChosen && (
        <circle cx={at.x} cy={at.y} r={radius + 4} fill="none" strokeWidth={2} className="stroke-focus" />
      )}
      <circle
        cx={at.x}
        cy={at.y}
        r={radius}
        strokeWidth={isBusy ? 2.5 : 1.5}
        strokeDasharray={isMember ? undefined : '3 2'}
        className={cx(
          phase === 'dead' ? 'fill-danger-soft stroke-danger' : isMember ? 'fill-accent' : 'fill-surface',
          phase !== 'dead' && (isBusy ? 'stroke-warning' : isMember ? 'stroke-surface' : 'stroke-accent-text'),
        )}
      />
      <text
        x={at.x}
        y={at.y + (radius < NODE_RADIUS - 2 ? 3 : 4)}
        textAnchor="middle"
        className={cx(
          radius < NODE_RADIUS - 2 ? 'text-[8px]' : 'text-caption',
          'font-semibold',
          isMember ? 'fill-on-accent' : phase === 'dead' ? 'fill-danger' : 'fill-accent-text',
        )}
      >
        {id}
      </text>
      {keys !== '' && (
        <text
          x={keysAt.x}
          y={keysAt.y + 4}
          textAnchor={anchor}
          className="fill-warning text-caption font-medium tabular-nums"
        >
          {keys}
        </text>
      )}
    </g>
  )
}
