/** Everything of the chain put together: its thread, its peers, what the window sees. */
import type { Settings } from '#shared/contract/settings.ts'
import { networks } from '../../chain/consensus/networks.ts'
import type { Host } from '../../kernel/host.ts'
import type { Endpoint, Streams } from '../../kernel/network.ts'
import type { PeerSource } from '../../kernel/peer-source.ts'
import type { Heartbeat } from '../heartbeat.ts'
import { listenCandidates } from '../listening.ts'
import { ChainServiceError } from './chain-error.ts'
import { ChainHost } from './chain-host.ts'
import { ChainPeers } from './chain-peers.ts'
import { chainService, openChain } from './chain-service.ts'
import { ChainView } from './chain-view.ts'

export interface ChainPartsOptions {
  readonly profile: string
  readonly version: string
  readonly heartbeat: Heartbeat
  /** With bans in front. */
  readonly streams: Streams
  /** All ways to find peers; only local discovery is used on the local network. */
  readonly sources: { readonly kademlia: PeerSource; readonly chord: PeerSource; readonly local: PeerSource }
  /** Where to listen, over what the settings say. */
  readonly listen: Endpoint | undefined
  readonly settings: () => Settings
  readonly set: (changes: Partial<Settings>) => Promise<unknown>
}

export type ChainParts = ReturnType<typeof chainParts>

export function chainParts(host: Host, options: ChainPartsOptions) {
  const { profile, version, heartbeat, streams, sources, settings, listen, set } = options
  const name = settings().network
  const network = networks[name]
  const log = host.log.child('chain')
  const chainHost = new ChainHost({
    ...{ threads: host.threads, clock: host.clock, files: host.files, log, profile, settings },
    network: name,
    closing: async () => {
      await peers.configure()
    },
  })
  const peers = new ChainPeers({
    ...host,
    ...{ host: chainHost, streams, log, profile, version, network, settings },
    sources: name === 'local' ? [sources.local] : [sources.kademlia, sources.chord, sources.local],
    // The network's own port where it is free: others guess it.
    listenAt: () => listenCandidates(host.network.policy, settings().chainListenPort || network.port, listen),
  })
  const view = new ChainView({ host: chainHost, heartbeat, network: name, peers: () => peers.facts(), log })
  peers.watchers.add(() => view.notify())
  return {
    host: chainHost,
    peers,
    view,
    service: chainService({
      ...{ host: chainHost, view, set },
      connect: (endpoint) => void peers.connect(endpoint),
      submit: async (transaction) => {
        const outcome = await openChain(chainHost).acceptTransaction(transaction, undefined)
        if (outcome.status === 'refused' || outcome.status === 'orphan') {
          const reason = outcome.status === 'orphan' ? 'bad-txns-inputs-missingorspent' : outcome.reason
          throw new ChainServiceError({ code: 'TRANSACTION_REFUSED', reason })
        }
        return outcome.txid
      },
    }),
    async stop() {
      await chainHost.stop()
      await peers.stop()
    },
  }
}
