/** What the window sees of the wallet without asking: its state, and the newest of its history. */
import type { FeedSource } from '#shared/contract/service.ts'
import type { HistoryRow, WalletInfo } from '#shared/contract/wallet.ts'
import type { Vault } from '../../wallet/vault/vault.ts'
import { ChainServiceError } from '../chain/chain-error.ts'
import type { ChainHost } from '../chain/chain-host.ts'
import type { Heartbeat } from '../heartbeat.ts'
import type { WalletHost } from './wallet-host.ts'
import { walletInfoOf } from './wallet-info.ts'

export const RECENT_ROWS = 200

export interface WalletViewParts {
  readonly host: WalletHost
  readonly vault: Vault
  readonly chainHost: ChainHost
  /** Of a light node that runs: independent sources of filters. */
  readonly lightSources: () => number | undefined
  readonly heartbeat: Heartbeat
}

export class WalletView {
  readonly state: FeedSource<undefined, WalletInfo>
  readonly recent: FeedSource<undefined, HistoryRow>
  readonly #parts: WalletViewParts

  constructor(parts: WalletViewParts) {
    this.#parts = parts
    this.state = {
      read: () => [this.info()],
      // Rates and time left change by themselves.
      watch: (_args, changed) => ended([this.watch(changed), parts.heartbeat.add(changed)]),
    }
    this.recent = {
      read: () => parts.host.wallet?.recent(RECENT_ROWS) ?? [],
      watch: (_args, changed) => parts.host.watchers.add(changed),
    }
  }

  info(): WalletInfo {
    const { host, vault, chainHost, lightSources } = this.#parts
    const { follower } = host
    return walletInfoOf({
      ...{ network: host.network, host: host.state, vault: vault.state },
      scan: follower && { stuck: follower.stuck, progress: follower.progress() },
      chainHeight: chainHost.chain?.state.tip.height,
      noChain: noChain(chainHost.state),
      lightSources: chainHost.chain?.state.mode === 'light' ? (lightSources() ?? 0) : undefined,
    })
  }

  watch(changed: () => void): () => void {
    const { host, vault, chainHost } = this.#parts
    return ended([host.watchers.add(changed), vault.watch(changed), chainHost.watchers.add(changed)])
  }
}

function noChain(state: ChainHost['state']): string {
  if (state.kind === 'off') return new ChainServiceError({ code: 'CHAIN_OFF' }).message
  return state.kind === 'failed' ? state.reason : ''
}

function ended(ends: readonly (() => void)[]): () => void {
  return () => {
    for (const end of ends) end()
  }
}
