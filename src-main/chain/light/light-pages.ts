/**
 * Pages of a light node: of every block its header, of the blocks that it has fetched the contents. The list of a block's
 * transactions fetches the block. Addresses are not indexed, and what a fetched block spends is not known unless it made it.
 */
import { toHex } from '../../kernel/bytes.ts'
import { addressOfScript, scriptOfAddress } from '../address/address.ts'
import { AddressError } from '../address/address-error.ts'
import { knownAddresses } from '../consensus/networks.ts'
import type { HeaderTree } from '../headers/header-tree.ts'
import type { BlockDetails, BlockSummary, ChainPages, FoundByText, HeaderDetails } from '../node/chain-pages.ts'
import { coinbaseText } from '../node/pages/foreign-text.ts'
import { badAddress, ChainPageError } from '../node/pages/page-error.ts'
import {
  type ShownTransaction,
  scriptKind,
  sumOf,
  transactionDetails,
  transactionSummary,
} from '../node/pages/transaction-rows.ts'
import type { Block } from '../primitives/block.ts'
import { displayHash, parseHash } from '../primitives/hashes.ts'
import { workOfBits } from '../primitives/target.ts'
import type { Transaction } from '../primitives/transaction.ts'
import { LightNodeError } from './light-error.ts'
import type { OwnTransactions } from './own-transactions.ts'
import type { WantedBlocks } from './wanted-blocks.ts'

const HEIGHT = /^\d{1,9}$/
const NO_SCRIPT = new Uint8Array(0)

export interface LightPagesParts {
  readonly tree: HeaderTree
  readonly blocks: WantedBlocks
  readonly own: OwnTransactions
}

export class LightPages implements ChainPages {
  readonly #parts: LightPagesParts

  constructor(parts: LightPagesParts) {
    this.#parts = parts
  }

  async blockDetails(id: string | number): Promise<BlockDetails> {
    const { tree, blocks } = this.#parts
    const { bestBranch } = tree
    const row = this.#rowOf(id)
    const { version, previous, bits, nonce, merkleRoot, hash } = tree.header(row)
    const height = tree.height(row)
    const inBestChain = bestBranch.has(row)
    const next = inBestChain ? bestBranch.at(height + 1) : -1
    const block = blocks.find(hash)
    const text = block && coinbaseText(block.transactions[0]?.inputs[0]?.scriptSig ?? NO_SCRIPT)
    return {
      ...this.#summary(row),
      inBestChain,
      confirmations: inBestChain ? bestBranch.height - height + 1 : 0,
      previous: displayHash(previous),
      ...(next !== -1 && { next: displayHash(tree.hash(next)) }),
      version,
      bits: bitsText(bits),
      nonce,
      merkleRoot: displayHash(merkleRoot),
      medianTime: tree.medianTimePast(row),
      difficulty: Number(workOfBits(bits)),
      work: tree.work(row).toString(16),
      ...(block && { strippedSize: block.strippedSize }),
      ...(text !== undefined && { coinbaseText: text }),
      contents: block ? 'kept' : 'headers-only',
    }
  }

