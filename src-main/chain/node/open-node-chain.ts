/** Opens the node that a configuration asks for. */
import { openLightChain } from '../light/open-light-chain.ts'
import type { ChainConfiguration, NodeChain } from './node-chain.ts'
import { type FullChainPorts, openFullChain } from './open-full-chain.ts'

export type NodeChainPorts = FullChainPorts

/** @throws ChainStoreError, StorageError, ChainstateError */
export async function openNodeChain(configuration: ChainConfiguration, ports: NodeChainPorts): Promise<NodeChain> {
  if (configuration.mode === 'light') return openLightChain(configuration, ports)
  return openFullChain(configuration, ports)
}
