import type { ReactNode } from 'react'
import { KeyMark, LINE_LOOKS, PlaceMark } from './ring-marks.tsx'

const PLACES = [
  ['own', 'Ours'],
  ['pointed', 'Pointed to'],
  ['other', 'Other place'],
] as const

const LINES = [
  ['successor', 'Successors'],
  ['predecessor', 'Predecessor'],
  ['finger', 'Finger'],
] as const

const KEYS = [
  ['owned', 'Value owned', 9],
  ['copy', 'Copy', 5],
] as const

/** The marks of the drawing in words. */
export function RingLegend(): ReactNode {
  return (
    <ul
      aria-label="Marks of the drawing"
      className="flex shrink-0 flex-wrap justify-center gap-x-3.5 px-4 pb-2 text-caption text-muted"
    >
      {PLACES.map(([look, word]) => (
        <Entry key={look} word={word}>
          <PlaceMark at={{ x: 8, y: 7 }} look={look} />
        </Entry>
      ))}
      {LINES.map(([kind, word]) => {
        const { stroke, fill, width, dash } = LINE_LOOKS[kind]
        return (
          <Entry key={kind} word={word}>
            <line x1={0} x2={11} y1={7} y2={7} strokeWidth={width} strokeDasharray={dash} className={stroke} />
            <path d="M16 7L9 4L9 10Z" className={fill} />
          </Entry>
        )
      })}
      {KEYS.map(([holding, word, length]) => (
        <Entry key={holding} word={word}>
          <KeyMark tick={{ id: holding, holding, from: { x: 8, y: 12 }, to: { x: 8, y: 12 - length } }} />
        </Entry>
      ))}
    </ul>
  )
}

function Entry(props: { word: string; children: ReactNode }): ReactNode {
  return (
    <li className="flex items-center gap-1.5">
      <svg width={16} height={14} aria-hidden>
        {props.children}
      </svg>
      {props.word}
    </li>
  )
}
