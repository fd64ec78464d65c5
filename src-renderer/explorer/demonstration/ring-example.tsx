/** Chord's ring as the literature draws it, alive. */
import { CircleCheck, CircleX, RefreshCw } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import type { DemonstrationAction, RingPicture } from '../../client/types.ts'
import { cx } from '../../ui/cx.ts'
import { EventList } from './event-list.tsx'
import { clockTime, RING_WORDS, walkSentence } from './example-words.ts'
import { NodePanel } from './node-panel.tsx'
import { Playback } from './playback.tsx'
import { AnotherRing, JoinForm, LookupForm } from './ring-controls.tsx'
import { RingDrawing } from './ring-drawing.tsx'

/** The node whose fingers the literature shows, and the one that joins. */
const FIRST_CHOSEN = 8
const FIRST_JOINER = '26'

export function RingExample(props: { picture: RingPicture; act: (action: DemonstrationAction) => void }): ReactNode {
  const { picture, act } = props
  const [wanted, choose] = useState(FIRST_CHOSEN)
  const [place, setPlace] = useState(FIRST_JOINER)
  const [routine, setRoutine] = useState(false)
  const chosen = picture.nodes.find(({ id }) => id === wanted) ?? picture.nodes.find(({ phase }) => phase === 'member')
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div
        role="toolbar"
        aria-label="The ring"
        className="flex shrink-0 flex-wrap items-center gap-x-4 gap-y-1.5 border-b border-line px-3 py-1.5"
      >
        <Playback {...{ picture, act, routine }} stepName="To the next event" />
        <JoinForm {...{ picture, place, act }} onPlace={setPlace} />
        <LookupForm chosen={chosen} act={act} />
        <AnotherRing act={act} />
      </div>
      <div className="flex min-h-0 grow">
        <div className="flex min-w-0 grow flex-col">
          <Standing picture={picture} />
          <RingDrawing {...{ picture, chosen }} onChoose={choose} onPlace={(free) => setPlace(`${free}`)} />
          <Legend />
        </div>
        <div className="flex w-80 shrink-0 flex-col border-l border-line">
          <NodePanel {...{ picture, act }} node={chosen} onChoose={choose} />
          <EventList
            events={picture.events}
            routine={routine}
            onRoutine={setRoutine}
            empty="Let a node join, then press Play, or go from event to event with Step."
          />
        </div>
      </div>
    </div>
  )
}

const STANDING_LOOKS = {
  ideal: { icon: CircleCheck, ink: 'text-positive' },
  changing: { icon: RefreshCw, ink: 'text-info' },
  broken: { icon: CircleX, ink: 'text-danger' },
} as const

function Standing({ picture }: { picture: RingPicture }): ReactNode {
  const { word, about } = RING_WORDS[picture.ring]
  const { icon: Icon, ink } = STANDING_LOOKS[picture.ring]
  return (
    <div className="flex h-7 shrink-0 items-center gap-3 px-3">
      <span title={about} className="flex items-center gap-1.5 whitespace-nowrap">
        <Icon size={14} aria-hidden className={cx('shrink-0', ink)} />
        {word}
      </span>
      <span className="text-muted tabular-nums" title="Simulated time">
        {clockTime(picture.time)}
      </span>
      <span className="min-w-0 truncate text-muted">{picture.walk && walkSentence(picture.walk)}</span>
    </div>
  )
}

function Legend(): ReactNode {
  const marks: readonly (readonly [string, ReactNode])[] = [
    ['key', <path key="key" d="M7 1.5l4.5 4.5l-4.5 4.5l-4.5 -4.5Z" className="fill-warning" />],
    ['question', <circle key="question" cx={7} cy={6} r={4} className="fill-info" />],
    ['answer', <circle key="answer" cx={7} cy={6} r={3.5} strokeWidth={1.5} className="fill-surface stroke-info" />],
    ['finger', <path key="finger" d="M0 6H14" strokeWidth={1.5} className="stroke-accent-text" />],
    ['owned stretch', <path key="owned" d="M0 6H14" strokeWidth={5} className="stroke-fill/45" />],
    ['busy', <circle key="busy" cx={7} cy={6} r={4} strokeWidth={2.5} className="fill-accent stroke-warning" />],
  ]
  return (
    <ul
      aria-label="Marks of the drawing"
      className="flex shrink-0 flex-wrap gap-x-4 px-3 pb-1.5 text-caption text-muted"
    >
      {marks.map(([word, mark]) => (
        <li key={word} className="flex items-center gap-1.5">
          <svg width={14} height={12} aria-hidden>
            {mark}
          </svg>
          {word}
        </li>
      ))}
    </ul>
  )
}
