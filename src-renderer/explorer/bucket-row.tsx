/** The rows of the tree of buckets: a bucket with its prefix, how full and how fresh it is; a node in it. */
import { ChevronDown, ChevronRight, ShieldCheck } from 'lucide-react'
import type { ReactNode } from 'react'
import type { BucketView, OverlayNode, TableContact } from '../client/types.ts'
import { CONTACT_LOOKS, ContactState } from '../peers/contact-columns.tsx'
import { Ago, useNow } from '../ui/ago.tsx'
import { cx } from '../ui/cx.ts'
import { formatMilliseconds, formatPlural, NONE, shortenMiddle } from '../ui/format.ts'
import { type BucketRow, type ContactTreeRow, type Prefix, prefixOf } from './bucket-rows.ts'

/** A bucket that has not changed for this long is asked for anew (BEP 5). */
const FRESH_MS = 15 * 60_000
/** Prefixes longer than this are shortened in the middle. */
const MAX_PREFIX = 24
const KEPT_PREFIX = 10

export const TREE_COLUMNS =
  'grid grid-cols-[minmax(160px,230px)_minmax(150px,260px)_84px_minmax(0,1fr)] items-center gap-x-4'

export function BucketLine({ row, node }: { row: BucketRow; node: OverlayNode }): ReactNode {
  const { bucket, home } = row
  const Chevron = row.open ? ChevronDown : ChevronRight
  return (
    <div className={cx(TREE_COLUMNS, 'h-full pr-4 pl-2')}>
      <span className="flex min-w-0 items-center gap-1">
        <Chevron
          size={14}
          aria-hidden
          className={cx('shrink-0 text-faint', bucket.contacts.length === 0 && 'invisible')}
        />
        <PrefixText prefix={prefixOf(node, bucket.depth, home)} home={home} />
      </span>
      <Fill bucket={bucket} />
      <span className="text-right text-muted">{bucket.spares === 0 ? '' : formatPlural(bucket.spares, 'spare')}</span>
      <Freshness bucket={bucket} />
    </div>
  )
}

function PrefixText({ prefix, home }: { prefix: Prefix; home: boolean }): ReactNode {
  const { shared, differing } = prefix
  const shown = shared.length > MAX_PREFIX ? shortenMiddle(shared, KEPT_PREFIX, KEPT_PREFIX) : shared
  return (
    <span className="truncate font-mono text-[12px]">
      <span className={home ? 'text-accent-text' : 'text-faint'}>{shown}</span>
      <span className="font-semibold">{differing}</span>
      <span className="text-faint">{shown || differing ? '…' : 'any'}</span>
      {home && <span className="ml-2 font-sans text-caption text-accent-text">our own</span>}
    </span>
  )
}

const FILLS: Readonly<Record<TableContact['state'], string>> = {
  good: 'bg-fill-positive',
  questionable: 'bg-warning/75',
  failing: 'bg-danger/75',
  spare: 'bg-line-control',
}
const STATES = ['good', 'questionable', 'failing'] as const

/** Places taken, by the state of who has them; the figure says it without the colours. */
function Fill({ bucket }: { bucket: BucketView }): ReactNode {
  const { contacts, capacity } = bucket
  return (
    <span className="flex items-center gap-2" title={statesOf(bucket)}>
      <span className="flex h-2 min-w-0 grow gap-px overflow-hidden rounded-full bg-track" aria-hidden>
        {STATES.map((state) => {
          const count = contacts.filter((contact) => contact.state === state).length
          if (count === 0) return null
          return <span key={state} className={FILLS[state]} style={{ width: `${(count / capacity) * 100}%` }} />
        })}
      </span>
      <span className="w-16 shrink-0 text-right tabular-nums">
        {contacts.length}
        <span className="text-faint"> / {capacity}</span>
      </span>
      <span className="sr-only">places taken: {statesOf(bucket)};</span>
    </span>
  )
}

/** `53 good, 7 questionable` */
function statesOf({ contacts }: BucketView): string {
  const count = (state: TableContact['state']): number => contacts.filter((one) => one.state === state).length
  return STATES.filter((state) => count(state) > 0)
    .map((state) => `${count(state)} ${CONTACT_LOOKS[state].word.toLowerCase()}`)
    .join(', ')
}

function Freshness({ bucket }: { bucket: BucketView }): ReactNode {
  const stale = useNow() - bucket.lastChanged > FRESH_MS
  if (bucket.contacts.length === 0) return <span className="text-faint">Empty</span>
  return (
    <span className="flex min-w-0 items-center gap-1.5 truncate">
      <span aria-hidden className={cx('size-2 shrink-0 rounded-full', stale ? 'bg-warning' : 'bg-fill-positive')} />
      <span className="truncate">
        {stale ? 'Due for a refresh' : 'Fresh'}{' '}
        <span className="text-muted">
          · changed <Ago at={bucket.lastChanged} />
        </span>
      </span>
    </span>
  )
}

export function ContactLine({ row }: { row: ContactTreeRow }): ReactNode {
  const { contact } = row
  return (
    <div className={cx(TREE_COLUMNS, 'h-full pr-4 pl-2')}>
      <span className="truncate pl-7 font-mono text-[12px]" title={contact.nodeId}>
        {shortenMiddle(contact.nodeId, 8, 4)}
      </span>
      <span className="truncate font-mono text-[12px]" title={contact.address}>
        {contact.address}
      </span>
      <span className="text-right" title="Round trip">
        {contact.rtt === undefined ? NONE : formatMilliseconds(contact.rtt)}
      </span>
      <span className="flex min-w-0 items-center gap-3">
        <span className="w-27 shrink-0">
          <ContactState state={contact.state} />
        </span>
        <span className="min-w-0 truncate text-muted @min-[900px]:w-36">
          <span className="@max-[899px]:sr-only">answered </span>
          <Ago at={contact.lastSeen} />
        </span>
        {contact.secure && (
          <span className="flex items-center gap-1 text-muted" title="Its id fits its address (BEP 42)">
            <ShieldCheck size={14} aria-hidden className="shrink-0 text-positive" />
            <span className="hidden @min-[860px]:inline">id fits</span>
            <span className="sr-only @min-[860px]:hidden">id fits its address</span>
          </span>
        )}
      </span>
    </div>
  )
}
