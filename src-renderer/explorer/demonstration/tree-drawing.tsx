/** The tree of four-bit ids: the chosen node's path, its buckets beside it, who is in them, and the way of a lookup. */
import { type ReactNode, useMemo, useRef } from 'react'
import type { TreePicture } from '../../client/types.ts'
import { cx } from '../../ui/cx.ts'
import { useSize } from '../../ui/use-size.ts'
import { treeSentence } from './example-words.ts'
import { drawTree, type TreeDrawing as Layout, LEAF_RADIUS, type Leaf } from './tree-layout.ts'

export function TreeDrawing(props: {
  picture: TreePicture
  chosen: number
  onChoose: (node: number) => void
}): ReactNode {
  const { picture, chosen } = props
  const place = useRef<HTMLDivElement>(null)
  const size = useSize(place)
  const layout = useMemo(() => drawTree(picture, chosen, size), [picture, chosen, size])
  const target = picture.walk.target
  return (
    <div ref={place} className="relative min-h-0 grow overflow-hidden">
      <svg
        role="img"
        aria-label={`Tree of ids with the buckets of node ${chosen}. ${treeSentence(picture.walk)}.`}
        width={size.width}
        height={size.height}
        className="absolute"
      >
        <defs>
          <marker
            id="tree-hop"
            viewBox="0 0 8 8"
            refX={7}
            refY={4}
            markerWidth={9}
            markerHeight={9}
            markerUnits="userSpaceOnUse"
            orient="auto"
          >
            <path d="M0 0L8 4L0 8Z" className="fill-fill" />
          </marker>
        </defs>
        <Buckets layout={layout} />
        <Branches layout={layout} />
        {layout.leaves.map((leaf) => (
          <LeafMark key={leaf.id} leaf={leaf} isTarget={leaf.id === target} onChoose={props.onChoose} />
        ))}
        <Hops layout={layout} />
      </svg>
    </div>
  )
}

const LEGEND = ['chosen', 'contact', 'spare', 'unknown'] as const

export function TreeLegend(): ReactNode {
  return (
    <ul
      aria-label="Marks of the drawing"
      className="flex shrink-0 flex-wrap gap-x-4 px-3 pb-1.5 text-caption text-muted"
    >
      {LEGEND.map((standing) => (
        <li key={standing} className="flex items-center gap-1.5">
          <svg width={14} height={12} aria-hidden>
            <circle cx={7} cy={6} r={4.5} strokeWidth={1.75} className={LEAF_LOOKS[standing].circle} />
          </svg>
          {LEAF_LOOKS[standing].word}
        </li>
      ))}
      <li className="flex items-center gap-1.5">
        <svg width={14} height={12} aria-hidden>
          <rect x={1.5} y={1} width={11} height={10} rx={2} fill="none" strokeWidth={1.75} className="stroke-info" />
        </svg>
        looked up
      </li>
    </ul>
  )
}

function Buckets({ layout }: { layout: Layout }): ReactNode {
  return (
    <g aria-hidden>
      {layout.buckets.map(({ prefix, x, y, width, height }) => (
        <g key={prefix}>
          <rect {...{ x, y, width, height, rx: 6 }} className="fill-selected/60 stroke-accent-text/40" />
          <text
            x={x + width / 2}
            y={y - 4}
            textAnchor="middle"
            className="[paint-order:stroke] stroke-surface stroke-[5px] fill-accent-text font-mono text-caption"
          >
            {prefix}
          </text>
        </g>
      ))}
    </g>
  )
}

function Branches({ layout }: { layout: Layout }): ReactNode {
  return (
    <g aria-hidden>
      {layout.branches.map(({ id, from, to, bit, isOwn }) => (
        <g key={id}>
          <line
            {...{ x1: from.x, y1: from.y, x2: to.x, y2: to.y, strokeWidth: isOwn ? 2.5 : 1 }}
            className={isOwn ? 'stroke-fill' : 'stroke-line-control/70'}
          />
          <text
            x={(from.x + to.x) / 2 + (bit === '0' ? -8 : 8)}
            y={(from.y + to.y) / 2}
            textAnchor="middle"
            className={cx('text-caption', isOwn ? 'fill-accent-text font-medium' : 'fill-faint')}
          >
            {bit}
          </text>
        </g>
      ))}
    </g>
  )
}

const LEAF_LOOKS: Readonly<Record<Leaf['standing'], { circle: string; ink: string; word: string }>> = {
  nobody: { circle: 'fill-transparent stroke-transparent', ink: 'fill-faint', word: 'no node' },
  chosen: { circle: 'fill-accent stroke-focus', ink: 'fill-on-accent font-semibold', word: 'the chosen node' },
  contact: { circle: 'fill-surface stroke-accent-text', ink: 'fill-accent-text font-semibold', word: 'in its buckets' },
  spare: {
    circle: 'fill-surface stroke-warning [stroke-dasharray:3_2]',
    ink: 'fill-warning font-semibold',
    word: 'waits for a place in a full bucket',
  },
  unknown: { circle: 'fill-surface stroke-line-control', ink: 'fill-text', word: 'not known to it' },
}

function LeafMark(props: { leaf: Leaf; isTarget: boolean; onChoose: (node: number) => void }): ReactNode {
  const { id, x, y, bits, standing } = props.leaf
  const { circle, ink, word } = LEAF_LOOKS[standing]
  const isNode = standing !== 'nobody'
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the list of nodes beside it does the same by keyboard
    <g onMouseDown={() => isNode && props.onChoose(id)}>
      <title>{`${id}: ${word}`}</title>
      {props.isTarget && (
        <rect x={x - 14} y={y - 14} width={28} height={28} rx={5} fill="none" strokeWidth={2} className="stroke-info" />
      )}
      <circle cx={x} cy={y} r={LEAF_RADIUS} strokeWidth={2} className={circle} />
      <text x={x} y={y + 4} textAnchor="middle" className={cx('text-caption', ink)}>
        {id}
      </text>
      <text x={x} y={y + 26} textAnchor="middle" className="fill-faint font-mono text-[10px]">
        {bits}
      </text>
    </g>
  )
}

function Hops({ layout }: { layout: Layout }): ReactNode {
  return (
    <g aria-hidden>
      {layout.hops.map(({ id, path, number, labelAt }) => (
        <g key={id}>
          <path d={path} fill="none" strokeWidth={2.5} markerEnd="url(#tree-hop)" className="stroke-fill" />
          <circle cx={labelAt.x} cy={labelAt.y} r={8} className="fill-accent" />
          <text x={labelAt.x} y={labelAt.y + 4} textAnchor="middle" className="fill-on-accent text-caption font-medium">
            {number}
          </text>
        </g>
      ))}
    </g>
  )
}
