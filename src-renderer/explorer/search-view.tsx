/** A search: what it cost, its drawing, and its steps in words beside it. */
import { RotateCw, Waypoints, X } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useApp, useToasts } from '../app/context.tsx'
import type { OverlayName } from '../app/state.ts'
import { sentenceOf } from '../client/client-error.ts'
import { useClients, useSearch } from '../client/context.tsx'
import type { SearchState } from '../client/types.ts'
import { Button } from '../ui/button.tsx'
import { CopyText } from '../ui/copy.tsx'
import { cx } from '../ui/cx.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { FeedFailed } from '../ui/feed-failed.tsx'
import { formatCount, formatMilliseconds, NONE } from '../ui/format.ts'
import { TableSkeleton } from '../ui/skeleton.tsx'
import { Tabs } from '../ui/tabs.tsx'
import { OwnerList } from './ring/owner-list.tsx'
import { holdersAmong } from './ring/owners.ts'
import { RingWalk } from './ring/ring-walk.tsx'
import { SearchDrawing } from './search-drawing.tsx'
import { FoundList, NearestList } from './search-result.tsx'
import { methodTitle, STATE_WORDS } from './search-words.ts'
import { StepTable } from './step-table.tsx'
import { useElapsed } from './use-elapsed.ts'
import { type Sought, useStartSearch } from './use-start-search.ts'

export function SearchView(props: { overlay: OverlayName; ownId: string | undefined }): ReactNode {
  const search = useApp((state) => state.searches[props.overlay])
  return search === undefined ? <NoSearch {...props} /> : <FollowedSearch key={search} id={search} />
}

const NO_SEARCH = {
  kademlia: {
    action: 'Look up our own id',
    text: 'Enter an info-hash, a node id or a magnet link above. Each step halves the distance, or better.',
  },
  chord: {
    action: 'Look up our own place',
    text: 'Enter an info-hash, a key or a magnet link above. Each step leaves half of the way around the ring, or less.',
  },
} as const

function NoSearch({ overlay, ownId }: { overlay: OverlayName; ownId: string | undefined }): ReactNode {
  const start = useStartSearch(overlay)
  const { action, text } = NO_SEARCH[overlay]
  return (
    <EmptyState
      icon={Waypoints}
      title="Look up a key and watch how it is found"
      actions={
        ownId && (
          <Button icon={Waypoints} onClick={() => void start(ownId, 'find_node')}>
            {action}
          </Button>
        )
      }
    >
      {text}
    </EmptyState>
  )
}

function FollowedSearch({ id }: { id: string }): ReactNode {
  const feed = useSearch(id)
  const { state } = feed
  const [search] = state.status === 'ready' ? state.items : []
  if (state.status === 'failed')
    return <FeedFailed title="This search cannot be followed" message={state.error.message} onRetry={feed.retry} />
  return search ? <Search search={search} /> : <TableSkeleton label="Reading the search" />
}

type Panel = 'steps' | 'nearest' | 'found'

/** Drawing and words side by side where there is room: a ring, being round, needs less of it than an axis of time. */
const LAYOUTS = {
  kademlia: {
    both: '@min-[1000px]:flex-row',
    drawing: '@min-[1000px]:h-auto @min-[1000px]:w-1/2',
    panel: '@max-[999px]:border-t @min-[1000px]:border-l',
  },
  chord: {
    both: '@min-[620px]:flex-row',
    drawing: '@min-[620px]:h-auto @min-[620px]:w-[42%] @min-[1000px]:w-1/2',
    panel: '@max-[619px]:border-t @min-[620px]:border-l',
  },
} as const

