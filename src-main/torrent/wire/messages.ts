/**
 * The numbers of the peer messages and how long each may be. A length counts from the message's number to its end, as the
 * four bytes in front of each message do (BEP 3, 5, 6, 10).
 */
import { BLOCK_LENGTH } from './peer-wire.ts'

export const MESSAGE = {
  CHOKE: 0,
  UNCHOKE: 1,
  INTERESTED: 2,
  NOT_INTERESTED: 3,
  HAVE: 4,
  BITFIELD: 5,
  REQUEST: 6,
  PIECE: 7,
  CANCEL: 8,
  PORT: 9,
  SUGGEST: 13,
  HAVE_ALL: 14,
  HAVE_NONE: 15,
  REJECT: 16,
  ALLOWED_FAST: 17,
  EXTENDED: 20,
} as const

/** Number, piece, begin: what stands in front of a block's bytes. */
export const PIECE_HEADER_LENGTH = 9
/** Number, piece, begin, length: request, cancel and reject. */
export const BLOCK_MESSAGE_LENGTH = 13
/** As libtorrent refuses larger ones. BEP 9 and 11 need under 20 KiB. */
export const MAX_EXTENDED_LENGTH = 1_048_576
/** A message we do not know is skipped up to this length. */
export const MAX_UNKNOWN_LENGTH = 65_536
/** More messages that we do not know end the connection. */
export const MAX_UNKNOWN_MESSAGES = 100

export interface LengthRange {
  readonly min: number
  readonly max: number
}

const exactly = (length: number): LengthRange => ({ min: length, max: length })
const ALONE = exactly(1)
const WITH_PIECE = exactly(5)
const WITH_PORT = exactly(3)
const WITH_BLOCK_ADDRESS = exactly(BLOCK_MESSAGE_LENGTH)
const WITH_BLOCK = { min: PIECE_HEADER_LENGTH + 1, max: PIECE_HEADER_LENGTH + BLOCK_LENGTH }
/** Its number and the extension's. */
const WITH_EXTENSION = { min: 2, max: MAX_EXTENDED_LENGTH }
const UNKNOWN = { min: 1, max: MAX_UNKNOWN_LENGTH }

/** The length of a bitfield message for so many pieces. */
export function bitfieldLength(pieceCount: number): number {
  return 1 + Math.ceil(pieceCount / 8)
}

/** No message is longer, whatever its number. */
export function longestMessage(pieceCount: number): number {
  return Math.max(MAX_EXTENDED_LENGTH, bitfieldLength(pieceCount))
}

/** @param known false while `pieceCount` is only the greatest that there can be */
export function lengthRange(id: number, pieceCount: number, known = true): LengthRange {
  switch (id) {
    case MESSAGE.CHOKE:
    case MESSAGE.UNCHOKE:
    case MESSAGE.INTERESTED:
    case MESSAGE.NOT_INTERESTED:
    case MESSAGE.HAVE_ALL:
    case MESSAGE.HAVE_NONE:
      return ALONE
    case MESSAGE.HAVE:
    case MESSAGE.SUGGEST:
    case MESSAGE.ALLOWED_FAST:
      return WITH_PIECE
    case MESSAGE.BITFIELD:
      return { min: known ? bitfieldLength(pieceCount) : 1, max: bitfieldLength(pieceCount) }
    case MESSAGE.REQUEST:
    case MESSAGE.CANCEL:
    case MESSAGE.REJECT:
      return WITH_BLOCK_ADDRESS
    case MESSAGE.PIECE:
      return WITH_BLOCK
    case MESSAGE.PORT:
      return WITH_PORT
    case MESSAGE.EXTENDED:
      return WITH_EXTENSION
    default:
      return UNKNOWN
  }
}

const KNOWN: ReadonlySet<number> = new Set(Object.values(MESSAGE))

export function isKnown(id: number): boolean {
  return KNOWN.has(id)
}

/** BEP 6: whoever gets one of these without having agreed on it must close. */
export function needsFast(id: number): boolean {
  return id >= MESSAGE.SUGGEST && id <= MESSAGE.ALLOWED_FAST
}

/** Whether a message tells of the peer's pieces, or of which of ours it may ask. */
export function tellsPieces(id: number): boolean {
  return id === MESSAGE.HAVE || id === MESSAGE.BITFIELD || (needsFast(id) && id !== MESSAGE.REJECT)
}
