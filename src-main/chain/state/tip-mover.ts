/**
 * Moves the tip to the best block that can be it: back to where the branches part, then up block by block. Where a block of
 * the better branch turns out bad, it and what follows it are remembered so, and the best of the others is followed, which
 * may be the chain that was left. A block that the store has lost is one to be asked for again.
 */
import type { BlockPosition } from '../chain.ts'
import type { BlockFault } from '../consensus/block-fault.ts'
import type { HeaderTree } from '../headers/header-tree.ts'
import { positionOf } from '../headers/tip-at.ts'
import type { Block } from '../primitives/block.ts'
import type { ConnectedBlock } from '../store/chain-store.ts'
import type { BestChain } from './best-chain.ts'
import type { ChainstateListeners } from './chainstate-listeners.ts'
import type { HeaderStorage } from './header-storage.ts'
import type { TipCandidates } from './tip-candidates.ts'

/** Blocks that are moved over at once before others get a turn. */
export const BLOCKS_PER_TURN = 32

export interface TipMoverParts {
  readonly tree: HeaderTree
  readonly chain: BestChain
  readonly candidates: TipCandidates
  readonly headerStorage: HeaderStorage
  readonly listeners: ChainstateListeners
  /** After every block, before anyone is told. */
  readonly onMove: () => void
  /** After every block, when everyone was told. What it throws ends the move there. */
  readonly afterMove: () => void
  readonly pause?: () => Promise<void>
}

export type FaultsByRow = ReadonlyMap<number, BlockFault>

const NO_FAULTS: FaultsByRow = new Map()

export class TipMover {
  readonly #parts: TipMoverParts
  #sincePause = 0
  #disconnected: BlockPosition[] = []
  #connected: BlockPosition[] = []

  constructor(parts: TipMoverParts) {
    this.#parts = parts
  }

  /**
   * Moves to the best candidate. `arrived` saves a block from being read again. The faults of blocks that turned out bad.
   * @throws ChainstateError, what the store throws, SignatureBatchError; the tip is then where it got to
   */
  async follow(arrived?: Block): Promise<FaultsByRow> {
    const { chain, candidates } = this.#parts
    let faults: Map<number, BlockFault> | undefined
    candidates.keep(chain.tip)
    try {
      for (let target = candidates.best(chain.tip); target !== chain.tip; target = candidates.best(chain.tip)) {
        const refused = await this.#moveTo(target, arrived)
        if (refused === undefined) continue
        faults ??= new Map()
        faults.set(refused.row, refused.fault)
      }
      candidates.settle(chain.tip)
      return faults ?? NO_FAULTS
    } finally {
      this.#tellChange()
    }
  }

  /** Back to a block that is not bad. @throws as `follow` */
  leaveBad(): void {
    const { chain, tree } = this.#parts
    while (tree.isBad(chain.tip)) this.#disconnect()
  }

  async #moveTo(target: number, arrived: Block | undefined): Promise<{ row: number; fault: BlockFault } | undefined> {
    const { chain, tree, candidates, headerStorage, listeners } = this.#parts
    const fork = tree.fork(chain.tip, target)
    while (chain.tip !== fork) {
      this.#disconnect()
      await this.#pauseSometimes()
    }
    for (let height = tree.height(fork) + 1; height <= tree.height(target); height++) {
      const row = tree.ancestor(target, height)
      const block = arrived && tree.find(arrived.hash) === row ? arrived : chain.blockOf(row)
      if (block === undefined) {
        candidates.lost(row)
        candidates.rescan(chain.tip)
        return undefined
      }
      const connected = await chain.connect(row, block)
      if ('reason' in connected) {
        candidates.drop(headerStorage.condemn(row))
        listeners.blockRefused({ ...positionOf(tree, row), fault: connected })
        return { row, fault: connected }
      }
      this.#afterConnect(connected)
      await this.#pauseSometimes()
    }
    return undefined
  }

  #afterConnect(connected: ConnectedBlock): void {
    const { onMove, listeners, afterMove } = this.#parts
    this.#connected.push({ hash: connected.block.hash, height: connected.height })
    onMove()
    listeners.blockConnected(connected)
    afterMove()
  }

  #disconnect(): void {
    const { chain, onMove, listeners, afterMove } = this.#parts
    const taken = chain.disconnect()
    // What was connected since the change began was nobody's tip for long: it is not told at the end.
    if (this.#connected.length > 0) this.#connected.pop()
    else this.#disconnected.push({ hash: taken.block.hash, height: taken.height })
    onMove()
    listeners.blockDisconnected(taken)
    afterMove()
  }

  #pauseSometimes(): Promise<void> | undefined {
    const { pause } = this.#parts
    if (pause === undefined || ++this.#sincePause < BLOCKS_PER_TURN) return undefined
    this.#sincePause = 0
    return pause()
  }

  #tellChange(): void {
    const disconnected = this.#disconnected
    const connected = this.#connected
    if (disconnected.length === 0 && connected.length === 0) return
    this.#disconnected = []
    this.#connected = []
    this.#parts.listeners.tipChanged({ disconnected, connected })
  }
}
