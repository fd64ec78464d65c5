/** The service `chain`: state, pages, upkeep. Pages are made on the chain's thread; here is only what crosses. */
import type { chain as chainContract } from '#shared/contract/chain.ts'
import type { HandlersOf } from '#shared/contract/service.ts'
import type { Settings } from '#shared/contract/settings.ts'
import type { NodeChain } from '../../chain/node/node-chain.ts'
import { displayHash } from '../../chain/primitives/hashes.ts'
import type { Endpoint } from '../../kernel/network.ts'
import { parseHostPort } from '../overlays/bootstrap-nodes.ts'
import { ChainServiceError } from './chain-error.ts'
import type { ChainHost } from './chain-host.ts'
import type { ChainView } from './chain-view.ts'

export interface ChainServiceParts {
  readonly host: ChainHost
  readonly view: ChainView
  /** Connects to a peer of the chain by name or address and keeps to it. */
  readonly connect: (endpoint: Endpoint) => void
  /** Checks and relays a transaction of ours. */
  readonly submit: (transaction: Uint8Array) => Promise<Uint8Array>
  readonly set: (changes: Partial<Settings>) => Promise<unknown>
}

export function chainService(parts: ChainServiceParts): HandlersOf<typeof chainContract> {
  const { host, view } = parts
  const open = () => openChain(host)
  return {
    info: async () => view.freshInfo(),
    block: async ({ id }) => open().blockDetails(id),
    blocks: async ({ from, limit }) => open().blockSummaries(from, limit),
    blockTransactions: async ({ hash, ...range }) => open().transactionsOfBlock(hash, range),
    transaction: async ({ txid }) => open().transactionDetails(txid),
    address: async ({ address, ...range }) => open().addressDetails(address, range),
    headers: async ({ from, limit }) => open().headerDetails(from, limit),
    mempool: async (range) => {
      const [info, newest] = await Promise.all([open().mempoolDetails(), open().mempoolTransactionsPage(range)])
      return { ...info, newest }
    },
    search: async ({ text }) => open().find(text.trim()),
    submit: async ({ transaction }) => ({ txid: displayHash(await parts.submit(transaction)) }),
    connect: async ({ endpoint }) => {
      const parsed = parseHostPort(endpoint)
      if (!parsed) throw new ChainServiceError({ code: 'BAD_ENDPOINT', text: endpoint })
      open()
      parts.connect(parsed)
      return undefined
    },
    rebuild: async () => {
      // It goes on by itself; `info` has its progress.
      void open()
        .rebuild()
        .catch((error: unknown) => view.note(error))
      return undefined
    },
    modeCost: async ({ mode }) => open().modeCost(mode),
    setMode: async ({ mode }) => {
      const { chain } = host
      if (chain && mode !== 'light' && chain.state.mode !== 'light') await chain.setMode(mode)
      await parts.set({ chainMode: mode })
      return undefined
    },
    state: view.state,
    recentBlocks: view.recentBlocks,
    mempoolState: view.mempoolState,
  }
}

/** @throws ChainServiceError where there is no open chain */
export function openChain(host: ChainHost): NodeChain {
  const { state } = host
  switch (state.kind) {
    case 'open':
      return state.chain
    case 'off':
      throw new ChainServiceError({ code: 'CHAIN_OFF' })
    case 'starting':
      throw new ChainServiceError({ code: 'CHAIN_STARTING' })
    case 'failed':
      throw new ChainServiceError({ code: 'CHAIN_FAILED', reason: state.reason })
  }
}