function Search({ search }: { search: SearchState }): ReactNode {
  const elapsed = useElapsed(search)
  const [chosen, setChosen] = useState<string>()
  const [panel, setPanel] = useState<Panel>('steps')
  const layout = LAYOUTS[search.overlay]
  const closest = search.result?.closest ?? []
  const nearest = search.overlay === 'chord' ? holdersAmong(closest) : closest
  return (
    <div className="@container flex h-full flex-col">
      <Summary search={search} elapsed={elapsed} />
      <div className={cx('flex min-h-0 grow flex-col', layout.both)}>
        <div className={cx('h-1/2 min-h-40 shrink-0', layout.drawing)}>
          {search.overlay === 'chord' ? (
            <RingWalk search={search} chosen={chosen} onChoose={setChosen} />
          ) : (
            <SearchDrawing search={search} elapsed={elapsed} chosen={chosen} onChoose={setChosen} />
          )}
        </div>
        <div className={cx('min-h-0 min-w-0 grow border-line', layout.panel)}>
          <Tabs
            label="What the search tells"
            active={panel}
            onChange={(next) => setPanel(next as Panel)}
            tabs={[
              { id: 'steps', title: 'Steps', count: search.steps.length },
              {
                id: 'nearest',
                title: search.overlay === 'chord' ? 'Owner, copies' : 'Nearest',
                count: nearest.length,
              },
              { id: 'found', title: 'Found', count: search.found.length },
            ]}
          >
            {panel === 'steps' &&
              (search.steps.length === 0 && closest.length > 0 ? (
                <p className="p-4 text-muted">
                  Nobody had to be asked: we knew those whom it was about. The way to them counts as one hop.
                </p>
              ) : (
                <StepTable search={search} chosen={chosen} onChoose={setChosen} />
              ))}
            {panel === 'nearest' &&
              (search.overlay === 'chord' ? <OwnerList search={search} /> : <NearestList search={search} />)}
            {panel === 'found' && <FoundList search={search} />}
          </Tabs>
        </div>
      </div>
    </div>
  )
}

/** As many as the engine tells of. */
const MOST_STEPS = 200

function Summary({ search, elapsed }: { search: SearchState; elapsed: number }): ReactNode {
  const { result, steps } = search
  const running = search.state === 'running'
  // Who is slow may be asked the same once more: that is no step of its own.
  const repeated = result && steps.length < MOST_STEPS ? result.requests - steps.length : 0
  const failed = steps.filter((step) => step.state === 'failed').length
  return (
    <section
      aria-label="The search"
      className="flex min-h-12 shrink-0 flex-wrap items-center gap-x-5 gap-y-1 border-b border-line px-4 py-1.5"
    >
      <div className="min-w-0">
        <div className="text-caption text-faint">{methodTitle(search)} for</div>
        <CopyText text={search.target} label="target" head={10} tail={6} />
      </div>
      <dl className="flex flex-wrap gap-x-5">
        <Figure name="State">
          <span role="status">{STATE_WORDS[search.state]}</span>
        </Figure>
        <Figure name="Time">{formatMilliseconds(result?.took ?? elapsed)}</Figure>
        <Figure name="Hops">{result ? formatCount(result.hops) : NONE}</Figure>
        <Figure name="Requests">
          {formatCount(result?.requests ?? steps.length)}
          {repeated > 0 && <span className="text-muted">, {formatCount(repeated)} repeated</span>}
        </Figure>
        <Figure name="Time-outs">{formatCount(result?.timeouts ?? failed)}</Figure>
      </dl>
      <div className="ml-auto">{running ? <Cancel id={search.id} /> : <Again search={search} />}</div>
    </section>
  )
}

function Figure(props: { name: string; children: ReactNode }): ReactNode {
  return (
    <div className="min-w-14">
      <dt className="text-caption text-faint">{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  )
}

function Cancel({ id }: { id: string }): ReactNode {
  const { overlays } = useClients()
  const problem = useToasts((state) => state.problem)
  return (
    <Button
      icon={X}
      onClick={() => overlays.cancelSearch({ search: id }).catch((error: unknown) => problem(sentenceOf(error)))}
    >
      Cancel
    </Button>
  )
}

function soughtBy({ target, publicKey, salt = '' }: SearchState): Sought {
  return publicKey === undefined ? target : { publicKey, salt }
}

function Again({ search }: { search: SearchState }): ReactNode {
  const start = useStartSearch(search.overlay)
  return (
    <Button icon={RotateCw} onClick={() => void start(soughtBy(search), search.method)}>
      Again
    </Button>
  )
}
