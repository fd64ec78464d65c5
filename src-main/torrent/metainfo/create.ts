/**
 * Makes a .torrent from a plan: hashes the files piece by piece in the hasher's threads, encodes, and reads the result
 * back, so that what it returns is what every other reader sees.
 *
 * The files must be afterwards as they were when they were listed (size and time of change); otherwise the hashes could
 * be of a mixture, and it is an error.
 *
 * Limits: at most `MAX_BATCH_PIECES` pieces and about `MAX_BATCH_SPANS` file spans are handed to the hasher at a time.
 */
import { isTrackerUrl, isWebSeedUrl } from '../../codec/swarm-urls.ts'
import type { Clock } from '../../kernel/clock.ts'
import { codeOf } from '../../kernel/errors.ts'
import type { FileStore } from '../../kernel/files.ts'
import type { FileSpan, Hasher } from '../../kernel/hasher.ts'
import { CreationError } from './creation-error.ts'
import type { CreationPlan, PlannedFile } from './creation-scan.ts'
import { encodeMetainfo, type MetainfoDescription } from './encode.ts'
import type { Metainfo } from './metainfo.ts'
import { MAX_TORRENT_FILE_BYTES, parseMetainfo } from './parse.ts'

export const MIN_CREATED_PIECE_LENGTH = 16 * 1024
export const MAX_CREATED_PIECE_LENGTH = 16 * 1024 * 1024
/** A torrent gets at most so many pieces, and more than half as many, where the bounds of the length allow. */
export const MOST_PIECES_WANTED = 2_000
export const MAX_BATCH_PIECES = 512
export const MAX_BATCH_SPANS = 16_384

export interface CreationPorts {
  readonly files: FileStore
  readonly hasher: Hasher
  readonly clock: Pick<Clock, 'wallTime'>
}

export interface CreationOptions {
  /** Tiers of announce URLs (BEP 12). */
  readonly trackers: readonly (readonly string[])[]
  readonly webSeeds: readonly string[]
  /** A power of two from 16 KiB to 16 MiB; chosen by `choosePieceLength` when undefined. */
  readonly pieceLength?: number | undefined
  readonly private: boolean
  readonly comment: string
  /** Sets the torrent apart from others of the same files, for trackers that want so; empty for none. */
  readonly source: string
  /** `Shoal/` and the version. */
  readonly createdBy: string
  readonly platform: NodeJS.Platform
}

export interface CreatedTorrent {
  readonly torrentBytes: Uint8Array
  readonly metainfo: Metainfo
}

export interface CreationRun {
  /** Bytes hashed so far, never less than before. */
  readonly progress?: (bytes: number) => void
  readonly signal?: AbortSignal
}

/** The smallest power of two from 16 KiB to 16 MiB that gives at most 2,000 pieces. */
export function choosePieceLength(totalLength: number): number {
  let length = MIN_CREATED_PIECE_LENGTH
  while (length < MAX_CREATED_PIECE_LENGTH && Math.ceil(totalLength / length) > MOST_PIECES_WANTED) length *= 2
  return length
}

/** @throws CreationError; HasherError where the hasher fails */
export async function createMetainfo(
  ports: CreationPorts,
  plan: CreationPlan,
  options: CreationOptions,
  run: CreationRun = {},
): Promise<CreatedTorrent> {
  const pieceLength = options.pieceLength ?? choosePieceLength(plan.totalLength)
  refuseBadOptions(options, pieceLength)
  const description = descriptionOf(plan, options, pieceLength, Math.floor(ports.clock.wallTime() / 1_000))
  refuseTooLarge(description)
  const pieceHashes = await hashPieces(ports, plan, pieceLength, run)
  for (const file of plan.files) await refuseChanged(ports.files, file)
  const torrentBytes = encodeMetainfo({ ...description, pieceHashes })
  return { torrentBytes, metainfo: parseMetainfo(torrentBytes, options) }
}

function descriptionOf(
  plan: CreationPlan,
  options: CreationOptions,
  pieceLength: number,
  creationDate: number,
): Omit<MetainfoDescription, 'pieceHashes'> {
  return {
    name: plan.name,
    files: plan.multiFile ? plan.files : undefined,
    totalLength: plan.totalLength,
    pieceLength,
    private: options.private,
    source: options.source,
    trackers: options.trackers,
    webSeeds: options.webSeeds,
    comment: options.comment,
    createdBy: options.createdBy,
    creationDate,
  }
}

