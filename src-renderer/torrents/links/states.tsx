import { CircleAlert, CircleCheck, LoaderCircle, type LucideIcon, Search, SearchX } from 'lucide-react'
import type { ReactNode } from 'react'
import type { PublicationRow, SubscriptionRow } from '../../client/types.ts'
import { Ago } from '../../ui/ago.tsx'
import { cx } from '../../ui/cx.ts'
import { formatPlural } from '../../ui/format.ts'

interface Look {
  readonly word: string
  readonly icon: LucideIcon
  readonly ink: string
}

const PUBLICATION_LOOKS: Readonly<Record<PublicationRow['state'], Look>> = {
  publishing: { word: 'Publishing', icon: LoaderCircle, ink: 'text-accent-text' },
  published: { word: 'Published', icon: CircleCheck, ink: 'text-positive' },
  failed: { word: 'Not published', icon: CircleAlert, ink: 'text-warning' },
}

const SUBSCRIPTION_LOOKS: Readonly<Record<SubscriptionRow['state'], Look>> = {
  looking: { word: 'Looking', icon: Search, ink: 'text-accent-text' },
  current: { word: 'Up to date', icon: CircleCheck, ink: 'text-positive' },
  'not-found': { word: 'Not found', icon: SearchX, ink: 'text-warning' },
}

/** State as picture and word, then what there is to say about it. */
function StateLine(props: { look: Look; children: ReactNode }): ReactNode {
  const { word, icon: Icon, ink } = props.look
  return (
    <p className="flex min-w-0 items-start gap-1.5">
      <Icon size={14} aria-hidden className={cx('mt-[3px] shrink-0', ink)} />
      <span className="min-w-0 break-words">
        {word}
        <span className="text-muted">{props.children}</span>
      </span>
    </p>
  )
}

export function PublicationState({ link }: { link: PublicationRow }): ReactNode {
  return (
    <StateLine look={PUBLICATION_LOOKS[link.state]}>
      {link.stored > 0 && <>, held by {formatPlural(link.stored, 'node')}</>}
      {link.publishedAt !== undefined && (
        <>
          , <Ago at={link.publishedAt} />
        </>
      )}
      {link.reason && <>. {link.reason}</>}
    </StateLine>
  )
}

export function SubscriptionState({ link }: { link: SubscriptionRow }): ReactNode {
  return (
    <StateLine look={SUBSCRIPTION_LOOKS[link.state]}>
      {link.checkedAt !== undefined && (
        <>
          , checked <Ago at={link.checkedAt} />
        </>
      )}
      {link.reason && <>. {link.reason}</>}
    </StateLine>
  )
}
