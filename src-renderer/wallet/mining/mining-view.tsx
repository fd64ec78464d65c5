import type { ReactNode } from 'react'
import { firstOf, useMiner } from '../../client/context.tsx'
import { FeedFailed } from '../../ui/feed-failed.tsx'
import { TableSkeleton } from '../../ui/skeleton.tsx'
import { MiningPanel } from './mining-panel.tsx'

/** Mining, once the miner can be read. */
export function MiningView(): ReactNode {
  const feed = useMiner()
  const status = firstOf(feed)
  if (status) return <MiningPanel status={status} />
  if (feed.state.status === 'failed')
    return <FeedFailed title="The miner cannot be reached" message={feed.state.error.message} onRetry={feed.retry} />
  return <TableSkeleton label="Reading the miner" />
}
