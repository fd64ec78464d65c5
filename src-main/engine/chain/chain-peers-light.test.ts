import { expect, test } from 'vitest'
import { networks } from '../../chain/consensus/networks.ts'
import { NetworkWorld } from '../../chain/test-support/network-world.ts'
import { recentChain } from '../../chain/test-support/recent-chain.ts'
import { formatEndpoint } from '../../kernel/network.ts'
import { chainThreads } from '../../simulation/chain.ts'
import { ChainHost, type ChainSettings } from './chain-host.ts'
import { chainInfoOf } from './chain-info.ts'
import { ChainPeers } from './chain-peers.ts'

test('a light node follows its peers, and its state says how many agree', async () => {
  const world = new NetworkWorld({ seed: 68 })
  const chain = recentChain(25)
  const blocks = chain.blocks.slice(1)
  const full = [await world.node(blocks, { servesFilters: true }), await world.node(blocks, { servesFilters: true })]
  const machine = world.simulation.host()
  const { clock, random, streams, files, log, resolver } = machine
  const settings: ChainSettings = { chain: true, chainMode: 'light', chainKeepBlocks: 288, network: 'local' }
  const host = new ChainHost({
    ...{ threads: chainThreads(machine), clock, files, log, profile: '/profile', network: 'local' },
    settings: () => settings,
    closing: () => peers.configure(),
  })
  const peers: ChainPeers = new ChainPeers({
    ...{ host, clock, random, streams, resolver, files, log, profile: '/profile', version: '0', sources: [] },
    network: networks.local,
    listenAt: () => [],
    settings: () => ({
      chainPeers: full.map((node) => formatEndpoint({ host: node.host.address, port: networks.local.port })),
    }),
  })
  const info = () => chainInfoOf({ network: 'local', host: host.state, upkeep: undefined, peers: peers.facts() })
  expect(info().light).toBeUndefined()
  await world.simulation.within(10_000, host.configure())
  await world.until(() => info().light?.filters === 25 && info().light?.sources === 2)
  expect(info()).toMatchObject({ mode: 'light', state: 'synced', height: 25, peers: 2 })
  await world.simulation.within(10_000, host.stop())
  await world.simulation.within(10_000, peers.stop())
  expect(peers.facts().light).toBeUndefined()
  await world.stop()
})
