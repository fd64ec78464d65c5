import { ArrowDownUp, Blocks, type LucideIcon, Settings, Users, Wallet } from 'lucide-react'
import type { Page } from './state.ts'

/** Name and picture of each page, in the rail's order. */
export const PAGE_LOOKS: Readonly<Record<Page, { title: string; icon: LucideIcon }>> = {
  torrents: { title: 'Torrents', icon: ArrowDownUp },
  peers: { title: 'Peers', icon: Users },
  wallet: { title: 'Wallet', icon: Wallet },
  explorer: { title: 'Explorer', icon: Blocks },
  settings: { title: 'Settings', icon: Settings },
}
