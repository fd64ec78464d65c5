/** Opens the node that a configuration asks for. */

import type { ChainConfiguration, NodeChain } from './node-chain.ts'
import { type FullChainPorts, openFullChain } from './open-full-chain.ts'

export type NodeChainPorts = FullChainPorts

/** @throws ChainStoreError, StorageError, ChainstateError */
export async function openNodeChain(configuration: ChainConfiguration, ports: NodeChainPorts): Promise<NodeChain> {
  return openFullChain(configuration, ports)
}
