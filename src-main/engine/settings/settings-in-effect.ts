/**
 * Makes what the settings say take effect: at once what costs nothing, what the network may be used for first of all; then
 * sockets, one change after the other.
 */
import type { Settings } from '#shared/contract/settings.ts'
import type { Host } from '../../kernel/host.ts'
import type { NetworkPolicy } from '../../kernel/network-policy.ts'
import type { ChainParts } from '../chain/chain-parts.ts'
import type { EngineOptions } from '../engine.ts'
import { listenCandidates } from '../listening.ts'
import type { MinerParts } from '../miner/miner-parts.ts'
import type { TorrentParts } from '../torrent-parts.ts'
import type { WalletParts } from '../wallet/wallet-parts.ts'
import type { SettingsService } from './settings-service.ts'

type Options = Pick<EngineOptions, 'offline' | 'allowedHosts' | 'listen' | 'settings'>

interface ChainAndMiner {
  readonly chain: Pick<ChainParts, 'host' | 'peers'>
  readonly miner: Pick<MinerParts, 'host'>
  readonly wallet: Pick<WalletParts, 'reconsider'>
}

export class SettingsInEffect {
  private readonly host: Host
  private readonly options: Options
  private readonly settings: SettingsService
  private readonly parts: TorrentParts & ChainAndMiner
  /** Of both overlays. */
  private bootstrapNodes: string
  private last: Promise<void> = Promise.resolve()
  private lastOfChain: Promise<void> = Promise.resolve()

  constructor(host: Host, options: Options, settings: SettingsService, parts: TorrentParts & ChainAndMiner) {
    this.host = host
    this.options = options
    this.settings = settings
    this.parts = parts
    this.bootstrapNodes = namedNodes(settings.now)
    host.network.set(networkPolicy(options, settings.now))
  }

  /** Settles when all of it is in effect. Never fails. */
  apply(): Promise<void> {
    const { budget, list, changed } = this.parts
    const { network } = this.host
    const { now } = this.settings
    const policy = networkPolicy(this.options, now)
    const isOtherNetwork = policy.mode !== network.policy.mode
    if (isOtherNetwork) {
      network.set(policy)
      // Connections that are no longer allowed end; sources are asked again where they may be now.
      for (const entry of list.entries()) void entry.reconnect()
    }
    budget.limits = { ...budget.limits, total: now.maxConnections, perTorrent: now.maxConnectionsPerTorrent }
    for (const { swarm } of list.all()) swarm?.setSlots(now.uploadSlots - 1)
    for (const { swarm } of list.entries()) swarm?.setPeerExchange(now.peerExchange)
    changed.notify()
    this.parts.wallet.reconsider()
    const bootstrapNodes = namedNodes(now)
    const triesAgain = isOtherNetwork || bootstrapNodes !== this.bootstrapNodes
    this.bootstrapNodes = bootstrapNodes
    this.last = this.last.then(() => this.reopen(triesAgain))
    // Torrents need not wait for a chain that is opened.
    this.lastOfChain = this.lastOfChain.then(() => this.reopenChain(isOtherNetwork))
    return this.last
  }

  /** What is under way, the chain's opening included. */
  get settled(): Promise<void> {
    return this.last.then(() => this.lastOfChain)
  }

  private async reopenChain(isOtherNetwork: boolean): Promise<void> {
    const { chain, miner } = this.parts
    await chain.host.configure()
    // Opened under another policy its sockets would stay as they are.
    await (isOtherNetwork ? chain.peers.reconnect() : chain.peers.configure())
    miner.host.reconsider()
  }

  private async reopen(triesAgain: boolean): Promise<void> {
    const { listening, overlays, local } = this.parts
    const { policy } = this.host.network
    const { listenPort, localDiscovery } = this.settings.now
    // Nodes of the DHT stand on the port on which peers are taken.
    await listening.listen(listenCandidates(policy, listenPort, this.options.listen))
    const mayMulticast = policy.mode === 'online' || policy.multicast === true
    await Promise.all([overlays.configure(), local.setEnabled(localDiscovery && mayMulticast)])
    if (triesAgain) overlays.tryAgain()
  }
}

function namedNodes({ bootstrapNodes, chordNodes }: Settings): string {
  return JSON.stringify([bootstrapNodes, chordNodes])
}

/**
 * Nothing leaves the machine before a person has agreed, nor with `--offline`; but local discovery that a command line
 * asks for by name may.
 */
function networkPolicy(options: Options, { networkConsent }: Settings): NetworkPolicy {
  const { offline, allowedHosts = [], settings } = options
  if (!offline && networkConsent === 'granted') return { mode: 'online' }
  return { mode: 'local-only', allowedHosts, multicast: settings?.localDiscovery === true }
}
