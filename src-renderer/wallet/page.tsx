/** The Wallet tab: its parts, and above them what a person must know of the wallet. */
import type { ReactNode } from 'react'
import { useApp } from '../app/context.tsx'
import { WALLET_SECTIONS, type WalletSection } from '../app/state.ts'
import { TabBar } from '../app/tab-bar.tsx'
import { firstOf, useWalletInfo } from '../client/context.tsx'
import type { WalletInfo } from '../client/types.ts'
import { FeedFailed } from '../ui/feed-failed.tsx'
import { Segments } from '../ui/segments.tsx'
import { TableSkeleton } from '../ui/skeleton.tsx'
import { CoinsView } from './coins/coins-view.tsx'
import { ContactsView } from './contacts/contacts-view.tsx'
import { HistoryView } from './history/history-view.tsx'
import { LockState } from './lock-state.tsx'
import { MiningView } from './mining/mining-view.tsx'
import { OverviewView } from './overview/overview-view.tsx'
import { ReceiveView } from './receive/receive-view.tsx'
import { SendView } from './send/send-view.tsx'
import { WalletSettings } from './settings/wallet-settings.tsx'
import { DamagedWallet } from './setup/damaged.tsx'
import { FirstRun } from './setup/first-run.tsx'
import { Standing } from './standing.tsx'

const TITLES: Readonly<Record<WalletSection, string>> = {
  overview: 'Overview',
  send: 'Send',
  receive: 'Receive',
  history: 'History',
  contacts: 'Contacts',
  coins: 'Coins',
  mining: 'Mining',
  settings: 'Settings',
}

/** Without a wallet there is the way to one, and mining, which pays to any address. */
const WITHOUT_WALLET: readonly WalletSection[] = ['overview', 'mining']

export default function WalletPage(): ReactNode {
  const feed = useWalletInfo()
  const info = firstOf(feed)
  const wanted = useApp((state) => state.walletSection)
  const show = useApp((state) => state.showWallet)
  const sections = info?.state === 'ready' ? WALLET_SECTIONS : WITHOUT_WALLET
  const section = sections.includes(wanted) ? wanted : 'overview'
  return (
    <>
      <TabBar title="Wallet">
        {info && (
          <Segments
            label="Parts of the wallet"
            active={section}
            onChange={show}
            segments={sections.map((id) => ({ id, title: TITLES[id] }))}
          />
        )}
        {info?.state === 'ready' && <LockState info={info} />}
      </TabBar>
      {info?.state === 'ready' && <Standing info={info} section={section} />}
      <div className="min-h-0 grow">
        {section === 'mining' ? (
          <MiningView />
        ) : info ? (
          <Body info={info} section={section} />
        ) : feed.state.status === 'failed' ? (
          <FeedFailed title="The wallet cannot be read" message={feed.state.error.message} onRetry={feed.retry} />
        ) : (
          <TableSkeleton label="Reading the wallet" />
        )}
      </div>
    </>
  )
}

function Body({ info, section }: { info: WalletInfo; section: Exclude<WalletSection, 'mining'> }): ReactNode {
  switch (info.state) {
    case 'none':
      return <FirstRun info={info} />
    case 'opening':
      return <TableSkeleton label="Reading the wallet" />
    case 'damaged':
    case 'failed':
      return <DamagedWallet info={info} />
    case 'ready':
      return <Section info={info} section={section} />
  }
}

function Section({ info, section }: { info: WalletInfo; section: Exclude<WalletSection, 'mining'> }): ReactNode {
  switch (section) {
    case 'overview':
      return <OverviewView info={info} />
    case 'send':
      return <SendView info={info} />
    case 'receive':
      return <ReceiveView info={info} />
    case 'history':
      return <HistoryView info={info} />
    case 'contacts':
      return <ContactsView />
    case 'coins':
      return <CoinsView info={info} />
    case 'settings':
      return <WalletSettings info={info} />
  }
}
