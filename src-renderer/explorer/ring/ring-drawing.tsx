/** The ring drawn: every place that we know of where its bits put it, and what the chosen one points to. */
import { type KeyboardEvent, type ReactNode, useId, useMemo, useRef } from 'react'
import type { RingHost, StoredItemRow } from '../../client/types.ts'
import { cx } from '../../ui/cx.ts'
import { useSize } from '../../ui/use-size.ts'
import { pointAt } from './ring-geometry.ts'
import { type RingDrawing as Drawing, drawRing, type NodeMark, type PointerLine } from './ring-layout.ts'
import { RingLegend } from './ring-legend.tsx'
import { KeyMark, LINE_LOOKS, PlaceMark } from './ring-marks.tsx'
import { nodeAfter, type RingNode, type Step } from './ring-nodes.ts'
import { contactWords, ringSentence } from './ring-words.ts'

const STEPS: Readonly<Record<string, Step>> = {
  ArrowRight: 'next',
  ArrowDown: 'next',
  ArrowLeft: 'previous',
  ArrowUp: 'previous',
  PageDown: 'next-own',
  PageUp: 'previous-own',
  Home: 'first',
  End: 'last',
}

export function RingDrawing(props: {
  host: RingHost
  nodes: readonly RingNode[]
  items: readonly StoredItemRow[]
  chosen: string | undefined
  /** Marked besides: where a row of the details is chosen. */
  marked: string | undefined
  onChoose: (id: string) => void
}): ReactNode {
  const { host, nodes, items, chosen, onChoose } = props
  const place = useRef<HTMLDivElement>(null)
  const size = useSize(place)
  const base = useId()
  const drawing = useMemo(() => drawRing({ host, nodes, items, chosen, size }), [host, nodes, items, chosen, size])
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.ctrlKey || event.metaKey || event.altKey ? undefined : STEPS[event.key]
    const next = step && nodeAfter(nodes, chosen, step)
    if (!next) return
    event.preventDefault()
    onChoose(next.id)
  }
  const active = nodes.findIndex(({ id }) => id === chosen)
  return (
    <div className="flex h-full min-h-0 flex-col">
      <p id={`${base}-about`} className="sr-only">
        {ringSentence(host, items.length)} Arrow keys go around the ring, Page Up and Page Down from one place of ours
        to the next.
      </p>
      <div
        ref={place}
        role="listbox"
        tabIndex={0}
        aria-label="Places on the ring"
        aria-describedby={`${base}-about`}
        {...(active === -1 ? {} : { 'aria-activedescendant': `${base}-${active}` })}
        onKeyDown={onKeyDown}
        className="relative min-h-0 grow overflow-hidden -outline-offset-2"
      >
        <RingPicture drawing={drawing} size={size} chosen={chosen} marked={props.marked} onChoose={onChoose} />
        {nodes.map((node, index) => (
          <div
            key={node.id}
            id={`${base}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={node.id === chosen}
            className="sr-only"
          >
            {contactWords(node.contact)}
            {node.own ? ', ours' : ''}
          </div>
        ))}
      </div>
      <RingLegend />
    </div>
  )
}

function RingPicture(props: {
  drawing: Drawing
  size: { readonly width: number; readonly height: number }
  chosen: string | undefined
  marked: string | undefined
  onChoose: (id: string) => void
}): ReactNode {
  const { drawing, size, chosen, marked } = props
  const { frame, successors } = drawing
  const ringed = drawing.marks.find(({ node }) => node.id === marked)
  const one = drawing.marks.find(({ node }) => node.id === chosen)
  return (
    <svg aria-hidden width={size.width} height={size.height} className="absolute">
      <circle
        cx={frame.centre.x}
        cy={frame.centre.y}
        r={frame.radius}
        fill="none"
        strokeWidth={1.5}
        className="stroke-line-control/70"
      />
      <Origin drawing={drawing} />
      {drawing.owned.map(({ id, path }) => (
        <path key={id} d={path} fill="none" strokeWidth={4} className="stroke-fill/45" />
      ))}
      {successors && <path d={successors} fill="none" strokeWidth={1.5} className="stroke-fill" />}
      {drawing.lines.map((line) => (
        <Line key={line.id} line={line} />
      ))}
      <Zero drawing={drawing} />
      {drawing.keys.map((key) => (
        <KeyMark key={key.id} tick={key} />
      ))}
      {drawing.marks.map((mark) => (
        <Place key={mark.node.id} mark={mark} onChoose={props.onChoose} />
      ))}
      {ringed && <circle cx={ringed.at.x} cy={ringed.at.y} r={8} fill="none" strokeWidth={2} className="stroke-info" />}
      {one && <circle cx={one.at.x} cy={one.at.y} r={10} fill="none" strokeWidth={2} className="stroke-focus" />}
      {drawing.labels.map((label) => (
        <text
          key={label.id}
          x={label.at.x}
          y={label.at.y + 4}
          textAnchor={label.anchor}
          className={cx('text-caption', label.id === chosen ? 'fill-text font-medium' : 'fill-muted')}
        >
          {label.text}
        </text>
      ))}
    </svg>
  )
}

/** Where the ring closes: 2^160 is 0 again. */
function Origin({ drawing: { frame } }: { drawing: Drawing }): ReactNode {
  const [inner, outer] = [pointAt(frame, 0, -6), pointAt(frame, 0, 6)]
  return <line x1={inner.x} y1={inner.y} x2={outer.x} y2={outer.y} strokeWidth={1.5} className="stroke-line-control" />
}

/** Pointers that pass here give way to it. */
function Zero({ drawing: { frame } }: { drawing: Drawing }): ReactNode {
  const at = pointAt(frame, 0, -18)
  return (
    <text
      {...{ x: at.x, y: at.y + 4, textAnchor: 'middle', paintOrder: 'stroke', strokeWidth: 5 }}
      className="fill-faint stroke-surface text-caption"
    >
      0
    </text>
  )
}

function Line({ line }: { line: PointerLine }): ReactNode {
  const { stroke, fill, width, dash } = LINE_LOOKS[line.kind]
  return (
    <g>
      <path d={line.path} fill="none" strokeWidth={width} strokeDasharray={dash} className={stroke} />
      <path d={line.head} className={fill} />
    </g>
  )
}

function Place({ mark, onChoose }: { mark: NodeMark; onChoose: (id: string) => void }): ReactNode {
  const { node, at } = mark
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the list of places does the same by keyboard
    <g onMouseDown={() => onChoose(node.id)}>
      <title>{contactWords(node.contact)}</title>
      <circle cx={at.x} cy={at.y} r={9} className="fill-transparent" />
      <PlaceMark at={at} look={node.own ? 'own' : mark.pointed ? 'pointed' : 'other'} />
    </g>
  )
}
