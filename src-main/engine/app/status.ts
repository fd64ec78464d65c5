/** What the status bar shows, and what a person must be told about their profile. */
import type { AppStatus } from '#shared/contract/app.ts'
import type { ChainInfo } from '#shared/contract/chain.ts'
import type { Settings } from '#shared/contract/settings.ts'
import type { WalletInfo } from '#shared/contract/wallet.ts'
import type { SessionDamage } from '../../storage/open-session.ts'
import type { Listening } from '../listening.ts'
import type { TorrentList } from '../torrents/torrent-list.ts'

export interface StatusFacts {
  readonly list: TorrentList
  readonly connections: number
  readonly listening: Listening
  readonly online: boolean
  /** Started with `--offline`. */
  readonly offline: boolean
  readonly settings: Settings
  readonly damage: SessionDamage | undefined
  readonly overlays: Pick<AppStatus, 'dht' | 'chord'>
  readonly chain: AppStatus['chain']
  readonly hashesPerSecond: number
  readonly wallet: AppStatus['wallet']
}

export function appStatusOf(facts: StatusFacts): AppStatus {
  const { list, connections, listening, online, offline, settings, damage, overlays, chain, hashesPerSecond, wallet } =
    facts
  let downRate = 0
  let upRate = 0
  for (const { swarm } of list.all()) {
    const live = swarm?.snapshot()
    downRate += live?.downRate ?? 0
    upRate += live?.upRate ?? 0
  }
  const unasked = settings.networkConsent === 'unasked' && !online && !offline
  return {
    ...{ downRate, upRate, connections },
    torrents: list.size,
    ...(listening.endpoint === undefined ? {} : { listening: listening.endpoint }),
    network: online ? 'online' : 'local-only',
    offline,
    notice: listening.notice || (unasked ? 'Shoal waits for your word before it uses the network.' : ''),
    warning: warningOf(damage, list.unreadable),
    ...overlays,
    chain,
    hashesPerSecond,
    ...(wallet && { wallet }),
  }
}

/** What the status bar shows of the chain. */
export function chainStatusOf({ state, height, headers, peers }: ChainInfo): AppStatus['chain'] {
  return { state, height, headers, peers }
}

/** What the status bar shows of the wallet. */
export function walletStatusOf({ state, balance, locked }: WalletInfo): AppStatus['wallet'] {
  return state === 'ready' ? { available: balance.available, locked } : undefined
}

/** One sentence, with the next step; empty where all is well. */
export function warningOf(damage: SessionDamage | undefined, unreadable: number): string {
  if (damage) {
    const lost = damage.incomplete.length > 0 ? 'some of it could not be read' : 'all of it could be read'
    return `The database of this profile was damaged and has been rebuilt (${lost}); look through your list and settings. The damaged file is kept as ${damage.movedTo}.`
  }
  if (unreadable === 0) return ''
  const what = unreadable === 1 ? 'A torrent of the list' : `${unreadable} torrents of the list`
  return `${what} could not be read and is left out; add its .torrent again. Details are in shoal.log in the profile folder.`
}
