/** The Wallet tab. What is here of it so far: mining. */
import type { ReactNode } from 'react'
import { TabBar } from '../app/tab-bar.tsx'
import { useMiner } from '../client/context.tsx'
import { FeedFailed } from '../ui/feed-failed.tsx'
import { Notice } from '../ui/notice.tsx'
import { TableSkeleton } from '../ui/skeleton.tsx'
import { MiningPanel } from './mining/mining-panel.tsx'

export default function WalletPage(): ReactNode {
  const feed = useMiner()
  const { state } = feed
  const [status] = state.status === 'ready' ? state.items : []
  return (
    <>
      <TabBar title="Wallet" />
      <Notice tone="info" edge>
        The wallet itself is not built yet: no key is kept here. Mining works already and pays to any address that you
        give.
      </Notice>
      <div className="min-h-0 grow">
        {status ? (
          <MiningPanel status={status} />
        ) : state.status === 'failed' ? (
          <FeedFailed title="The miner cannot be reached" message={state.error.message} onRetry={feed.retry} />
        ) : (
          <TableSkeleton label="Reading the miner" />
        )}
      </div>
    </>
  )
}
