/**
 * Reads what can still be read of a damaged chain.db into a fresh one: headers and blocks. All else is worked out from them
 * again. A header counts only with its own hash and its parent, a block only with the transactions and witnesses that its header commits to:
 * what has been changed in place is left out, and comes from peers.
 */
import { crc32 } from 'node:zlib'
import { bytesEqual } from '../../kernel/bytes.ts'
import type { Database, SqlRow } from '../../kernel/database.ts'
import { hashKey } from '../coins/coin.ts'
import { blockFault } from '../consensus/block-rules.ts'
import { type ChainNetwork, isActive } from '../consensus/network.ts'
import { type Block, decodeBlock } from '../primitives/block.ts'
import { hash256 } from '../primitives/hashes.ts'
import { decodeHeader, HEADER_BYTES } from '../primitives/header.ts'
import { witnessCommitmentFault } from '../primitives/witness-commitment.ts'
import type { HeaderStanding, StoredHeader } from './chain-store.ts'
import { HeaderTable } from './header-table.ts'
import { ReadableRows } from './salvage-rows.ts'

/** Rows and bytes of blocks that are written in one transaction. */
const BATCH_ROWS = 500
const BATCH_BYTES = 8 * 1024 * 1024

export interface SalvagedChain {
  readonly headers: number
  readonly blocks: number
  /** Whether something was or may have been lost. */
  readonly incomplete: boolean
}

/** So far. Waited for: who is told may let other work run, or throw to stop. */
export type SalvageProgress = (done: { readonly headers: number; readonly blocks: number }) => void | Promise<void>

export interface SalvageOptions {
  readonly network: ChainNetwork
  /** False where there is no room for two of each block. */
  readonly blocks: boolean
  readonly progress?: SalvageProgress | undefined
}

/** Never throws because of `from`. */
export async function salvageChain(from: Database, to: Database, options: SalvageOptions): Promise<SalvagedChain> {
  return new ChainSalvage(from, to, options).run()
}

class ChainSalvage {
  readonly #from: Database
  readonly #to: Database
  readonly #table: HeaderTable
  readonly #options: SalvageOptions
  /** Of the headers that were saved, by `hashKey`. */
  readonly #heights = new Map<string, number>()
  #headers = 0
  #blocks = 0
  #incomplete = false

  constructor(from: Database, to: Database, options: SalvageOptions) {
    this.#from = from
    this.#to = to
    this.#table = new HeaderTable(to)
    this.#options = options
  }

  async run(): Promise<SalvagedChain> {
    await this.#inBatches('SELECT id, hash, header, bad FROM header WHERE id >= ? ORDER BY id LIMIT 1', (row) =>
      this.#header(row),
    )
    if (this.#options.blocks) {
      const blocks = 'SELECT header AS id, checksum, bytes FROM block WHERE header >= ? ORDER BY header LIMIT 1'
      await this.#inBatches(blocks, (row) => this.#block(row))
    }
    return { headers: this.#headers, blocks: this.#blocks, incomplete: this.#incomplete }
  }

  async #inBatches(sql: string, keep: (row: SqlRow) => boolean): Promise<void> {
    const walk = new ReadableRows(this.#statement(sql))
    let batch: SqlRow[] = []
    let bytes = 0
    const write = async () => {
      this.#to.transaction(() => {
        for (const row of batch) if (!keep(row)) this.#incomplete = true
      })
      batch = []
      bytes = 0
      await this.#options.progress?.({ headers: this.#headers, blocks: this.#blocks })
    }
    for (const row of walk.rows()) {
      batch.push(row)
      bytes += row.bytes instanceof Uint8Array ? row.bytes.length : HEADER_BYTES
      if (batch.length >= BATCH_ROWS || bytes >= BATCH_BYTES) await write()
    }
    await write()
    this.#incomplete ||= walk.incomplete
  }

  #statement(sql: string) {
    try {
      return this.#from.prepare(sql)
    } catch {
      return undefined
    }
  }

  #header({ hash, header, bad }: SqlRow): boolean {
    if (!(header instanceof Uint8Array && hash instanceof Uint8Array)) return false
    return bytesEqual(hash256(header), hash) && this.#addHeader(header, bad === 1 ? 'bad' : 'good') !== undefined
  }

  #block({ bytes, checksum }: SqlRow): boolean {
    const isIntact = bytes instanceof Uint8Array && crc32(bytes) === checksum
    const block = isIntact ? readBlock(bytes) : undefined
    if (block === undefined) return false
    const stored = this.#addHeader(block.header.bytes(), 'good')
    if (stored === undefined || !isWhole(block, stored.height, this.#options.network)) return false
    this.#table.addBlock(block.hash, bytes as Uint8Array)
    this.#blocks++
    return true
  }

  /** The header with its height, added where it is new; undefined where its parent is not here. */
  #addHeader(bytes: Uint8Array, standing: HeaderStanding): StoredHeader | undefined {
    if (bytes.length !== HEADER_BYTES) return undefined
    const { hash, previous } = decodeHeader(bytes)
    const key = hashKey(hash)
    const known = this.#heights.get(key)
    const isFirst = key === hashKey(this.#options.network.genesis.hash)
    const parent = isFirst ? -1 : this.#heights.get(hashKey(previous))
    if (parent === undefined) return undefined
    const header: StoredHeader = { header: bytes, hash, height: parent + 1, standing, hasBlock: false }
    if (known !== undefined) return header
    this.#table.add([header])
    this.#heights.set(key, header.height)
    this.#headers++
    return header
  }
}

function readBlock(bytes: Uint8Array): Block | undefined {
  try {
    return decodeBlock(bytes)
  } catch {
    return undefined
  }
}

/** Whether the transactions and witnesses are those that the header commits to. */
function isWhole(block: Block, height: number, network: ChainNetwork): boolean {
  if (blockFault(block) !== undefined) return false
  return !isActive(network, 'bip141', height) || witnessCommitmentFault(block) === undefined
}
