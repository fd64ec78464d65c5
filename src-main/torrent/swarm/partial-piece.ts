/**
 * One piece that is being fetched: which of its blocks are here, and how many peers are asked for each.
 * A block is free when it is neither here nor asked of anyone.
 */
import type { PickerPeer } from './picker-peer.ts'

export class PartialPiece {
  readonly piece: number
  readonly blocks: number
  readonly here: Uint8Array
  /** Peers asked for each block now. */
  readonly asked: Uint8Array
  free: number
  /** Open requests over all blocks. */
  open = 0
  missing: number
  /** The peer that fetches this piece by itself; undefined where peers share it. */
  lead: PickerPeer | undefined
  /** The lead is under suspicion: others keep out as long as there is anything else to fetch. */
  alone: boolean
  private firstFree = 0

  constructor(piece: number, blocks: number, lead: PickerPeer | undefined, alone: boolean) {
    this.piece = piece
    this.blocks = blocks
    this.here = new Uint8Array(blocks)
    this.asked = new Uint8Array(blocks)
    this.free = blocks
    this.missing = blocks
    this.lead = lead
    this.alone = alone
  }

  get received(): number {
    return this.blocks - this.missing
  }

  /** The first free block, now asked of one peer. Only where `free` is not 0. */
  takeFree(): number {
    let block = this.firstFree
    while (this.here[block] !== 0 || this.asked[block] !== 0) block++
    this.firstFree = block + 1
    this.asked[block] = 1
    this.open++
    this.free--
    return block
  }

  /** One peer more is asked for a block that others are asked for already. */
  askAgain(block: number): void {
    this.asked[block] = (this.asked[block] as number) + 1
    this.open++
  }

  /** One peer fewer is asked. */
  release(block: number): void {
    const asked = (this.asked[block] as number) - 1
    this.asked[block] = asked
    this.open--
    if (asked === 0 && this.here[block] === 0) {
      this.free++
      if (block < this.firstFree) this.firstFree = block
    }
  }

  /** The block is here; the request that brought it is closed, others for it may still be open. */
  arrived(block: number): void {
    this.asked[block] = (this.asked[block] as number) - 1
    this.open--
    this.here[block] = 1
    this.missing--
  }
}
