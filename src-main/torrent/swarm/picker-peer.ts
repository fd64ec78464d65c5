import type { Millis } from '../../kernel/clock.ts'
import { Bitfield } from '../bitfield.ts'

/** What the picker knows of one connected peer. Made by `PiecePicker.addPeer`. */
export class PickerPeer {
  have: Bitfield
  /** Whether `have` is counted piece by piece in the order; peers that came with everything are not. */
  counted = true
  /** Open requests, oldest first: block number to the time of asking. */
  readonly requests = new Map<number, Millis>()
  /** Pieces it has and we have not. */
  interesting = 0
  /** Pieces it has that nobody has begun. */
  startable = 0
  /** Can fetch a whole piece in a short time: set by the owner. */
  fast = false
  /** Suspect of a bad piece: gets pieces alone. */
  suspect = false
  /** Slow to answer: picks what is common, so that rare pieces are not held up. */
  snubbed = false

  constructor(pieceCount: number) {
    this.have = new Bitfield(pieceCount)
  }
}
