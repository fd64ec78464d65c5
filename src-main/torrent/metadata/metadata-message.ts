/**
 * Messages of `ut_metadata` (BEP 9): a bencoded head, in `data` followed by the piece itself.
 *
 * Checks shape and limits: a piece has exactly the length that its number and the total size ask for. Whether it was
 * asked for, and whether the size is the true one, is the business of `MetadataAssembly`.
 * Limits: metadata of 10 MB, a message of 17 KiB.
 */
import { encodeBencode } from '../../codec/bencode.ts'
import { BencodeError } from '../../codec/bencode-error.ts'
import { readDictionary } from '../../codec/bencode-read.ts'
import { concatBytes } from '../../kernel/bytes.ts'
import { MAX_TORRENT_FILE_BYTES } from '../metainfo/parse.ts'

/** The name in the `m` dictionary of the extended handshake; `metadata_size` stands beside `m`. */
export const METADATA_EXTENSION = 'ut_metadata'
export const METADATA_PIECE_LENGTH = 16_384
/** What is read from a file may come from peers too. */
export const MAX_METADATA_SIZE = MAX_TORRENT_FILE_BYTES
export const MAX_METADATA_PIECES = Math.ceil(MAX_METADATA_SIZE / METADATA_PIECE_LENGTH)
/** A piece and 1 KiB for its head. */
export const MAX_METADATA_MESSAGE_LENGTH = METADATA_PIECE_LENGTH + 1_024

export interface MetadataRequest {
  readonly type: 'request'
  /** From 0. */
  readonly piece: number
}

export interface MetadataData {
  readonly type: 'data'
  readonly piece: number
  /** Bytes of the whole metadata. */
  readonly totalSize: number
  /** 16,384 bytes, in the last piece what is left. When decoded, a view of the message. */
  readonly bytes: Uint8Array
}

export interface MetadataReject {
  readonly type: 'reject'
  readonly piece: number
}

export type MetadataMessage = MetadataRequest | MetadataData | MetadataReject

/** Whether metadata can be of this size: 1 byte to 10 MB. */
export function isMetadataSize(size: number): boolean {
  return Number.isInteger(size) && size >= 1 && size <= MAX_METADATA_SIZE
}

export function metadataPieceCount(size: number): number {
  return Math.ceil(size / METADATA_PIECE_LENGTH)
}

/** Bytes of a piece that metadata of this size has. */
export function metadataPieceLength(size: number, piece: number): number {
  return Math.min(METADATA_PIECE_LENGTH, size - piece * METADATA_PIECE_LENGTH)
}

export function encodeMetadataMessage(message: MetadataMessage): Uint8Array {
  const head = { msg_type: TYPES.indexOf(message.type), piece: message.piece }
  if (message.type !== 'data') return encodeBencode(head)
  return concatBytes([encodeBencode({ ...head, total_size: message.totalSize }), message.bytes])
}

/** Undefined for a message of a type that we do not know, which BEP 9 asks to ignore. @throws BencodeError */
export function decodeMetadataMessage(payload: Uint8Array): MetadataMessage | undefined {
  const { dictionary, end } = readDictionary(payload, LIMITS)
  const type = TYPES[dictionary.integer('msg_type')]
  if (type === undefined) return undefined
  const piece = dictionary.integer('piece', { max: MAX_METADATA_PIECES - 1 })
  const bytes = payload.subarray(end)
  if (type !== 'data') {
    if (bytes.length > 0) throw new BencodeError({ code: 'TRAILING_BYTES', offset: end })
    return { type, piece }
  }
  const totalSize = dictionary.integer('total_size', { min: 1, max: MAX_METADATA_SIZE })
  if (piece >= metadataPieceCount(totalSize)) {
    throw new BencodeError({ code: 'OUT_OF_RANGE', key: 'piece', expected: 'a piece of metadata of this size' })
  }
  const length = metadataPieceLength(totalSize, piece)
  if (bytes.length < length) throw new BencodeError({ code: 'TRUNCATED', offset: payload.length })
  if (bytes.length > length) throw new BencodeError({ code: 'TRAILING_BYTES', offset: end + length })
  return { type, piece, totalSize, bytes }
}

const TYPES = ['request', 'data', 'reject'] as const
const LIMITS = { maxDepth: 4, maxItems: 100, maxBytes: MAX_METADATA_MESSAGE_LENGTH, allowTrailing: true }
