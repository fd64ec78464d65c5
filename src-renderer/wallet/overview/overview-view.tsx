/** What the wallet has, what came and went last, and the two things that are done most. */
import { ArrowDownLeft, ArrowUpRight, Pickaxe } from 'lucide-react'
import type { ReactNode } from 'react'
import { useApp } from '../../app/context.tsx'
import { useRecentHistory } from '../../client/context.tsx'
import type { HistoryRow, WalletBalance, WalletInfo } from '../../client/types.ts'
import { Figure } from '../../explorer/chain/figure.tsx'
import { Amount } from '../../ui/amount.tsx'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { FeedFailed } from '../../ui/feed-failed.tsx'
import { formatCount } from '../../ui/format.ts'
import { TableSkeleton } from '../../ui/skeleton.tsx'
import { HistoryLine } from '../history/history-line.tsx'

const NEWEST = 12

export function OverviewView({ info }: { info: WalletInfo }): ReactNode {
  const show = useApp((state) => state.showWallet)
  return (
    <section aria-label="Overview" className="@container flex h-full flex-col overflow-y-auto">
      <div className="flex shrink-0 flex-wrap items-start gap-x-8 gap-y-3 px-4 py-4">
        <Balance balance={info.balance} />
        <div className="ml-auto flex gap-2">
          <Button look="primary" icon={ArrowUpRight} onClick={() => show('send')}>
            Send
          </Button>
          <Button icon={ArrowDownLeft} onClick={() => show('receive')}>
            Receive
          </Button>
        </div>
      </div>
      <Newest info={info} />
    </section>
  )
}

/** Each kind apart: only what is available can be spent now. */
function Balance({ balance }: { balance: WalletBalance }): ReactNode {
  const { available, pending, immature, frozen, orphaned } = balance
  return (
    <dl className="flex flex-wrap items-start gap-x-8 gap-y-3 [&_dd]:leading-6">
      <Figure name="Available" hint="Can be spent now, your own change included">
        <span className="text-title font-semibold">
          <Amount grains={available} />
        </span>
      </Figure>
      <Figure name="Pending" hint="On its way to you, in no block yet">
        <Amount grains={pending} />
      </Figure>
      <Figure name="Immature" hint="Rewards: spendable once a hundred blocks lie on each">
        <Amount grains={immature} />
      </Figure>
      {frozen > 0n && (
        <Figure name="Frozen" hint="Set aside by you; part of none of the others">
          <Amount grains={frozen} />
        </Figure>
      )}
      {orphaned > 0n && (
        <Figure name="Orphaned" hint="Rewards of blocks that lost against others: they never count">
          <span className="text-muted">
            <Amount grains={orphaned} />
          </span>
        </Figure>
      )}
    </dl>
  )
}

function Newest({ info }: { info: WalletInfo }): ReactNode {
  const feed = useRecentHistory()
  const { state } = feed
  const show = useApp((app) => app.showWallet)
  if (state.status === 'failed')
    return <FeedFailed title="The history cannot be read" message={state.error.message} onRetry={feed.retry} />
  if (state.status === 'loading')
    return (
      <div className="min-h-40 grow">
        <TableSkeleton label="Reading the history" />
      </div>
    )
  if (state.items.length === 0) return <Nothing scanning={info.scan.progress !== undefined} />
  const rows: readonly HistoryRow[] = state.items.slice(0, NEWEST)
  return (
    <div className="px-4 pb-4">
      <div className="flex min-h-8 items-center justify-between border-b border-line pb-1">
        <h2 className="font-semibold">Newest transactions</h2>
        <Button look="quiet" className="-mr-3" onClick={() => show('history')}>
          {info.transactions > rows.length ? `Show all ${formatCount(info.transactions)}` : 'Show the history'}
        </Button>
      </div>
      <ul>
        {rows.map((row) => (
          <HistoryLine key={row.id} row={row} />
        ))}
      </ul>
    </div>
  )
}

function Nothing({ scanning }: { scanning: boolean }): ReactNode {
  const show = useApp((state) => state.showWallet)
  return (
    <div className="min-h-40 grow">
      <EmptyState
        icon={ArrowDownLeft}
        title={scanning ? 'Nothing found so far' : 'Nothing has come or gone yet'}
        actions={
          <>
            <Button icon={ArrowDownLeft} onClick={() => show('receive')}>
              Get an address
            </Button>
            <Button icon={Pickaxe} onClick={() => show('mining')}>
              Mine
            </Button>
          </>
        }
      >
        {scanning
          ? 'The chain is still being looked through: what belongs to you appears here as it is found.'
          : 'Give somebody an address of yours, or mine: what comes appears here within seconds.'}
      </EmptyState>
    </div>
  )
}
