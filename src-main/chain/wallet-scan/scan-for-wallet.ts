/**
 * Finds the transactions of a wallet in the best chain, from the newest block that the wallet knows upwards. Filters say which
 * blocks may concern it (BIP 158); only these are read. Blocks that are not here are fetched, some ahead of the one that is
 * read.
 *
 * What is answered is of one branch: whenever others had their turn, it is made sure that the last block that was looked at is
 * still in the best chain. Where it is not, all begins anew.
 */
import type { Clock, Millis } from '../../kernel/clock.ts'
import type { BlockPosition } from '../chain.ts'
import { BlockFilter } from '../light/block-filter.ts'
import {
  MAX_ANSWER_BYTES,
  MAX_KNOWN_BLOCKS,
  MAX_SCANNED_BLOCKS,
  type WalletBlock,
  type WalletScan,
  type WalletScanResult,
  type WalletTransaction,
} from '../node/wallet-calls.ts'
import type { BlockHeader } from '../primitives/header.ts'
import type { Transaction } from '../primitives/transaction.ts'
import { Turn, type TurnParts } from './turn.ts'
import { WalletMatcher } from './wallet-matcher.ts'

/** Blocks that are fetched at once. */
export const BLOCKS_AHEAD = 16
/** A call that has looked at something for so long answers with it. */
export const SCAN_LIMIT: Millis = 2_000
/** Times that a scan begins anew because the chain has changed under it; then it answers that nothing was looked at. */
export const MAX_RESTARTS = 8
/**
 * Reading a block that is here costs less than asking its filter where the filter has so many times fewer elements than the
 * wallet has scripts.
 */
const SCRIPTS_WORTH_AN_ELEMENT = 12

/** A chain as a scan sees it. */
export interface ScannedChain {
  /** Of the best chain. */
  readonly height: number
  /** Highest block of the best chain that can be looked at. */
  readonly searchable: number
  /** The block of the best chain at a height up to `height`. */
  at(height: number): BlockPosition
  /** Where a block stands in the best chain; undefined where it does not. */
  heightOf(hash: Uint8Array): number | undefined
  /** Its serialised filter; undefined where there is none, and the block itself is read. */
  filter(hash: Uint8Array): Uint8Array | undefined
  /** Whether the block is here, and need not be fetched. */
  isHere(position: BlockPosition): boolean
  /** At once where it is here. Rejects with a `LightNodeError` where it cannot be had. */
  block(hash: Uint8Array): ReadBlock | Promise<ReadBlock>
}

/** A block whose transactions are gone through once. */
export interface ReadBlock {
  readonly header: Pick<BlockHeader, 'previous' | 'time'>
  readonly transactions: Iterable<Transaction>
}

export interface ScanParts extends TurnParts {
  readonly chain: ScannedChain
  readonly clock: Pick<Clock, 'now'>
}

/** @throws LightNodeError, and what reading the chain throws */
export async function scanForWallet(parts: ScanParts, scan: WalletScan): Promise<WalletScanResult> {
  const { chain } = parts
  for (let restarts = 0; restarts < MAX_RESTARTS; restarts++) {
    const result = await new Scan(parts, scan).run()
    if (result) return result
  }
  const fork = forkOf(chain, scan.known)
  return { fork, blocks: [], scanned: fork, height: chain.height }
}

/** A block that may concern the wallet. */
interface Candidate {
  readonly position: BlockPosition
  readonly block: ReadBlock | Promise<ReadBlock>
}

class Scan {
  readonly #chain: ScannedChain
  readonly #clock: Pick<Clock, 'now'>
  readonly #turn: Turn
  readonly #matcher: WalletMatcher
  readonly #fork: BlockPosition
  /** Height up to which may be scanned, as the wallet wishes. */
  readonly #end: number
  readonly #until: Millis
  readonly #candidates: Candidate[] = []
  readonly #found: WalletBlock[] = []
  /** All filters up to here were asked. */
  #asked: BlockPosition
  /** All blocks up to here were looked at. */
  #scanned: BlockPosition
  #bytes = 0

  constructor(parts: ScanParts, scan: WalletScan) {
    this.#chain = parts.chain
    this.#clock = parts.clock
    this.#turn = new Turn(parts)
    this.#matcher = new WalletMatcher(scan)
    this.#fork = forkOf(parts.chain, scan.known)
    this.#asked = this.#fork
    this.#scanned = this.#fork
    this.#end = this.#fork.height + Math.min(scan.limit, MAX_SCANNED_BLOCKS)
    this.#until = parts.clock.now() + SCAN_LIMIT
  }

