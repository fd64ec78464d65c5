/** What crosses between the chain's thread and the rest of the program: plain data. */
import type { LogLevel } from '../../kernel/log.ts'
import type { ChainListener, ChainState } from '../chain.ts'
import type { LightNodeChain } from '../light/light-calls.ts'
import type { ChainConfiguration } from '../node/node-chain.ts'

/** Calls that are answered; those about filters by light chains alone. */
export type ChainCall = Exclude<keyof LightNodeChain, 'state' | 'watch' | 'forgetPeer'>

/** Nothing but these is called for a message. */
const CALLS: Readonly<Record<ChainCall, true>> = {
  locator: true,
  acceptHeaders: true,
  headersAfter: true,
  knowledgeOf: true,
  heightOf: true,
  missingBlocks: true,
  acceptBlock: true,
  block: true,
  acceptCompactBlock: true,
  completeCompactBlock: true,
  compactBlock: true,
  blockTransactions: true,
  acceptTransaction: true,
  knownTransactions: true,
  mempoolTransactions: true,
  mempoolInventory: true,
  filters: true,
  filterHashes: true,
  filterCheckpoints: true,
  blockDetails: true,
  blockSummaries: true,
  transactionsOfBlock: true,
  transactionDetails: true,
  addressDetails: true,
  headerDetails: true,
  mempoolDetails: true,
  mempoolTransactionsPage: true,
  find: true,
  template: true,
  submitSolution: true,
  standingOf: true,
  scanForWallet: true,
  mempoolForWallet: true,
  estimateFees: true,
  heightAtTime: true,
  upkeep: true,
  rebuild: true,
  modeCost: true,
  setMode: true,
  tipAt: true,
  filterStanding: true,
  filterHeadersAt: true,
  acceptFilterHashes: true,
  acceptFilters: true,
  judgeFilters: true,
  forgetFiltersFrom: true,
  peersTake: true,
  wantedBlocks: true,
  close: true,
}

export const chainCalls = Object.keys(CALLS) as readonly ChainCall[]

export function isChainCall(name: string): name is ChainCall {
  return Object.hasOwn(CALLS, name)
}

export type ChainEvent = keyof ChainListener

/** The first message opens the chain; then calls. */
export type ToChain =
  | { readonly kind: 'open'; readonly configuration: ChainConfiguration }
  | { readonly kind: 'call'; readonly id: number; readonly method: ChainCall; readonly args: readonly unknown[] }
  | { readonly kind: 'forget-peer'; readonly peer: string }

export type FromChain =
  | { readonly kind: 'opened'; readonly state: ChainState }
  | { readonly kind: 'not-opened'; readonly error: CrossingChainError }
  | { readonly kind: 'reply'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly error: CrossingChainError }
  | { readonly kind: 'event'; readonly event: ChainEvent; readonly argument: unknown; readonly state: ChainState }
  | {
      readonly kind: 'log'
      readonly level: LogLevel
      readonly event: string
      readonly facts: Readonly<Record<string, unknown>> | undefined
    }

/** An error as it crosses: its facts with their code, and its sentence. */
export interface CrossingChainError {
  readonly fault: { readonly code: string }
  readonly message: string
}
