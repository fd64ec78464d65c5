/** Light nodes among the nodes of a simulated network. */

import { createSignatureVerifier } from '../../host/signature-verifier.ts'
import { startSimulatedThread } from '../../simulation/chain.ts'
import type { SimulatedHost } from '../../simulation/host.ts'
import { networks } from '../consensus/networks.ts'
import type { LightNodeChain } from '../light/light-calls.ts'
import type { LightChain } from '../light/light-chain.ts'
import { openLightChain } from '../light/open-light-chain.ts'
import { AddressManager } from '../network/addrman/address-manager.ts'
import { PeerToPeerNode } from '../network/peer-to-peer-node.ts'
import { FilterSync } from '../network/sync/filter-sync.ts'
import { openRemoteChain } from '../thread/remote-chain.ts'
import type { NetworkWorld, ScriptedPeer, WorldNode } from './network-world.ts'

const network = networks.local
const FOLDER = '/chain'

export interface LightWorldNode {
  readonly host: SimulatedHost
  readonly chain: LightNodeChain
  readonly node: PeerToPeerNode
  readonly sync: FilterSync
}

/** A light node on the host's drive, among no peers yet; with `isThreaded` its chain is behind a link as in the app. */
export async function lightNode(
  world: NetworkWorld,
  host: SimulatedHost,
  { isThreaded = false } = {},
): Promise<LightWorldNode> {
  const { clock, random, streams, log } = host
  await world.simulation.within(1_000, host.files.makeDirectory(FOLDER))
  const chain = await world.simulation.within(1_000, isThreaded ? openThreaded(host) : openLight(host))
  let sync: FilterSync | undefined
  const node = new PeerToPeerNode({
    ...{ network, chain, clock, random, streams, log },
    addresses: new AddressManager({ clock, random }),
    userAgent: '/Light:1/',
    servesFilters: false,
    blockSync: (context, headers) => {
      sync = new FilterSync(context, headers, chain)
      return sync
    },
  })
  await world.simulation.within(1_000, node.start())
  return { host, chain, node, sync: sync as FilterSync }
}

export function openLight(host: SimulatedHost): Promise<LightChain> {
  return openLightChain(
    { network: 'local', path: `${FOLDER}/chain.db`, keepBlocks: 288 },
    { ...host, verifier: createSignatureVerifier(), pause: async () => {} },
  )
}

function openThreaded(host: SimulatedHost): Promise<LightNodeChain> {
  return openRemoteChain({
    link: startSimulatedThread(host.clock, () => openLight(host)),
    configuration: {
      ...{ network: 'local', path: `${FOLDER}/chain.db`, mode: 'light', keepBlocks: 288 },
      ...{ coinCacheBytes: 0, mempoolBytes: 0, signatureThreads: 1 },
    },
    log: host.log,
    died: () => {},
  })
}

export function connectTo(from: LightWorldNode, to: WorldNode | ScriptedPeer): void {
  from.node.connect({ host: to.host.address, port: network.port })
}

export async function stopLight(world: NetworkWorld, { node, chain }: LightWorldNode): Promise<void> {
  await world.simulation.within(10_000, node.stop())
  await world.simulation.within(10_000, chain.close())
}
