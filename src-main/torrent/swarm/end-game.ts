/**
 * The end-game: every block is asked of somebody, and a peer with nothing to do helps with blocks that others are asked
 * for. When one of them brings a block, the others are told to forget it.
 */
import type { Millis } from '../../kernel/clock.ts'
import type { BlockAddress } from '../wire/peer-wire.ts'
import type { Geometry } from './geometry.ts'
import type { PartialPiece } from './partial-piece.ts'
import type { PickerPeer } from './picker-peer.ts'

/** Peers asked for the same block at once. */
export const MAX_COPIES = 3
/** Blocks an idle peer is asked for at once. */
export const END_GAME_BLOCKS = 4

interface InFlight {
  readonly geometry: Geometry
  readonly partials: ReadonlyMap<number, PartialPiece>
}

/** Asks the peer for blocks that fewest others are asked for, the last of a piece first, because they would arrive last. */
export function pickCopies(
  { geometry, partials }: InFlight,
  peer: PickerPeer,
  want: number,
  now: Millis,
  out: BlockAddress[],
): void {
  let left = want
  for (let copies = 1; copies < MAX_COPIES && left > 0; copies++) {
    for (const partial of partials.values()) {
      if (!peer.have.has(partial.piece)) continue
      for (let block = partial.blocks - 1; block >= 0 && left > 0; block--) {
        if (partial.here[block] !== 0 || partial.asked[block] !== copies) continue
        const number = geometry.numberOf(partial.piece, block)
        if (peer.requests.has(number)) continue
        partial.askAgain(block)
        peer.requests.set(number, now)
        out.push(geometry.address(partial.piece, block))
        left--
      }
    }
  }
}