/** Before the hours of hashing. */
function refuseTooLarge(description: Omit<MetainfoDescription, 'pieceHashes'>): void {
  const hashBytes = 20 * Math.ceil(description.totalLength / description.pieceLength)
  // The length prefix of the hashes is the only other thing that grows with them; 16 bytes are more than it takes.
  const size = encodeMetainfo({ ...description, pieceHashes: new Uint8Array() }).length + hashBytes + 16
  if (size > MAX_TORRENT_FILE_BYTES) {
    throw new CreationError({ code: 'TORRENT_TOO_LARGE', size, limit: MAX_TORRENT_FILE_BYTES })
  }
}

/** The pieces of `files` one after the other: spans of files for each; empty files are in none. */
export function* pieceSpans(
  files: readonly Pick<PlannedFile, 'path' | 'length'>[],
  pieceLength: number,
): Generator<readonly FileSpan[]> {
  let spans: FileSpan[] = []
  let room = pieceLength
  for (const { path, length } of files) {
    for (let offset = 0; offset < length; ) {
      const taken = Math.min(room, length - offset)
      spans.push({ path, offset, length: taken })
      offset += taken
      room -= taken
      if (room > 0) continue
      yield spans
      spans = []
      room = pieceLength
    }
  }
  if (spans.length > 0) yield spans
}

async function hashPieces(
  { files, hasher }: CreationPorts,
  plan: CreationPlan,
  pieceLength: number,
  { progress, signal }: CreationRun,
): Promise<Uint8Array> {
  const hashes = new Uint8Array(20 * Math.ceil(plan.totalLength / pieceLength))
  let piece = 0
  let hashedBytes = 0
  for (const batch of batches(pieceSpans(plan.files, pieceLength))) {
    if (signal?.aborted) throw new CreationError({ code: 'CANCELLED' })
    const digests = await hashBatch(hasher, batch, {
      ...(signal && { signal }),
      progress: (bytes) => progress?.(hashedBytes + bytes),
    })
    for (const [i, digest] of digests.entries()) {
      if (digest === undefined) throw await whyUnread(files, plan, batch[i] as readonly FileSpan[])
      hashes.set(digest, 20 * piece++)
    }
    for (const spans of batch) for (const span of spans) hashedBytes += span.length
    progress?.(hashedBytes)
  }
  return hashes
}

async function hashBatch(
  hasher: Hasher,
  batch: readonly (readonly FileSpan[])[],
  options: { readonly progress: (bytes: number) => void; readonly signal?: AbortSignal },
): Promise<(Uint8Array | undefined)[]> {
  try {
    return await hasher.sha1OfSpans(batch, options)
  } catch (error) {
    if (options.signal?.aborted) throw new CreationError({ code: 'CANCELLED' }, { cause: error })
    throw error
  }
}

function* batches(pieces: Iterable<readonly FileSpan[]>): Generator<(readonly FileSpan[])[]> {
  let batch: (readonly FileSpan[])[] = []
  let spans = 0
  for (const piece of pieces) {
    batch.push(piece)
    spans += piece.length
    if (batch.length < MAX_BATCH_PIECES && spans < MAX_BATCH_SPANS) continue
    yield batch
    batch = []
    spans = 0
  }
  if (batch.length > 0) yield batch
}

/** Why a piece could not be read: a file of it that has changed or cannot be opened. */
async function whyUnread(files: FileStore, plan: CreationPlan, spans: readonly FileSpan[]): Promise<CreationError> {
  const paths = new Set(spans.map((span) => span.path))
  for (const file of plan.files.filter(({ path }) => paths.has(path))) {
    try {
      await refuseChanged(files, file)
      await (await files.open(file.path, 'read')).close()
    } catch (error) {
      if (error instanceof CreationError) return error
      return new CreationError({ code: 'UNREADABLE', path: file.path, cause: codeOf(error) }, { cause: error })
    }
  }
  return new CreationError({ code: 'UNREADABLE', path: spans[0]?.path ?? plan.root, cause: 'EIO' })
}

async function refuseChanged(files: FileStore, { path, length, modifiedMs }: PlannedFile): Promise<void> {
  const stat = await files.stat(path).catch(() => undefined)
  if (stat?.kind !== 'file' || stat.size !== length || stat.modifiedMs !== modifiedMs) {
    throw new CreationError({ code: 'CHANGED', path })
  }
}

function refuseBadOptions({ trackers, webSeeds }: CreationOptions, pieceLength: number): void {
  const isPowerOfTwo = Number.isInteger(Math.log2(pieceLength))
  if (!isPowerOfTwo || pieceLength < MIN_CREATED_PIECE_LENGTH || pieceLength > MAX_CREATED_PIECE_LENGTH) {
    throw new CreationError({ code: 'BAD_PIECE_LENGTH', pieceLength })
  }
  const bad = trackers.flat().find((url) => !isTrackerUrl(url)) ?? webSeeds.find((url) => !isWebSeedUrl(url))
  if (bad !== undefined) throw new CreationError({ code: 'BAD_URL', url: bad })
}
