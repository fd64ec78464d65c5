/**
 * The wanted pieces in order of how few peers have them, ties in random order.
 *
 * Invariant: `order[0..size)` holds each listed piece once, sorted by `copies`; `ends[a]` is the index behind the last
 * piece with at most `a` copies. One peer more or less costs O(1); listing and unlisting cost O(greatest `copies`).
 * Peers that have everything are not counted here: they change no order.
 */
import type { Random } from '../../kernel/random.ts'
import type { Bitfield } from '../bitfield.ts'

export class RarestOrder {
  /** Pieces that are listed. */
  size = 0
  /** Peers that have the piece, without those that have everything. */
  readonly copies: Uint16Array
  private readonly order: Int32Array
  private readonly position: Int32Array
  private readonly ends: number[] = [0]
  private state: number

  constructor(pieceCount: number, random: Random) {
    this.copies = new Uint16Array(pieceCount)
    this.order = new Int32Array(pieceCount)
    this.position = new Int32Array(pieceCount).fill(-1)
    this.state = random.below(0xffff_fffe) + 1
  }

  listed(piece: number): boolean {
    return (this.position[piece] as number) >= 0
  }

  /** Lists a piece at a random place among those with as many copies. */
  add(piece: number): void {
    const copies = this.copies[piece] as number
    this.reach(copies)
    for (let a = this.ends.length - 1; a > copies; a--) {
      const first = this.ends[a - 1] as number
      const end = this.ends[a] as number
      if (end > first) this.put(this.order[first] as number, end)
      this.ends[a] = end + 1
    }
    this.put(piece, this.ends[copies] as number)
    this.ends[copies] = (this.ends[copies] as number) + 1
    this.size++
    this.shuffleIn(piece, copies)
  }

  remove(piece: number): void {
    let hole = this.position[piece] as number
    for (let a = this.copies[piece] as number; a < this.ends.length; a++) {
      const last = (this.ends[a] as number) - 1
      if (last > hole) {
        this.put(this.order[last] as number, hole)
        hole = last
      }
      this.ends[a] = last
    }
    this.position[piece] = -1
    this.size--
  }

  /** One peer more has the piece. */
  gained(piece: number): void {
    const copies = this.copies[piece] as number
    this.copies[piece] = copies + 1
    if (!this.listed(piece)) return
    this.reach(copies + 1)
    const last = (this.ends[copies] as number) - 1
    this.swap(this.position[piece] as number, last)
    this.ends[copies] = last
    this.shuffleIn(piece, copies + 1)
  }

  /** One peer fewer has the piece. */
  dropped(piece: number): void {
    const copies = this.copies[piece] as number
    this.copies[piece] = copies - 1
    if (!this.listed(piece)) return
    const first = this.ends[copies - 1] as number
    this.swap(this.position[piece] as number, first)
    this.ends[copies - 1] = first + 1
    this.shuffleIn(piece, copies - 1)
  }

  /** The rarest listed piece of `bits`, or -1. Pieces that nobody but complete peers has are skipped for the others. */
  rarestIn(bits: Bitfield): number {
    for (let i = bits.complete ? 0 : (this.ends[0] as number); i < this.size; i++) {
      const piece = this.order[i] as number
      if (bits.has(piece)) return piece
    }
    return -1
  }

  /** The most common listed piece of `bits`, or -1. */
  commonestIn(bits: Bitfield): number {
    for (let i = this.size - 1; i >= 0; i--) {
      const piece = this.order[i] as number
      if (bits.has(piece)) return piece
    }
    return -1
  }

  /** Any listed piece of `bits`, or -1. */
  randomIn(bits: Bitfield): number {
    const start = this.below(this.size)
    for (let i = 0; i < this.size; i++) {
      const at = start + i
      const piece = this.order[at < this.size ? at : at - this.size] as number
      if (bits.has(piece)) return piece
    }
    return -1
  }

  /** The listed pieces, rarest first. For tests. */
  list(): number[] {
    return [...this.order.subarray(0, this.size)]
  }

  private reach(copies: number): void {
    while (this.ends.length <= copies) this.ends.push(this.size)
  }

  private shuffleIn(piece: number, copies: number): void {
    const first = copies === 0 ? 0 : (this.ends[copies - 1] as number)
    const count = (this.ends[copies] as number) - first
    if (count > 1) this.swap(this.position[piece] as number, first + this.below(count))
  }

  private swap(a: number, b: number): void {
    if (a === b) return
    const atA = this.order[a] as number
    this.put(this.order[b] as number, a)
    this.put(atA, b)
  }

  private put(piece: number, at: number): void {
    this.order[at] = piece
    this.position[piece] = at
  }

  /** Xorshift from a random start: ties need to differ between peers, not to be unpredictable, and there are many. */
  private below(limit: number): number {
    let x = this.state
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    this.state = x >>> 0
    return limit > 0 ? this.state % limit : 0
  }
}