  /** Undefined where the chain has changed under it. */
  async run(): Promise<WalletScanResult | undefined> {
    while (this.#scanned.height < this.#last && !this.#isEnough) {
      if (!(await this.#lookAhead())) return undefined
      const next = this.#candidates.shift()
      if (next === undefined) this.#scanned = this.#asked
      else {
        const outcome = await this.#read(next)
        if (outcome === 'changed') return undefined
        if (outcome === 'not-had') break
      }
    }
    return { fork: this.#fork, blocks: this.#found, scanned: this.#scanned, height: this.#chain.height }
  }

  get #last(): number {
    return Math.min(this.#chain.searchable, this.#end)
  }

  get #isEnough(): boolean {
    const isLate = this.#scanned.height > this.#fork.height && this.#clock.now() >= this.#until
    return this.#bytes >= MAX_ANSWER_BYTES || isLate
  }

  /** Looks for the next blocks to read. False where the chain has changed. */
  async #lookAhead(): Promise<boolean> {
    while (this.#asked.height < this.#last && this.#candidates.length < BLOCKS_AHEAD) {
      const rest = this.#turn.step()
      if (rest !== undefined) {
        await rest
        if (!this.#isStill(this.#asked)) return false
        // Nothing was found for a long time: that is an answer too.
        if (this.#candidates.length === 0 && this.#clock.now() >= this.#until) return true
      }
      const position = this.#chain.at(this.#asked.height + 1)
      const isHere = this.#chain.isHere(position)
      this.#asked = position
      if (!this.#mayConcern(position, isHere)) continue
      const block = this.#chain.block(position.hash)
      // Its failure is told when its turn comes, if it does.
      if (block instanceof Promise) block.catch(() => {})
      this.#candidates.push({ position, block })
      if (isHere) return true
    }
    return true
  }

  #mayConcern({ hash }: BlockPosition, isHere: boolean): boolean {
    const bytes = this.#chain.filter(hash)
    if (bytes === undefined) return true
    const { scripts } = this.#matcher
    const filter = BlockFilter.decode(hash, bytes)
    if (isHere && filter.count * SCRIPTS_WORTH_AN_ELEMENT < scripts.length) return true
    return filter.matchesAny(scripts)
  }

  async #read({ position, block }: Candidate): Promise<'read' | 'changed' | 'not-had'> {
    let whole: ReadBlock
    try {
      whole = block instanceof Promise ? await block : block
    } catch (error) {
      if (!this.#isStill(this.#asked)) return 'changed'
      this.#scanned = this.#chain.at(position.height - 1)
      if (this.#scanned.height === this.#fork.height) throw error
      return 'not-had'
    }
    if (!this.#isStill(this.#asked)) return 'changed'
    const transactions = await this.#transactionsOf(whole)
    if (transactions === undefined) return 'changed'
    this.#scanned = position
    const { previous, time } = whole.header
    if (transactions.length > 0) this.#found.push({ position, previous: previous.slice(), time, transactions })
    return 'read'
  }

  /** Those that concern the wallet; undefined where the chain has changed meanwhile. */
  async #transactionsOf({ transactions }: ReadBlock): Promise<WalletTransaction[] | undefined> {
    const taken: WalletTransaction[] = []
    let place = 0
    for (const transaction of transactions) {
      const rest = this.#turn.step()
      if (rest !== undefined) {
        await rest
        if (!this.#isStill(this.#asked)) return undefined
      }
      if (this.#matcher.takes(transaction)) {
        // A copy: what crosses to another thread would take the whole block with it.
        taken.push({ place, bytes: transaction.bytes().slice() })
        this.#bytes += transaction.size
      }
      place++
    }
    return taken
  }

  #isStill({ hash, height }: BlockPosition): boolean {
    return this.#chain.heightOf(hash) === height && height <= this.#chain.searchable
  }
}

/** The newest of `known` that is in the best chain and can be looked beyond; genesis where none is. */
function forkOf(chain: ScannedChain, known: readonly BlockPosition[]): BlockPosition {
  for (const { hash } of known.slice(0, MAX_KNOWN_BLOCKS)) {
    const height = chain.heightOf(hash)
    if (height !== undefined && height <= chain.searchable) return { hash, height }
  }
  return chain.at(0)
}
