/** Writes a .torrent of version 1 (BEP 3; tiers BEP 12, private BEP 27, web seeds BEP 19), canonically. */
import { type BencodeInput, encodeBencode } from '../../codec/bencode.ts'

/** What a .torrent says. Texts that are empty are left out. */
export interface MetainfoDescription {
  readonly name: string
  /** Paths below the torrent's folder; undefined for a torrent of one file. */
  readonly files: readonly { readonly elements: readonly string[]; readonly length: number }[] | undefined
  readonly totalLength: number
  readonly pieceLength: number
  /** 20 bytes for each piece. */
  readonly pieceHashes: Uint8Array
  readonly private: boolean
  readonly source: string
  readonly trackers: readonly (readonly string[])[]
  readonly webSeeds: readonly string[]
  readonly comment: string
  readonly createdBy: string
  /** Unix seconds. */
  readonly creationDate: number
}

export function encodeMetainfo(description: MetainfoDescription): Uint8Array {
  const { trackers, webSeeds, comment, createdBy, creationDate } = description
  const severalTrackers = trackers.flat().length > 1
  return encodeBencode({
    announce: trackers.flat()[0],
    'announce-list': severalTrackers ? trackers.filter((tier) => tier.length > 0) : undefined,
    comment: comment || undefined,
    'created by': createdBy || undefined,
    'creation date': creationDate,
    encoding: 'UTF-8',
    info: infoOf(description),
    'url-list': webSeeds.length > 0 ? webSeeds : undefined,
  })
}

function infoOf(description: MetainfoDescription): BencodeInput {
  const { files, name, pieceLength, pieceHashes, source, totalLength } = description
  return {
    files: files?.map(({ elements, length }) => ({ length, path: elements })),
    length: files === undefined ? totalLength : undefined,
    name,
    'piece length': pieceLength,
    pieces: pieceHashes,
    private: description.private ? 1 : undefined,
    source: source || undefined,
  }
}
