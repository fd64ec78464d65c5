/** Everything of the wallet put together: its file, its keys' process, its chain, what the window sees and the miner pays to. */
import { join } from 'node:path'
import type { Settings } from '#shared/contract/settings.ts'
import { SECOND } from '../../kernel/clock.ts'
import type { Host } from '../../kernel/host.ts'
import { accountNetworks } from '../../wallet/keys/account-network.ts'
import { openPublicAccount } from '../../wallet/keys/public-account.ts'
import { WalletFile } from '../../wallet/store/wallet-file.ts'
import { createVault } from '../../wallet/vault/create-vault.ts'
import { Wallet } from '../../wallet/wallet.ts'
import type { ChainParts } from '../chain/chain-parts.ts'
import { openChain } from '../chain/chain-service.ts'
import type { Heartbeat } from '../heartbeat.ts'
import type { RewardWallet } from '../miner/reward-target.ts'
import { vaultSocketPath } from '../serving/local-socket-path.ts'
import { Payments } from './payments.ts'
import { WalletHost } from './wallet-host.ts'
import { walletService } from './wallet-service.ts'
import { WalletView } from './wallet-view.ts'

export interface WalletPartsOptions {
  readonly profile: string
  readonly platform: NodeJS.Platform
  readonly heartbeat: Heartbeat
  readonly settings: () => Settings
}

/** Of addresses that the miner pays to. */
const MINING_LABEL = 'Mining'

export type WalletParts = ReturnType<typeof walletParts>

export function walletParts(host: Host, chain: ChainParts, options: WalletPartsOptions) {
  const { profile, platform, heartbeat, settings } = options
  const { clock, random, files, databases } = host
  const { network, walletLockAfter: lockAfter } = settings()
  const log = host.log.child('wallet')
  const folder = join(profile, 'wallet', network)
  const file = new WalletFile({ ...{ clock, log, files, databases, random, folder } })
  const socket = vaultSocketPath(profile, platform)
  const vault = createVault({
    ...{ processes: host.vaultProcesses, store: file.keys, network, socket, lockAfter, clock, log: log.child('vault') },
  })
  const walletHost = new WalletHost({
    ...{ clock, random, log, network, file, vault, chainHost: chain.host },
    accountOf: ({ extendedPublicKey }) => openPublicAccount(extendedPublicKey, accountNetworks[network]),
    read: ({ store }, account) => new Wallet({ store, account, network }),
    connected: () => chain.peers.facts().connected,
    announceAgain: (own) => chain.peers.announceAgain(own),
  })
  const openedChain = () => openChain(chain.host)
  const payments = new Payments({ ...{ clock, random, log, host: walletHost, vault, chain: openedChain } })
  const lightSources = () => chain.peers.facts().light?.sources
  const view = new WalletView({ ...{ host: walletHost, vault, chainHost: chain.host, lightSources, heartbeat } })
  return {
    host: walletHost,
    vault,
    view,
    service: walletService({ ...{ clock, host: walletHost, payments, vault, view, chain: openedChain } }),
    rewards: rewardWallet(walletHost, () => Math.floor(clock.wallTime() / SECOND)),
    /** The settings have changed. */
    reconsider: () => vault.setLockAfter(settings().walletLockAfter),
    /** Forgets the keys and asks nothing of the chain any more. */
    async halt() {
      walletHost.halt()
      await vault.stop()
    },
    /** Once the chain is closed. */
    async stop() {
      await payments.settled()
      await walletHost.stop()
    },
  }
}

function rewardWallet(host: WalletHost, now: () => number): RewardWallet {
  return {
    miningAddress: async () => {
      const { wallet } = host
      if (wallet === undefined) return undefined
      const before = wallet.version
      const { id } = wallet.rewardAddress(now())
      if (wallet.version !== before) {
        wallet.setLabel('addr', id, MINING_LABEL)
        host.changed()
      }
      return id
    },
    get isThere() {
      return host.wallet !== undefined
    },
    get wordsConfirmed() {
      return host.account?.wordsConfirmed ?? false
    },
    watch: (changed) => host.watchers.add(changed),
  }
}
