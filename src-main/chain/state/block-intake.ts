/**
 * Takes blocks from peers into the store: whether we want them, their header, and every rule that needs no coins. Blocks
 * found bad are remembered by their header; mutated ones are not, for the good block has the same hash.
 */
import type { BlockOutcome, PeerName } from '../chain.ts'
import { type BlockFault, invalid } from '../consensus/block-fault.ts'
import { blockFault, contextualBlockFault } from '../consensus/block-rules.ts'
import type { Branch } from '../headers/branch.ts'
import type { HeaderIntake } from '../headers/header-intake.ts'
import { HeaderMark, type HeaderTree } from '../headers/header-tree.ts'
import { positionOf } from '../headers/tip-at.ts'
import type { Block } from '../primitives/block.ts'
import type { ChainStore } from '../store/chain-store.ts'
import type { HeaderStorage } from './header-storage.ts'
import type { TipCandidates } from './tip-candidates.ts'

/** A block that we did not ask for is taken up to this many blocks above the tip. */
export const MAX_UNREQUESTED_AHEAD = 288

export interface BlockIntakeParts {
  readonly tree: HeaderTree
  readonly headers: HeaderIntake
  readonly headerStorage: HeaderStorage
  readonly store: ChainStore
  readonly candidates: TipCandidates
  /** The best chain as it is connected. */
  readonly branch: Branch
}

export interface ArrivedBlock {
  readonly block: Block
  /** The serialisation, where it is at hand. */
  readonly bytes: Uint8Array | undefined
  readonly from: PeerName
  readonly requested: boolean
}

export class BlockIntake {
  readonly #parts: BlockIntakeParts

  constructor(parts: BlockIntakeParts) {
    this.#parts = parts
  }

  /** Row of a block that is in the store now and was not before, or what became of it. `now`: seconds since 1970. */
  accept(arrived: ArrivedBlock, now: number): number | BlockOutcome {
    const { tree, headers, headerStorage, candidates } = this.#parts
    const { block, from, requested } = arrived
    const known = tree.find(block.hash)
    if (known !== -1 && this.#isSettled(known)) return this.#outcomeOfKnown(known)
    const parent = known === -1 ? tree.find(block.header.previous) : tree.parent(known)
    if (parent === -1) return { status: 'unconnected' }
    if (!this.#isWanted(block, parent, requested)) return { status: 'unwanted' }
    const outcome = headers.acceptOne(block.header, from, now, requested)
    if (outcome.status === 'unconnected') return { status: 'unconnected' }
    if (outcome.status === 'low-work') return { status: 'unwanted' }
    if (outcome.status === 'refused') return refused(block, outcome.fault)
    const fault = blockFault(block) ?? contextualBlockFault(block, this.#contextAfter(parent))
    if (fault === undefined) return this.#keep(outcome.row, arrived)
    if (fault.kind === 'invalid') {
      headerStorage.storeUnlessLow(outcome.row, from)
      candidates.drop(headerStorage.condemn(outcome.row))
    }
    return refused(block, fault)
  }

  /** What became of a block that was kept, once the best chain was followed. `fault`: of the block itself, then. */
  outcomeOf(row: number, fault: BlockFault | undefined): BlockOutcome {
    const { tree, branch } = this.#parts
    const position = positionOf(tree, row)
    const found = fault ?? (tree.isBad(row) ? invalid('bad-prevblk') : undefined)
    if (found) return { status: 'refused', hash: position.hash, fault: found }
    return { status: branch.has(row) ? 'connected' : 'stored', position }
  }

  #isSettled(row: number): boolean {
    return this.#parts.tree.has(row, HeaderMark.BAD | HeaderMark.HAS_BLOCK) || this.#parts.branch.has(row)
  }

  #outcomeOfKnown(row: number): BlockOutcome {
    const { tree } = this.#parts
    if (!tree.isBad(row)) return { status: 'known', position: positionOf(tree, row) }
    return { status: 'refused', hash: tree.hash(row), fault: invalid('duplicate-invalid') }
  }

  /** Bitcoin Core's rule for blocks that nobody asked for; asked for or not, a bounded number waits for blocks below. */
  #isWanted(block: Block, parent: number, requested: boolean): boolean {
    const { tree, candidates, branch } = this.#parts
    if (candidates.isFull && !tree.has(parent, HeaderMark.LINKED)) return false
    if (requested) return true
    const work = tree.work(parent) + tree.workOf(block.header.bits)
    if (work < tree.work(branch.end) || work < tree.network.minimumChainWork) return false
    return tree.height(parent) + 1 <= branch.height + MAX_UNREQUESTED_AHEAD
  }

  #contextAfter(parent: number): Parameters<typeof contextualBlockFault>[1] {
    const { tree } = this.#parts
    return { height: tree.height(parent) + 1, medianTimePast: tree.medianTimePast(parent), network: tree.network }
  }

  #keep(row: number, { block, bytes, from }: ArrivedBlock): number {
    const { tree, store, headerStorage, candidates } = this.#parts
    headerStorage.store(row, from)
    store.addBlock(block.hash, tree.height(row), bytes ?? block.bytes())
    tree.mark(row, HeaderMark.HAS_BLOCK)
    candidates.arrived(row)
    return row
  }
}

function refused(block: Block, fault: BlockFault): BlockOutcome {
  return { status: 'refused', hash: block.hash, fault }
}
