/**
 * Answers `getdata`, item by item in the order asked, and `getblocktxn`. What is not here is named in `notfound`.
 *
 * No fingerprints: a transaction is served only if it is in the mempool and this peer may know so, a block of a side branch
 * only while it is young. A node that keeps the newest blocks alone lets go of whoever asks for older ones (BIP 159).
 */
import { ByteReader } from '../../../codec/byte-reader.ts'
import { codeOf } from '../../../kernel/errors.ts'
import { HASH_BYTES } from '../../primitives/hashes.ts'
import { decodeHeader, HEADER_BYTES } from '../../primitives/header.ts'
import { type InventoryItem, InventoryType, type MessageOf } from '../messages/index.ts'
import type { PartContext } from '../part-context.ts'
import type { MessageHandlers, Peer, PeerPart } from '../peer.ts'
import { LIMITED_BLOCKS } from '../sync/download-limits.ts'
import { type Answers, MAX_WAITING_ITEMS } from './answers.ts'
import type { HeaderServing } from './header-serving.ts'
import { blockWithoutWitnesses, transactionWithoutWitness } from './without-witnesses.ts'

/** Older blocks of side branches are not served: who has seen which would tell nodes apart. Seconds. */
export const SIDE_BRANCH_AGE = 30 * 24 * 3_600
/** Blocks below what BIP 159 asks for that a limited node still answers about. */
const LIMITED_MARGIN = 2
/** Transactions that are asked of the mempool at once. */
const TRANSACTIONS_AT_ONCE = 100

/** Codes of `CompactBlockError` and `SerializationError`: the question makes no sense. */
const REQUEST_FAULTS = new Set([
  'INDEX_OVERFLOW',
  'PAYLOAD_TOO_LARGE',
  'TOO_SHORT',
  'TOO_MANY',
  'TRAILING_BYTES',
  'SIZE_NOT_MINIMAL',
])

/** What the relay of transactions knows. */
export interface ServableTransactions {
  /** Whether this peer may know that we have it: not while it waits to be announced. */
  mayServe(peer: Peer, id: Uint8Array): boolean
}

export class DataServing implements PeerPart {
  readonly handlers: MessageHandlers = {
    getdata: (peer, message) => this.#asked(peer, message),
    getblocktxn: (peer, { payload }) => this.#answers.add(peer, 1, () => this.#blockTransactions(peer, payload)),
  }
  readonly #context: PartContext
  readonly #answers: Answers
  readonly #headers: HeaderServing
  readonly #transactions: ServableTransactions

  constructor(context: PartContext, answers: Answers, headers: HeaderServing, transactions: ServableTransactions) {
    this.#context = context
    this.#answers = answers
    this.#headers = headers
    this.#transactions = transactions
  }

  #asked(peer: Peer, { items }: MessageOf<'getdata'>): void {
    // Copies: what waits shall not hold the whole message.
    const known = items
      .filter(({ type }) => isTransaction(type) || isBlock(type))
      .slice(0, MAX_WAITING_ITEMS + 1)
      .map(({ type, hash }) => ({ type, hash: hash.slice() }))
    if (known.length > 0) this.#answers.add(peer, known.length, () => this.#serve(peer, known))
  }

  async #serve(peer: Peer, items: readonly InventoryItem[]): Promise<void> {
    const missing: InventoryItem[] = []
    for (let at = 0; at < items.length; ) {
      if (!(await this.#answers.room(peer))) return
      const item = items[at] as InventoryItem
      if (isTransaction(item.type)) {
        const group = transactionsFrom(items, at)
        missing.push(...(await this.#serveTransactions(peer, group)))
        at += group.length
      } else {
        if (!(await this.#serveBlock(peer, item))) missing.push(item)
        at++
      }
    }
    if (missing.length > 0) peer.send({ command: 'notfound', items: missing })
  }

  /** Sends those that are there and names those that are not. */
  async #serveTransactions(peer: Peer, items: readonly InventoryItem[]): Promise<InventoryItem[]> {
    const found = await this.#context.chain.mempoolTransactions(items.map(({ hash }) => hash))
    return items.filter(({ type, hash }, i) => {
      const bytes = found[i]
      if (bytes === undefined || !this.#transactions.mayServe(peer, hash)) return true
      peer.send({ command: 'tx', payload: type === InventoryType.TX ? transactionWithoutWitness(bytes) : bytes })
      return false
    })
  }

  async #serveBlock(peer: Peer, { type, hash }: InventoryItem): Promise<boolean> {
    const { chain } = this.#context
    const height = await chain.heightOf(hash)
    if (height !== undefined && this.#isTooDeep(height)) {
      peer.close('it asks for a block that we do not keep')
      return true
    }
    if (type === InventoryType.COMPACT_BLOCK) {
      const payload = await chain.compactBlock(hash)
      if (payload !== undefined) {
        peer.send({ command: 'cmpctblock', payload })
        return true
      }
    }
    const bytes = await chain.block(hash)
    if (bytes === undefined || (height === undefined && this.#isOld(bytes))) return false
    peer.knownBlocks.add(hash)
    peer.send({ command: 'block', payload: type === InventoryType.BLOCK ? blockWithoutWitnesses(bytes) : bytes })
    this.#headers.blockSent(peer, hash)
    return true
  }

  /** Whatever is still here of it, all limited nodes answer alike. */
  #isTooDeep(height: number): boolean {
    const { mode, tip } = this.#context.chain.state
    return mode === 'pruned' && tip.height - height > LIMITED_BLOCKS + LIMITED_MARGIN
  }

  #isOld(block: Uint8Array): boolean {
    const { time } = decodeHeader(block.subarray(0, HEADER_BYTES))
    return time < this.#context.chain.state.tip.time - SIDE_BRANCH_AGE
  }

  /** Deeper ones are answered with the whole block, as BIP 152 allows. */
  async #blockTransactions(peer: Peer, request: Uint8Array): Promise<void> {
    const payload = await this.#context.chain.blockTransactions(request).catch((error: unknown) => {
      if (!REQUEST_FAULTS.has(codeOf(error))) throw error
      peer.misbehaved('it asks for transactions that no block has')
    })
    if (peer.isGone) return
    if (payload !== undefined) {
      peer.send({ command: 'blocktxn', payload })
      return
    }
    const hash = new ByteReader(request).bytes(HASH_BYTES)
    await this.#serveBlock(peer, { type: InventoryType.WITNESS_BLOCK, hash })
  }
}

function transactionsFrom(items: readonly InventoryItem[], start: number): readonly InventoryItem[] {
  let end = start
  while (end < items.length && end - start < TRANSACTIONS_AT_ONCE && isTransaction(items[end]?.type)) end++
  return items.slice(start, end)
}

function isTransaction(type: number | undefined): boolean {
  return type === InventoryType.TX || type === InventoryType.WITNESS_TX || type === InventoryType.WTX
}

/** `FILTERED_BLOCK` (BIP 37) is not served: nobody is offered it. */
function isBlock(type: number): boolean {
  return type === InventoryType.BLOCK || type === InventoryType.WITNESS_BLOCK || type === InventoryType.COMPACT_BLOCK
}
