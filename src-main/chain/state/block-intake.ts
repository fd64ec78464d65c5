/**
 * Takes blocks from peers into the store: whether we want them, their header, and every rule that needs no coins. Blocks
 * found bad are remembered by their header; mutated ones are not, for the good block has the same hash.
 *
 * What can be told by 80 bytes is told before the rest is read: megabytes that anyone can send cost no more than they must.
 */
import type { BlockOutcome, PeerName } from '../chain.ts'
import { type BlockFault, invalid } from '../consensus/block-fault.ts'
import { blockFault, contextualBlockFault } from '../consensus/block-rules.ts'
import type { Branch } from '../headers/branch.ts'
import type { HeaderIntake } from '../headers/header-intake.ts'
import { HeaderMark, type HeaderTree } from '../headers/header-tree.ts'
import { positionOf } from '../headers/tip-at.ts'
import { Block } from '../primitives/block.ts'
import type { BlockHeader } from '../primitives/header.ts'
import type { ChainStore } from '../store/chain-store.ts'
import type { PreparedBlock } from './arrivals.ts'
import { decodeArrived, type GivenBlock, headerOfArrived } from './decode-arrived.ts'
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
  readonly block: GivenBlock
  /** Where it was done while the block waited. */
  readonly prepared?: PreparedBlock | undefined
  readonly from: PeerName
  readonly requested: boolean
}

export interface KeptBlock {
  readonly row: number
  readonly block: Block
}

export class BlockIntake {
  readonly #parts: BlockIntakeParts

  constructor(parts: BlockIntakeParts) {
    this.#parts = parts
  }

  /** A block that is in the store now and was not before, or what became of it. `now`: seconds since 1970. */
  accept(arrived: ArrivedBlock, now: number): KeptBlock | BlockOutcome {
    const row = this.#takeHeader(arrived, now)
    if (typeof row !== 'number') return row
    const { tree, headerStorage, candidates } = this.#parts
    const { block: given, prepared, from } = arrived
    const block = prepared?.block ?? decodeArrived(given)
    if ('status' in block) return block
    const ownFault = prepared ? prepared.fault : blockFault(block)
    const fault = ownFault ?? contextualBlockFault(block, this.#contextAfter(tree.parent(row)))
    if (fault === undefined) return this.#keep(row, block, arrived)
    if (fault.kind === 'invalid') {
      headerStorage.storeUnlessLow(row, from)
      candidates.drop(headerStorage.condemn(row))
    }
    return refused(block.hash, fault)
  }

  /** What became of a block that was kept, once the best chain was followed. `fault`: of the block itself, then. */
  outcomeOf(row: number, fault: BlockFault | undefined): BlockOutcome {
    const { tree, branch } = this.#parts
    const position = positionOf(tree, row)
    const found = fault ?? (tree.isBad(row) ? invalid('bad-prevblk') : undefined)
    if (found) return { status: 'refused', hash: position.hash, fault: found }
    return { status: branch.has(row) ? 'connected' : 'stored', position }
  }

  /** Row of the header of a block that is worth reading. */
  #takeHeader({ block, from, requested }: ArrivedBlock, now: number): number | BlockOutcome {
    const { tree, headers } = this.#parts
    const header = headerOfArrived(block)
    if ('status' in header) return header
    const known = tree.find(header.hash)
    if (known !== -1 && this.#isSettled(known)) return this.#outcomeOfKnown(known)
    const parent = known === -1 ? tree.find(header.previous) : tree.parent(known)
    if (parent === -1) return { status: 'unconnected' }
    if (!this.#isWanted(header, parent, requested)) return { status: 'unwanted' }
    const outcome = headers.acceptOne(header, from, now, requested)
    switch (outcome.status) {
      case 'accepted':
        return outcome.row
      case 'unconnected':
        return { status: 'unconnected' }
      case 'low-work':
        return { status: 'unwanted' }
      case 'refused':
        return refused(header.hash, outcome.fault)
    }
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
  #isWanted({ bits }: BlockHeader, parent: number, requested: boolean): boolean {
    const { tree, candidates, branch } = this.#parts
    if (candidates.isFull && !tree.has(parent, HeaderMark.LINKED)) return false
    if (requested) return true
    const work = tree.work(parent) + tree.workOf(bits)
    if (work < tree.work(branch.end) || work < tree.network.minimumChainWork) return false
    return tree.height(parent) + 1 <= branch.height + MAX_UNREQUESTED_AHEAD
  }

  #contextAfter(parent: number): Parameters<typeof contextualBlockFault>[1] {
    const { tree } = this.#parts
    return { height: tree.height(parent) + 1, medianTimePast: tree.medianTimePast(parent), network: tree.network }
  }

  #keep(row: number, block: Block, { block: given, from }: ArrivedBlock): KeptBlock {
    const { tree, store, headerStorage, candidates } = this.#parts
    headerStorage.store(row, from)
    store.addBlock(block.hash, tree.height(row), given instanceof Block ? given.bytes() : given)
    tree.mark(row, HeaderMark.HAS_BLOCK)
    candidates.arrived(row)
    return { row, block }
  }
}

function refused(hash: Uint8Array, fault: BlockFault): BlockOutcome {
  return { status: 'refused', hash, fault }
}
