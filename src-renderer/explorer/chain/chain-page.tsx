/** The chain laid open: its tip and newest blocks, and a page for each block, transaction and address. */
import { House, MoveLeft, MoveRight } from 'lucide-react'
import type { ReactNode } from 'react'
import { useApp } from '../../app/context.tsx'
import { TabBar } from '../../app/tab-bar.tsx'
import { firstOf, useChainInfo } from '../../client/context.tsx'
import type { ChainInfo } from '../../client/types.ts'
import { IconButton } from '../../ui/button.tsx'
import { FeedFailed } from '../../ui/feed-failed.tsx'
import { TableSkeleton } from '../../ui/skeleton.tsx'
import { PartSwitch } from '../part-switch.tsx'
import { AddressView } from './address-view.tsx'
import { BlockView } from './block-view.tsx'
import { ChainSearch } from './chain-search.tsx'
import { ChainFailed, ChainOff } from './chain-silent.tsx'
import { MempoolView } from './mempool-view.tsx'
import { canGoBack, canGoForward, keyOf, placeOf, TIP } from './places.ts'
import { Standing } from './standing.tsx'
import { TipView } from './tip-view.tsx'
import { TransactionView } from './transaction-view.tsx'
import { useTrailKeys } from './use-trail-keys.ts'

export function ChainPage(): ReactNode {
  const feed = useChainInfo()
  const info = firstOf(feed)
  const silent = !info || info.state === 'off' || info.state === 'failed' || info.state === 'starting'
  useTrailKeys()
  return (
    <>
      <TabBar title="Explorer">
        <PartSwitch />
        <TrailButtons />
        <ChainSearch disabled={silent} />
      </TabBar>
      <div className="min-h-0 grow">
        {info ? (
          <Chain info={info} />
        ) : feed.state.status === 'failed' ? (
          <FeedFailed title="The chain cannot be read" message={feed.state.error.message} onRetry={feed.retry} />
        ) : (
          <TableSkeleton label="Reading the chain" />
        )}
      </div>
    </>
  )
}

function Chain({ info }: { info: ChainInfo }): ReactNode {
  switch (info.state) {
    case 'off':
      return <ChainOff />
    case 'failed':
      return <ChainFailed reason={info.notice} />
    case 'starting':
      return <TableSkeleton label="Opening the chain" />
    default:
      return (
        <div className="flex h-full flex-col">
          <Standing info={info} />
          <div className="min-h-0 grow">
            <Shown info={info} />
          </div>
        </div>
      )
  }
}

function Shown({ info }: { info: ChainInfo }): ReactNode {
  const place = useApp((state) => placeOf(state.trail))
  const key = keyOf(place)
  switch (place.kind) {
    case 'tip':
      return <TipView info={info} />
    case 'block':
      return <BlockView key={key} id={place.id} info={info} />
    case 'transaction':
      return <TransactionView key={key} txid={place.id} info={info} />
    case 'address':
      return <AddressView key={key} address={place.id} info={info} />
    case 'mempool':
      return <MempoolView info={info} />
  }
}

function TrailButtons(): ReactNode {
  const trail = useApp((state) => state.trail)
  const back = useApp((state) => state.chainBack)
  const forward = useApp((state) => state.chainForward)
  const show = useApp((state) => state.showChain)
  return (
    <div role="toolbar" aria-label="Pages of the chain" className="flex items-center">
      <IconButton label="Back" shortcut="Alt+←" icon={MoveLeft} disabled={!canGoBack(trail)} onClick={back} />
      <IconButton label="Forward" shortcut="Alt+→" icon={MoveRight} disabled={!canGoForward(trail)} onClick={forward} />
      <IconButton
        label="Newest blocks"
        shortcut="Alt+Home"
        icon={House}
        disabled={placeOf(trail).kind === 'tip'}
        onClick={() => show(TIP)}
      />
    </div>
  )
}
