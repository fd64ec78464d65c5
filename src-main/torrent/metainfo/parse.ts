/**
 * Reads a .torrent of version 1 (BEP 3); of a hybrid (BEP 52) its version 1 half.
 *
 * Takes the info-hash over the info dictionary exactly as it stands there. Refuses what cannot be transferred safely and
 * whole; tolerates what only describes (comments, trackers, dates). All sizes are checked against each other here, so
 * that nothing later needs to.
 *
 * Names: `name.utf-8` and `path.utf-8` count before `name` and `path`, as old programs wrote those in a local encoding;
 * what is not UTF-8 becomes `_`. Symbolic links (BEP 47, attribute `l`) are read as ordinary files.
 *
 * Limits: 10 MB, 2,097,152 pieces of 1 byte to 256 MiB (any length, a power of two or not), 200,000 files, 2^53 bytes.
 */
import { createHash } from 'node:crypto'
import { BencodeEntries } from '../../codec/bencode-entries.ts'
import { BencodeError } from '../../codec/bencode-error.ts'
import { asBytes, type BencodeDictionary, readDictionary } from '../../codec/bencode-read.ts'
import { elementSpans } from '../../codec/bencode-scan.ts'
import { strictTextOf, textOf } from '../../kernel/bytes.ts'
import { dhtNodesOf } from './dht-nodes.ts'
import type { Metainfo, MetainfoFile } from './metainfo.ts'
import { MetainfoError } from './metainfo-error.ts'
import { MAX_PATH_DEPTH, safeElement, safePaths } from './safe-paths.ts'
import { trackersOf, webSeedsOf } from './tracker-urls.ts'

export const MAX_TORRENT_FILE_BYTES = 10_000_000
export const MAX_PIECES = 2_097_152
export const MAX_PIECE_LENGTH = 256 * 1024 * 1024
export const MAX_FILES = 200_000
/** Bytes of a comment, the creator's name or the source that are kept. */
export const MAX_REMARK_BYTES = 8_192
/** Items in the description of one file: its keys, values and path elements. */
const MAX_FILE_ITEMS = 1_000
/** The end of the year 9999, in Unix seconds. */
const MAX_DATE = 253_402_300_799

export interface ParseOptions {
  /** Whose rules for file names to follow. */
  readonly platform: NodeJS.Platform
}

/** @throws MetainfoError */
export function parseMetainfo(bytes: Uint8Array, options: ParseOptions): Metainfo {
  if (bytes.length > MAX_TORRENT_FILE_BYTES) {
    throw new MetainfoError({ code: 'TOO_LARGE', size: bytes.length, limit: MAX_TORRENT_FILE_BYTES })
  }
  const outer = entries(bytes, OUTER_KEYS, 'NOT_A_TORRENT')
  const infoBytes = outer.raw('info')
  if (infoBytes === undefined) throw new MetainfoError({ code: 'NO_INFO' })
  const date = outer.findInteger('creation date')
  return {
    ...parseInfo(infoBytes, options),
    trackers: trackersOf(outer),
    webSeeds: webSeedsOf(outer),
    nodes: dhtNodesOf(outer),
    comment: remark(outer, 'comment.utf-8') || remark(outer, 'comment'),
    createdBy: remark(outer, 'created by.utf-8') || remark(outer, 'created by'),
    creationDate: date !== undefined && date >= 0 && date <= MAX_DATE ? date : undefined,
  }
}

/** What the info dictionary alone says: all that a magnet link's metadata brings (BEP 9). */
export type InfoPart = Omit<Metainfo, 'trackers' | 'webSeeds' | 'nodes' | 'comment' | 'createdBy' | 'creationDate'>

/** Reads a bare info dictionary. The bytes are copied, so that they do not hold what they came in. @throws MetainfoError */
export function parseInfo(bytes: Uint8Array, { platform }: ParseOptions): InfoPart {
  const infoBytes = bytes.slice()
  const info = entries(infoBytes, INFO_KEYS, 'NO_INFO')
  if (info.findInteger('meta version') === 2 && !info.has('pieces')) throw new MetainfoError({ code: 'V2_ONLY' })
  const rawName = info.findBytes('name.utf-8') ?? info.findBytes('name')
  if (rawName === undefined) throw new MetainfoError({ code: 'BAD_NAME' })
  const name = safeElement(rawName, platform)
  const nameChanged = name === strictTextOf(rawName) ? 0 : 1
  const multiFile = info.has('files')
  const listed = multiFile ? listedFiles(info) : [singleFile(info)]
  const { paths, renamed } = multiFile ? safePaths(listed, platform) : { paths: [[]], renamed: 0 }
  const files: MetainfoFile[] = []
  let totalLength = 0
  for (const [i, { length, padding }] of listed.entries()) {
    files.push({ path: [name, ...(paths[i] as readonly string[])], length, offset: totalLength, padding })
    totalLength += length
    if (totalLength > Number.MAX_SAFE_INTEGER) throw new MetainfoError({ code: 'TOO_LONG' })
  }
  return {
    infoHash: new Uint8Array(createHash('sha1').update(infoBytes).digest()),
    infoBytes,
    name,
    multiFile,
    files,
    totalLength,
    ...piecesOf(info, totalLength),
    private: info.findInteger('private') === 1,
    source: remark(info, 'source'),
    renamed: renamed + nameChanged,
  }
}

