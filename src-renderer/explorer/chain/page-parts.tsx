/** What the pages of the chain are made of: heading, states while their answer is awaited, marks of depth. */
import { CircleCheck, CircleDashed, CircleDot, SearchX } from 'lucide-react'
import type { ReactNode } from 'react'
import { useApp } from '../../app/context.tsx'
import type { Answer } from '../../client/use-asked.ts'
import { Button } from '../../ui/button.tsx'
import { cx } from '../../ui/cx.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { trustOf } from './chain-words.ts'
import { TIP } from './places.ts'

/** A page that scrolls as a whole. */
export function ChainDocument(props: { label: string; children: ReactNode }): ReactNode {
  return (
    <article aria-label={props.label} className="@container h-full overflow-y-auto px-4 pb-6">
      {props.children}
    </article>
  )
}

/** What is shown until the answer is here, or instead of it. */
export function NoAnswer(props: {
  state: Exclude<Answer<unknown>, { status: 'ready' }>
  what: string
  onRetry: () => void
}): ReactNode {
  const show = useApp((state) => state.showChain)
  if (props.state.status === 'loading') return <PageSkeleton label={`Reading the ${props.what}`} />
  return (
    <div role="alert" className="h-full">
      <EmptyState
        icon={SearchX}
        title={`This ${props.what} cannot be shown`}
        actions={
          <>
            <Button onClick={props.onRetry}>Try again</Button>
            <Button onClick={() => show(TIP)}>Show the newest blocks</Button>
          </>
        }
      >
        <span className="break-words">{props.state.message}</span>
      </EmptyState>
    </div>
  )
}

const LINES = [40, 62, 54, 48, 66] as const

function PageSkeleton({ label }: { label: string }): ReactNode {
  return (
    <div role="status" aria-label={label} className="animate-breathe px-4 py-4">
      <div className="mb-5 h-4 w-44 rounded-full bg-track/60" />
      {LINES.map((width) => (
        <div key={width} className="mb-3 h-2.5 rounded-full bg-track/60" style={{ width: `${width}%` }} />
      ))}
    </div>
  )
}

export function Heading(props: { title: string; children?: ReactNode }): ReactNode {
  return (
    <header className="flex min-h-12 flex-wrap items-center gap-x-3 gap-y-1 py-2">
      <h2 className="text-title font-semibold">{props.title}</h2>
      {props.children}
    </header>
  )
}

const DEPTH_LOOKS = {
  waiting: { icon: CircleDashed, ink: 'text-warning' },
  fresh: { icon: CircleDot, ink: 'text-info' },
  settled: { icon: CircleCheck, ink: 'text-positive' },
} as const

/** How much a block or transaction is worth by now, as icon and words. */
export function Depth(props: { confirmations: number }): ReactNode {
  const { word, sentence, tone } = trustOf(props.confirmations)
  const { icon: Icon, ink } = DEPTH_LOOKS[tone]
  return (
    <span className="inline-flex items-center gap-1.5" title={sentence}>
      <Icon size={14} aria-hidden className={cx('shrink-0', ink)} />
      {word}
    </span>
  )
}

/** A heading within a page, with what belongs to it at its far end. */
export function SubHeading(props: { title: string; children?: ReactNode }): ReactNode {
  return (
    <div className="mt-5 flex min-h-8 flex-wrap items-center justify-between gap-x-4 border-b border-line pb-1">
      <h3 className="font-semibold">{props.title}</h3>
      {props.children}
    </div>
  )
}

/** Text that can be selected, in the mono face. */
export function Mono({ children }: { children: ReactNode }): ReactNode {
  return (
    <span data-selectable="" className="font-mono text-[12px]">
      {children}
    </span>
  )
}
