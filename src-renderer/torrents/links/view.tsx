/** The links that are published from here and those that are followed, with what is known of each. */
import { ArrowLeft, Link, Plus } from 'lucide-react'
import type { ReactNode } from 'react'
import { useApp } from '../../app/context.tsx'
import { TabBar } from '../../app/tab-bar.tsx'
import { type Feed, usePublications, useSubscriptions } from '../../client/context.tsx'
import type { PublicationRow, SubscriptionRow } from '../../client/types.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { FeedFailed } from '../../ui/feed-failed.tsx'
import { NetworkNotice } from '../network-notice.tsx'
import { FollowedLink, PublishedLink } from './items.tsx'

export default function LinksView(): ReactNode {
  const go = useApp((state) => state.go)
  const ask = useApp((state) => state.ask)
  const published = usePublications()
  const followed = useSubscriptions()
  const follow = (): void => {
    ask({ kind: 'magnet', text: '' })
  }
  return (
    <>
      <TabBar title="Links">
        <Button icon={ArrowLeft} onClick={() => go('torrents')} className="ml-auto">
          Back to the list
        </Button>
        <Button look="primary" icon={Plus} onClick={follow}>
          Follow a link
        </Button>
      </TabBar>
      <NetworkNotice />
      <Body published={published} followed={followed} onFollow={follow} />
    </>
  )
}

function Body(props: {
  published: Feed<PublicationRow>
  followed: Feed<SubscriptionRow>
  onFollow: () => void
}): ReactNode {
  const { published, followed } = props
  const failed = [published, followed].find((feed) => feed.state.status === 'failed')
  if (failed?.state.status === 'failed') {
    return <FeedFailed title="The links cannot be read" message={failed.state.error.message} onRetry={failed.retry} />
  }
  if (published.state.status !== 'ready' || followed.state.status !== 'ready') return <Reading />
  const mine = published.state.items
  const theirs = followed.state.items
  if (mine.length + theirs.length === 0) return <NoLinks onFollow={props.onFollow} />
  return (
    <div className="min-h-0 grow overflow-y-auto px-6 py-4">
      <div className="flex max-w-240 flex-col gap-6">
        <Group title="Published by you" empty="Publish a torrent from its menu in the list: “Publish under a link…”.">
          {mine.map((link) => (
            <PublishedLink key={link.id} link={link} />
          ))}
        </Group>
        <Group
          title="Followed"
          empty="Add a link that someone publishes, and each new torrent under it comes to your list."
        >
          {theirs.map((link) => (
            <FollowedLink key={link.id} link={link} />
          ))}
        </Group>
      </div>
    </div>
  )
}

function Group(props: { title: string; empty: string; children: readonly ReactNode[] }): ReactNode {
  return (
    <section aria-label={props.title}>
      <h2 className="mb-2 font-semibold">{props.title}</h2>
      {props.children.length === 0 ? (
        <p className="text-muted">{props.empty}</p>
      ) : (
        <ul className="divide-y divide-line overflow-hidden rounded-md border border-line">{props.children}</ul>
      )}
    </section>
  )
}

function NoLinks(props: { onFollow: () => void }): ReactNode {
  return (
    <EmptyState
      icon={Link}
      title="Links that can change what they point to stand here"
      actions={
        <Button look="primary" icon={Plus} onClick={props.onFollow}>
          Follow a link
        </Button>
      }
    >
      Follow someone’s link, and each new torrent under it comes to your list. Or publish one of yours: choose “Publish
      under a link…” in its menu.
    </EmptyState>
  )
}

function Reading(): ReactNode {
  return (
    <div role="status" aria-label="Reading the links" className="flex animate-breathe flex-col gap-3 p-6">
      <span className="h-4 w-40 rounded-sm bg-track/60" />
      <span className="h-20 max-w-240 rounded-md bg-track/60" />
    </div>
  )
}