const OUTER_KEYS = [
  ...['announce', 'announce-list', 'comment', 'comment.utf-8', 'created by', 'created by.utf-8'],
  ...['creation date', 'info', 'nodes', 'url-list'],
]
const INFO_KEYS = [
  ...['attr', 'files', 'length', 'meta version', 'name', 'name.utf-8', 'piece length', 'pieces', 'private', 'source'],
]

function entries(bytes: Uint8Array, keys: readonly string[], otherwise: 'NOT_A_TORRENT' | 'NO_INFO'): BencodeEntries {
  try {
    return new BencodeEntries(bytes, keys)
  } catch (error) {
    if (!(error instanceof BencodeError)) throw error
    if (!('offset' in error.fault)) throw new MetainfoError({ code: otherwise }, { cause: error })
    const { code: reason, offset } = error.fault
    throw new MetainfoError({ code: 'NOT_BENCODED', reason, offset }, { cause: error })
  }
}

function piecesOf(
  info: BencodeEntries,
  totalLength: number,
): Pick<Metainfo, 'pieceLength' | 'pieceHashes' | 'pieceCount'> {
  const pieceLength = info.findInteger('piece length') ?? 0
  if (pieceLength < 1 || pieceLength > MAX_PIECE_LENGTH) {
    throw new MetainfoError({ code: 'BAD_PIECE_LENGTH', limit: MAX_PIECE_LENGTH })
  }
  const pieceHashes = info.findBytes('pieces')
  if (pieceHashes === undefined) throw new MetainfoError({ code: 'NO_PIECES' })
  if (pieceHashes.length % 20 !== 0) throw new MetainfoError({ code: 'BAD_PIECES', length: pieceHashes.length })
  if (totalLength === 0) throw new MetainfoError({ code: 'NO_DATA' })
  const pieceCount = pieceHashes.length / 20
  const expected = Math.ceil(totalLength / pieceLength)
  if (expected > MAX_PIECES) throw new MetainfoError({ code: 'TOO_MANY_PIECES', count: expected, limit: MAX_PIECES })
  if (pieceCount !== expected) throw new MetainfoError({ code: 'WRONG_PIECE_COUNT', count: pieceCount, expected })
  return { pieceLength, pieceHashes, pieceCount }
}

interface ListedFile {
  readonly elements: readonly Uint8Array[]
  readonly length: number
  readonly padding: boolean
}

function singleFile(info: BencodeEntries): ListedFile {
  if (!info.has('length')) throw new MetainfoError({ code: 'NO_FILES' })
  const length = info.findInteger('length') ?? -1
  if (length < 0) throw new MetainfoError({ code: 'BAD_LENGTH', file: 1 })
  return { elements: [], length, padding: false }
}

function listedFiles(info: BencodeEntries): ListedFile[] {
  const raw = info.raw('files') as Uint8Array
  if (raw[0] !== LIST) throw new MetainfoError({ code: 'BAD_FILE_LIST' })
  const files: ListedFile[] = []
  for (const span of elementSpans(raw)) {
    if (files.length >= MAX_FILES) throw new MetainfoError({ code: 'TOO_MANY_FILES', limit: MAX_FILES })
    files.push(listedFile(span, files.length + 1))
  }
  if (files.length === 0) throw new MetainfoError({ code: 'NO_FILES' })
  return files
}

function listedFile(raw: Uint8Array, file: number): ListedFile {
  const entry = fileEntry(raw, file)
  const length = entry.findInteger('length')
  if (length === undefined) throw new MetainfoError({ code: 'BAD_LENGTH', file })
  const path = entry.findList('path.utf-8') ?? entry.findList('path')
  const elements = path?.map((element) => asBytes(element)).filter((element) => element !== undefined)
  if (path === undefined || elements === undefined || elements.length !== path.length || path.length === 0) {
    throw new MetainfoError({ code: 'BAD_PATH', file })
  }
  if (elements.length > MAX_PATH_DEPTH) throw new MetainfoError({ code: 'PATH_TOO_DEEP', file, limit: MAX_PATH_DEPTH })
  return { elements, length, padding: entry.findBytes('attr')?.includes(PADDING) ?? false }
}

function fileEntry(raw: Uint8Array, file: number): BencodeDictionary {
  try {
    return readDictionary(raw, { maxItems: MAX_FILE_ITEMS }).dictionary
  } catch (error) {
    if (!(error instanceof BencodeError)) throw error
    throw new MetainfoError({ code: 'BAD_FILE', file }, { cause: error })
  }
}

function remark(from: BencodeEntries, key: string): string {
  return textOf((from.findBytes(key) ?? new Uint8Array()).subarray(0, MAX_REMARK_BYTES))
}

const [LIST, PADDING] = [0x6c, 0x70]
