/** What has happened, in words, the newest first; news are read out. */
import type { ReactNode } from 'react'
import type { DemonstrationEvent } from '../../client/types.ts'
import { cx } from '../../ui/cx.ts'
import { clockTime } from './example-words.ts'

export function EventList(props: {
  events: readonly DemonstrationEvent[]
  /** Also what goes on always and changes nothing. */
  routine: boolean
  /** Left out where there is no routine. */
  onRoutine?: (routine: boolean) => void
  empty: string
  /** Whether the simulated time is of interest. */
  timed?: boolean
}): ReactNode {
  const { events, routine, onRoutine, empty, timed = true } = props
  const shown = events.filter(({ kind }) => routine || kind === 'news').reverse()
  return (
    <section aria-label="What has happened" className="flex min-h-0 grow flex-col">
      <div className="flex h-8 shrink-0 items-center justify-between gap-2 border-b border-line px-3">
        <h2 className="font-medium">What has happened</h2>
        {onRoutine && (
          <label className="flex items-center gap-1.5 text-caption text-muted">
            <input
              type="checkbox"
              checked={routine}
              onChange={(event) => onRoutine(event.target.checked)}
              className="size-[14px]"
            />
            Every message
          </label>
        )}
      </div>
      {shown.length === 0 && <p className="px-3 py-2 text-pretty text-muted">{empty}</p>}
      <div
        role="log"
        aria-label="Events, the newest first"
        aria-live={routine ? 'off' : 'polite'}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what is scrolled must be reached by the keyboard
        tabIndex={0}
        data-selectable=""
        className="min-h-0 grow overflow-y-auto py-1 -outline-offset-2"
      >
        <ol>
          {shown.map(({ order, at, kind, words }) => (
            <li key={order} className="flex gap-2 px-3 py-px">
              {timed && (
                <span className="w-9 shrink-0 text-right text-caption leading-5 text-faint tabular-nums">
                  {clockTime(at)}
                </span>
              )}
              <span className={cx('min-w-0 text-pretty', kind === 'news' ? 'text-text' : 'text-faint')}>{words}</span>
            </li>
          ))}
        </ol>
      </div>
    </section>
  )
}
