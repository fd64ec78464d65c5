import type { Endpoint } from '../../kernel/network.ts'

/** A parsed and checked .torrent (BEP 3), safe to use: paths are made safe for this disk, sizes add up. */
export interface Metainfo {
  /** SHA-1 of `infoBytes`: 20 bytes. */
  readonly infoHash: Uint8Array
  /** The info dictionary exactly as received. */
  readonly infoBytes: Uint8Array
  /** One safe path element: the file's name, or the folder that holds all files. */
  readonly name: string
  /** Whether the files stand in a folder called `name`; otherwise there is one file and its path is `[name]`. */
  readonly multiFile: boolean
  readonly files: readonly MetainfoFile[]
  readonly totalLength: number
  readonly pieceLength: number
  /** 20 bytes for each piece. */
  readonly pieceHashes: Uint8Array
  readonly pieceCount: number
  readonly private: boolean
  /** Tiers of announce URLs (BEP 12); `announce` alone is one tier of one. Only http:, https: and udp:. */
  readonly trackers: readonly (readonly string[])[]
  /** `url-list` (BEP 19): http: and https: only. */
  readonly webSeeds: readonly string[]
  /** DHT nodes to begin with (`nodes`, BEP 5); a host is a canonical IP literal or a name that is yet to be resolved. */
  readonly nodes: readonly Endpoint[]
  readonly comment: string
  readonly createdBy: string
  /** Unix seconds. */
  readonly creationDate: number | undefined
  readonly source: string
  /** How many path elements had to be changed to be safe. */
  readonly renamed: number
}

export interface MetainfoFile {
  /** Safe path elements below the download folder, the torrent's own folder included; at least one. */
  readonly path: readonly string[]
  readonly length: number
  /** Where the file starts in the concatenation of all files. */
  readonly offset: number
  /** A pad file (BEP 47): zeros that are not written to disk. */
  readonly padding: boolean
}

/** Bytes of a piece: `pieceLength`, less for the last. */
export function pieceSize(
  metainfo: Pick<Metainfo, 'pieceLength' | 'pieceCount' | 'totalLength'>,
  piece: number,
): number {
  return piece === metainfo.pieceCount - 1 ? metainfo.totalLength - piece * metainfo.pieceLength : metainfo.pieceLength
}

/** The 20 bytes that piece `piece` must hash to. */
export function pieceHash(metainfo: Pick<Metainfo, 'pieceHashes'>, piece: number): Uint8Array {
  return metainfo.pieceHashes.subarray(piece * 20, piece * 20 + 20)
}
