/** A torrent of random bytes that many simulated peers share without a copy for each. */
import { createHash } from 'node:crypto'
import type { Random } from '../kernel/random.ts'
import type { SimulatedHost } from '../simulation/host.ts'
import type { PieceStorage } from '../torrent/disk/piece-storage.ts'
import { type Metainfo, pieceSize } from '../torrent/metainfo/metainfo.ts'

export interface MemoryTorrent {
  readonly metainfo: Metainfo
  readonly data: Uint8Array
}

/** A single file of so many random bytes. */
export function makeTorrent(totalLength: number, pieceLength: number, random: Random): MemoryTorrent {
  const data = random.bytes(totalLength)
  const pieceCount = Math.ceil(totalLength / pieceLength)
  const pieceHashes = new Uint8Array(20 * pieceCount)
  for (let piece = 0; piece < pieceCount; piece++) {
    const bytes = data.subarray(piece * pieceLength, (piece + 1) * pieceLength)
    pieceHashes.set(createHash('sha1').update(bytes).digest(), 20 * piece)
  }
  const name = 'data.bin'
  const metainfo: Metainfo = {
    infoHash: new Uint8Array(createHash('sha1').update(pieceHashes).digest()),
    infoBytes: new Uint8Array(),
    name,
    multiFile: false,
    files: [{ path: [name], length: totalLength, offset: 0, padding: false }],
    totalLength,
    pieceLength,
    pieceHashes,
    pieceCount,
    private: false,
    trackers: [],
    webSeeds: [],
    nodes: [],
    comment: '',
    createdBy: '',
    creationDate: undefined,
    source: '',
    renamed: 0,
  }
  return { metainfo, data }
}

/** Virtual milliseconds of a read or write. */
const ACCESS_TIME = 1

/**
 * What one peer has of it. All peers read from the same memory: a written piece is compared with the original and not
 * kept, for it can only be the same. The swarm itself knows which pieces it has.
 */
export class SharedStorage implements PieceStorage {
  private readonly host: SimulatedHost
  private readonly torrent: MemoryTorrent

  constructor(host: SimulatedHost, torrent: MemoryTorrent) {
    this.host = host
    this.torrent = torrent
  }

  read(piece: number, begin: number, length: number): Promise<Uint8Array> {
    return this.host.program.later('read of a piece', ACCESS_TIME, () => this.original(piece, begin, length))
  }

  write(piece: number, bytes: Uint8Array): Promise<void> {
    const right = Buffer.compare(bytes, this.original(piece, 0, pieceSize(this.torrent.metainfo, piece))) === 0
    return this.host.program.later('write of a piece', ACCESS_TIME, () => {
      if (!right) throw new Error(`piece ${piece} was verified and is not what was shared`)
    })
  }

  private original(piece: number, begin: number, length: number): Uint8Array {
    const start = piece * this.torrent.metainfo.pieceLength + begin
    return this.torrent.data.subarray(start, start + length)
  }
}
