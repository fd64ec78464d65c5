/** Pages about blocks and headers. Numbers of committed blocks come from the store's rows, those of newer ones from memory. */
import { ByteReader } from '../../../codec/byte-reader.ts'
import { toHex } from '../../../kernel/bytes.ts'
import { addressOfScript } from '../../address/address.ts'
import { hashKey } from '../../coins/coin.ts'
import type { ChainNetwork } from '../../consensus/network.ts'
import { displayHash, parseHash } from '../../primitives/hashes.ts'
import { readHeader } from '../../primitives/header.ts'
import { workOfBits } from '../../primitives/target.ts'
import type { Transaction } from '../../primitives/transaction.ts'
import { readTransaction } from '../../primitives/transaction-decoding.ts'
import { feesOf } from '../../store/best-chain-table.ts'
import type { BlockRow } from '../../store/chain-queries.ts'
import type { BlockDetails, BlockSummary, HeaderDetails } from '../chain-pages.ts'
import { Remembered } from '../remembered.ts'
import { coinbaseText } from './foreign-text.ts'
import { ChainPageError } from './page-error.ts'
import { type BlockContents, contentsOf, type PageParts } from './page-parts.ts'

const MAX_TRANSACTION_COUNT = 1_000_000
/** Blocks of which is remembered what is said of them: to read it again is to read the whole block. */
const MAX_REMEMBERED_FACTS = 200

type BlockFacts = Omit<BlockSummary, 'id' | 'height' | 'time'>

export class BlockPages {
  readonly #parts: PageParts
  /** Of kept blocks, by hash. They never change. */
  readonly #facts = new Remembered<BlockFacts>(MAX_REMEMBERED_FACTS)

  constructor(parts: PageParts) {
    this.#parts = parts
  }

  /** @throws ChainPageError NO_SUCH_BLOCK */
  details(id: string | number): BlockDetails {
    const { chainstate } = this.#parts
    const tree = chainstate.headers
    const row = this.#rowOf(id)
    const { version, previous, bits, nonce, merkleRoot, hash } = tree.header(row)
    const height = tree.height(row)
    const isConnected = chainstate.heightOf(hash) !== undefined
    const contents = contentsOf(this.#parts, hash)
    const next = this.#bestRow(height) === row ? this.#bestRow(height + 1) : -1
    const facts = contents ? factsOf(contents, this.#parts.network) : isConnected ? this.#factsOfRow(height) : {}
    const text = contents && coinbaseText(contents.block.transactions[0]?.inputs[0]?.scriptSig ?? new Uint8Array(0))
    return {
      ...this.#place(row),
      ...facts,
      inBestChain: this.#bestRow(height) === row,
      confirmations: isConnected ? chainstate.tip.height - height + 1 : 0,
      previous: displayHash(previous),
      ...(next !== -1 && { next: displayHash(tree.hash(next)) }),
      version,
      bits: bitsText(bits),
      nonce,
      merkleRoot: displayHash(merkleRoot),
      medianTime: tree.medianTimePast(row),
      difficulty: Number(workOfBits(bits)),
      work: tree.work(row).toString(16),
      ...(contents && { strippedSize: contents.block.strippedSize }),
      ...(text !== undefined && { coinbaseText: text }),
      contents: contents ? 'kept' : isConnected ? 'pruned' : 'headers-only',
    }
  }

  /** Connected blocks, newest first, from a height down. */
  summaries(from: number | undefined, limit: number): BlockSummary[] {
    const { chainstate, network, store } = this.#parts
    const highest = Math.min(from ?? chainstate.tip.height, chainstate.tip.height)
    const heights = Array.from({ length: Math.min(limit, highest + 1) }, (_, i) => highest - i)
    const committed = new Map(store.query((q) => q.blocks(highest, limit)).map((row) => [displayHash(row.hash), row]))
    return heights.map((height) => {
      const position = chainstate.blockAt(height)
      if (position === undefined) throw new RangeError(`the best chain has no block ${height}`)
      const recent = chainstate.recentBlock(position.hash)
      const place = this.#place(chainstate.headers.find(position.hash))
      const row = committed.get(place.id)
      if (recent) return { ...place, ...this.#remembered(position.hash, () => factsOf(recent, network)) }
      return { ...place, ...(row && this.#factsOf(row)) }
    })
  }

  /** Of the chain with most work, from a height up. */
  headers(from: number, limit: number): HeaderDetails[] {
    const { headers } = this.#parts.chainstate
    const { bestBranch } = headers
    const count = Math.max(0, Math.min(limit, bestBranch.height - from + 1))
    return Array.from({ length: count }, (_, i) => {
      const row = bestBranch.at(from + i)
      return { ...this.#place(row), bits: bitsText(headers.bits(row)), hex: toHex(headers.bytes(row)) }
    })
  }

  /** Row of the connected block at a height, or of the best header above the tip; -1 for none. */
  #bestRow(height: number): number {
    const { chainstate } = this.#parts
    const connected = chainstate.blockAt(height)
    if (connected) return chainstate.headers.find(connected.hash)
    return chainstate.headers.bestBranch.at(height)
  }

  #rowOf(id: string | number): number {
    const hash = typeof id === 'string' ? parseHash(id) : undefined
    const row = typeof id === 'number' ? this.#bestRow(id) : hash ? this.#parts.chainstate.headers.find(hash) : -1
    if (row === -1) throw new ChainPageError({ code: 'NO_SUCH_BLOCK', id: String(id) })
    return row
  }

  #place(row: number): Pick<BlockSummary, 'id' | 'height' | 'time'> {
    const { headers } = this.#parts.chainstate
    return { id: displayHash(headers.hash(row)), height: headers.height(row), time: headers.time(row) }
  }

  #factsOfRow(height: number): BlockFacts {
    const [row] = this.#parts.store.query((queries) => queries.blocks(height, 1))
    return row?.height === height ? this.#factsOf(row) : {}
  }

  #factsOf({ hash, transactions, size, weight, fees, isKept }: BlockRow): BlockFacts {
    if (!isKept) return { transactions, size, weight, fees }
    return this.#remembered(hash, () => {
      const bytes = this.#parts.store.block(hash)
      return { transactions, size, weight, fees, ...(bytes && rewardOf(coinbaseIn(bytes), this.#parts.network)) }
    })
  }

  #remembered(hash: Uint8Array, work: () => BlockFacts): BlockFacts {
    return this.#facts.get(hashKey(hash), work)
  }
}

function factsOf({ block, spent }: BlockContents, network: ChainNetwork): BlockFacts {
  const [coinbase] = block.transactions
  return {
    transactions: block.transactions.length,
    size: block.size,
    weight: block.weight,
    ...(spent && { fees: feesOf(block, spent) }),
    ...(coinbase && rewardOf(coinbase, network)),
  }
}

function rewardOf({ outputs }: Transaction, network: ChainNetwork): Pick<BlockFacts, 'reward' | 'miner'> {
  const reward = outputs.reduce((sum, { value }) => sum + value, 0n)
  const miner = outputs[0] && addressOfScript(outputs[0].scriptPubKey, network.addresses)
  return { reward, ...(miner !== undefined && { miner }) }
}

/** The first transaction of a block, without reading the others. */
function coinbaseIn(bytes: Uint8Array): Transaction {
  const reader = new ByteReader(bytes)
  readHeader(reader)
  reader.count('transactions', 1, MAX_TRANSACTION_COUNT)
  return readTransaction(reader)
}

function bitsText(bits: number): string {
  return bits.toString(16).padStart(8, '0')
}
