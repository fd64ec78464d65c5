/** The pages of a full node. */
import { displayHash, parseHash } from '../../primitives/hashes.ts'
import type { ChainPages, FoundByText, MempoolDetails } from '../chain-pages.ts'
import { AddressPages } from './address-pages.ts'
import { BlockPages } from './block-pages.ts'
import { ChainPageError } from './page-error.ts'
import type { PageParts } from './page-parts.ts'
import { TransactionPages } from './transaction-pages.ts'

const VIRTUAL_BYTES_OF_RATE = 1_000
const HEIGHT = /^\d{1,9}$/
/** What is meant as an address, right or wrong. */
const ADDRESS_SHAPE = /^[0-9a-z]{26,90}$/i

export class FullChainPages implements ChainPages {
  readonly #parts: PageParts
  readonly #blocks: BlockPages
  readonly #transactions: TransactionPages
  readonly #addresses: AddressPages

  constructor(parts: PageParts) {
    this.#parts = parts
    this.#blocks = new BlockPages(parts)
    this.#transactions = new TransactionPages(parts)
    this.#addresses = new AddressPages(parts, this.#transactions)
  }

  readonly blockDetails: ChainPages['blockDetails'] = async (id) => this.#blocks.details(id)

  readonly blockSummaries: ChainPages['blockSummaries'] = async (from, limit) => this.#blocks.summaries(from, limit)

  readonly transactionsOfBlock: ChainPages['transactionsOfBlock'] = async (hash, range) =>
    this.#transactions.ofBlock(hash, range)

  readonly transactionDetails: ChainPages['transactionDetails'] = (txid) => this.#transactions.details(txid)

  readonly addressDetails: ChainPages['addressDetails'] = (address, range) => this.#addresses.details(address, range)

  readonly headerDetails: ChainPages['headerDetails'] = async (from, limit) => this.#blocks.headers(from, limit)

  async mempoolDetails(): Promise<MempoolDetails> {
    const { transactions, virtualBytes, memory, memoryLimit, fees, minimumFeeRate, bands } =
      this.#parts.mempool.summary()
    return {
      ...{ transactions, virtualBytes, memory, memoryLimit, fees },
      minimumFeeRate: minimumFeeRate / VIRTUAL_BYTES_OF_RATE,
      bands: [...bands],
    }
  }

  readonly mempoolTransactionsPage: ChainPages['mempoolTransactionsPage'] = async (range) =>
    this.#transactions.ofMempool(range)

  async find(text: string): Promise<FoundByText> {
    if (HEIGHT.test(text)) return this.#blockAt(Number(text))
    const hash = parseHash(text)
    if (hash) return this.#byHash(hash)
    try {
      this.#addresses.scriptOf(text)
      return { kind: 'address', id: text }
    } catch (error) {
      if (!(error instanceof ChainPageError) || error.fault.code !== 'BAD_ADDRESS') throw error
      if (ADDRESS_SHAPE.test(text)) throw nothing(text, `“${text}” is no address of this network. ${error.message}`)
      throw nothing(text, `“${text}” is no height, hash, transaction id or address. Search for one of these.`)
    }
  }

  #blockAt(height: number): FoundByText {
    const { chainstate } = this.#parts
    const position = chainstate.blockAt(height)
    if (position) return { kind: 'block', id: displayHash(position.hash) }
    const { tip } = chainstate
    throw nothing(String(height), `There is no block ${height} yet; the newest is ${tip.height}. Try a lower height.`)
  }

  async #byHash(hash: Uint8Array): Promise<FoundByText> {
    const id = displayHash(hash)
    if (this.#parts.chainstate.headers.find(hash) !== -1) return { kind: 'block', id }
    if (await this.#transactions.isKnown(hash)) return { kind: 'transaction', id }
    throw nothing(id, `Neither a block nor a transaction is known by ${id}. Check it, or wait until it arrives.`)
  }
}

function nothing(text: string, sentence: string): ChainPageError {
  return new ChainPageError({ code: 'NOTHING_FOUND', text, sentence })
}
