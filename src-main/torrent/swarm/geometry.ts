/** How a torrent divides into pieces and blocks (BEP 3). A block's number counts through the whole torrent. */
import { Bitfield } from '../bitfield.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import { BLOCK_LENGTH, type BlockAddress } from '../wire/peer-wire.ts'

export class Geometry {
  readonly pieceCount: number
  readonly pieceLength: number
  readonly totalLength: number
  /** Blocks of every piece but the last, which may have fewer. */
  readonly blocksPerPiece: number

  constructor(torrent: Pick<Metainfo, 'pieceCount' | 'pieceLength' | 'totalLength'>) {
    this.pieceCount = torrent.pieceCount
    this.pieceLength = torrent.pieceLength
    this.totalLength = torrent.totalLength
    this.blocksPerPiece = Math.ceil(torrent.pieceLength / BLOCK_LENGTH)
  }

  /** Bytes of a piece. */
  sizeOf(piece: number): number {
    return piece === this.pieceCount - 1 ? this.totalLength - piece * this.pieceLength : this.pieceLength
  }

  /** Blocks of a piece. */
  blocksOf(piece: number): number {
    return Math.ceil(this.sizeOf(piece) / BLOCK_LENGTH)
  }

  /** Bytes of the wanted pieces that are not in `have`; of all pieces where `wanted` is left out. */
  bytesMissing(have: Bitfield, wanted: Bitfield = Bitfield.full(this.pieceCount)): number {
    let pieces = 0
    for (let at = 0; at < have.bytes.length; at++) {
      pieces += bitCount((wanted.bytes[at] as number) & ~(have.bytes[at] as number))
    }
    const last = this.pieceCount - 1
    const shorter = wanted.has(last) && !have.has(last) ? this.pieceLength - this.sizeOf(last) : 0
    return pieces * this.pieceLength - shorter
  }

  /** The number of a block through the whole torrent. */
  numberOf(piece: number, block: number): number {
    return piece * this.blocksPerPiece + block
  }

  pieceOf(number: number): number {
    return Math.floor(number / this.blocksPerPiece)
  }

  addressOf(number: number): BlockAddress {
    const piece = this.pieceOf(number)
    return this.address(piece, number - piece * this.blocksPerPiece)
  }

  address(piece: number, block: number): BlockAddress {
    const begin = block * BLOCK_LENGTH
    return { piece, begin, length: Math.min(BLOCK_LENGTH, this.sizeOf(piece) - begin) }
  }

  /** The number of the block that an address names exactly, or -1 where it names none of ours. */
  numberAt({ piece, begin, length }: BlockAddress): number {
    if (piece < 0 || piece >= this.pieceCount || begin < 0 || begin % BLOCK_LENGTH !== 0) return -1
    if (length < 1 || length !== Math.min(BLOCK_LENGTH, this.sizeOf(piece) - begin)) return -1
    return this.numberOf(piece, begin / BLOCK_LENGTH)
  }
}

/** Bits that are set in a byte. */
function bitCount(byte: number): number {
  let count = 0
  for (let rest = byte; rest > 0; rest &= rest - 1) count++
  return count
}
