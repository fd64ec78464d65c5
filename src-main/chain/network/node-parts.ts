/** The parts of a node that talk to peers, and what each is told of the chain. */
import type { ChainListener } from '../chain.ts'
import type { AddressManager } from './addrman/address-manager.ts'
import type { PartContext } from './part-context.ts'
import type { PeerPart } from './peer.ts'
import { AddressRelay, type ListeningPort } from './relay/address-relay.ts'
import { BlockAnnouncements } from './relay/block-announcements.ts'
import { CompactBlocks } from './relay/compact-blocks.ts'
import { RejectionLog } from './relay/rejection-log.ts'
import { TransactionRelay } from './relay/transaction-relay.ts'
import { Answers } from './serving/answers.ts'
import { DataServing } from './serving/data-serving.ts'
import { FilterServing } from './serving/filter-serving.ts'
import { HeaderServing } from './serving/header-serving.ts'
import type { BlockSync } from './sync/block-sync.ts'
import { FullBlockSync } from './sync/full-block-sync.ts'
import { HeaderSync } from './sync/header-sync.ts'

export interface NodePartsOptions {
  readonly addresses: AddressManager
  readonly servesFilters: boolean
  readonly services: () => bigint
  readonly listeningPort: ListeningPort
  /** Instead of fetching all blocks. */
  readonly blockSync?: (context: PartContext, headers: HeaderSync) => BlockSync
}

export interface NodeParts {
  /** In the order in which they are told. */
  readonly all: readonly PeerPart[]
  readonly headers: HeaderSync
  readonly sync: BlockSync
  readonly answers: Answers
  readonly transactions: TransactionRelay
  readonly listener: ChainListener
}

export function createParts(context: PartContext, options: NodePartsOptions): NodeParts {
  const headers: HeaderSync = new HeaderSync(context, { headMoved: (peer) => sync.headMoved(peer) })
  const full = options.blockSync ? undefined : fullSync(context, headers)
  const sync: BlockSync = options.blockSync?.(context, headers) ?? (full as FullSync).sync
  const answers = new Answers(context)
  const headerServing = new HeaderServing(context, answers)
  const transactions = new TransactionRelay(context, answers)
  const announcements = new BlockAnnouncements(context)
  const all: readonly PeerPart[] = [
    headers,
    sync,
    ...(full ? [full.compact] : []),
    announcements,
    transactions,
    new AddressRelay(context, options.addresses, { port: options.listeningPort, services: options.services }),
    answers,
    headerServing,
    new DataServing(context, answers, headerServing, transactions),
    new FilterServing(context, answers, options.servesFilters),
    new RejectionLog(context),
  ]
  const listener: ChainListener = {
    tipChanged(change) {
      headers.progressed(context.clock.now())
      sync.tipChanged(change)
      announcements.tipChanged(change.disconnected, change.connected)
    },
    transactionAdded: (added) => transactions.added(added),
    transactionRemoved: ({ txid }) => transactions.removed(txid),
    blockRefused: ({ hash, fault }) => full?.sync.blockRefused(hash, fault),
  }
  return { all, headers, sync, answers, transactions, listener }
}

interface FullSync {
  readonly sync: FullBlockSync
  readonly compact: CompactBlocks
}

function fullSync(context: PartContext, headers: HeaderSync): FullSync {
  const sync: FullBlockSync = new FullBlockSync(context, headers, { brought: (peer) => compact.broughtFirst(peer) })
  const compact = new CompactBlocks(context, headers, sync)
  return { sync, compact }
}