  async blockSummaries(from: number | undefined, limit: number): Promise<BlockSummary[]> {
    const { bestBranch } = this.#parts.tree
    const highest = Math.min(from ?? bestBranch.height, bestBranch.height)
    return Array.from({ length: Math.min(limit, highest + 1) }, (_, i) => this.#summary(bestBranch.at(highest - i)))
  }

  readonly transactionsOfBlock: ChainPages['transactionsOfBlock'] = async (id, { offset, limit }) => {
    const { tree, blocks } = this.#parts
    const block = await blocks.want(tree.hash(this.#rowOf(id)))
    return block.transactions
      .slice(offset, offset + limit)
      .map((transaction) => transactionSummary(this.#shown(transaction, block)))
  }

  readonly transactionDetails: ChainPages['transactionDetails'] = async (id) => {
    const { tree, own } = this.#parts
    const txid = parseHash(id)
    if (txid === undefined) throw new ChainPageError({ code: 'NO_SUCH_TRANSACTION', txid: id })
    const found = this.#find(txid)
    const waiting = own.all.find(({ transaction }) => displayHash(transaction.txid) === id)
    if (found === undefined && waiting === undefined)
      throw new LightNodeError({ code: 'TRANSACTION_NOT_SEEN', txid: id })
    const shown = found ?? {
      ...{ transaction: (waiting as NonNullable<typeof waiting>).transaction, place: undefined, coins: undefined },
      time: (waiting as NonNullable<typeof waiting>).since,
    }
    const height = found?.place?.height
    const confirmations = height === undefined ? 0 : tree.bestBranch.height - height + 1
    return transactionDetails(shown, { confirmations, replaceable: false }, tree.network, () => undefined)
  }

  readonly addressDetails: ChainPages['addressDetails'] = async (address) => {
    const script = this.#scriptOf(address)
    return {
      address: addressOfScript(script, this.#parts.tree.network.addresses) ?? address,
      kind: scriptKind(script),
      coverage: 'none',
      unconfirmed: 0n,
      transactions: 0,
      history: [],
    }
  }

  async headerDetails(from: number, limit: number): Promise<HeaderDetails[]> {
    const { tree } = this.#parts
    const count = Math.max(0, Math.min(limit, tree.bestBranch.height - from + 1))
    return Array.from({ length: count }, (_, i) => {
      const row = tree.bestBranch.at(from + i)
      return { ...this.#place(row), bits: bitsText(tree.bits(row)), hex: toHex(tree.bytes(row)) }
    })
  }

  async mempoolDetails() {
    const { all } = this.#parts.own
    const virtualBytes = all.reduce((sum, { transaction }) => sum + transaction.virtualSize, 0)
    return {
      ...{ transactions: all.length, virtualBytes, memory: 0, memoryLimit: 0, fees: 0n, minimumFeeRate: 0 },
      bands: [],
    }
  }

  readonly mempoolTransactionsPage: ChainPages['mempoolTransactionsPage'] = async ({ offset, limit }) =>
    [...this.#parts.own.all]
      .reverse()
      .slice(offset, offset + limit)
      .map(({ transaction, since }) =>
        transactionSummary({ transaction, place: undefined, time: since, coins: undefined }),
      )

  async find(text: string): Promise<FoundByText> {
    const { tree, own } = this.#parts
    const hash = parseHash(text)
    const row = HEIGHT.test(text) ? tree.bestBranch.at(Number(text)) : hash ? tree.find(hash) : -1
    if (row !== -1) return { kind: 'block', id: displayHash(tree.hash(row)) }
    if (hash && (this.#find(hash) || own.find(hash))) return { kind: 'transaction', id: displayHash(hash) }
    if (hash) throw new LightNodeError({ code: 'TRANSACTION_NOT_SEEN', txid: text })
    if (HEIGHT.test(text)) throw new ChainPageError({ code: 'NO_SUCH_BLOCK', id: text })
    this.#scriptOf(text)
    return { kind: 'address', id: text }
  }

  #scriptOf(address: string): Uint8Array {
    try {
      return scriptOfAddress(address, this.#parts.tree.network.addresses, knownAddresses)
    } catch (error) {
      throw error instanceof AddressError ? badAddress(address, error) : error
    }
  }

  /** In the blocks that are here. */
  #find(txid: Uint8Array): ShownTransaction | undefined {
    const id = displayHash(txid)
    for (const block of this.#parts.blocks.remembered) {
      const transaction = block.transactions.find((candidate) => displayHash(candidate.txid) === id)
      if (transaction && this.#parts.tree.bestBranch.has(this.#parts.tree.find(block.hash)))
        return this.#shown(transaction, block)
    }
    return undefined
  }

  #shown(transaction: Transaction, block: Block): ShownTransaction {
    const { tree } = this.#parts
    const made = new Map(block.transactions.map((one) => [displayHash(one.txid), one.outputs]))
    return {
      transaction,
      place: { height: tree.height(tree.find(block.hash)), blockHash: block.hash },
      time: block.header.time,
      coins: transaction.isCoinbase
        ? undefined
        : transaction.inputs.map(({ previous }) => made.get(displayHash(previous.txid))?.[previous.index]),
    }
  }

  #rowOf(id: string | number): number {
    const { tree } = this.#parts
    const hash = typeof id === 'string' ? parseHash(id) : undefined
    const row = typeof id === 'number' ? tree.bestBranch.at(id) : hash ? tree.find(hash) : -1
    if (row === -1) throw new ChainPageError({ code: 'NO_SUCH_BLOCK', id: String(id) })
    return row
  }

  #place(row: number): Pick<BlockSummary, 'id' | 'height' | 'time'> {
    const { tree } = this.#parts
    return { id: displayHash(tree.hash(row)), height: tree.height(row), time: tree.time(row) }
  }

  #summary(row: number): BlockSummary {
    const { tree, blocks } = this.#parts
    const block = blocks.find(tree.hash(row))
    if (block === undefined) return this.#place(row)
    const outputs = block.transactions[0]?.outputs ?? []
    const miner = outputs[0] && addressOfScript(outputs[0].scriptPubKey, tree.network.addresses)
    return {
      ...this.#place(row),
      transactions: block.transactions.length,
      size: block.size,
      weight: block.weight,
      reward: sumOf(outputs),
      ...(miner !== undefined && { miner }),
    }
  }
}

function bitsText(bits: number): string {
  return bits.toString(16).padStart(8, '0')
}
