/** Torrents with known contents, for the tests of this folder. */
import { createHash } from 'node:crypto'
import { concatBytes } from '../../kernel/bytes.ts'
import type { Host } from '../../kernel/host.ts'
import { openSessionStore, type SessionStore } from '../../storage/open-session.ts'
import type { Metainfo, MetainfoFile } from '../metainfo/metainfo.ts'
import { pieceSize } from '../metainfo/metainfo.ts'
import { Disk } from './disk.ts'
import type { TorrentFiles } from './torrent-files.ts'

export const DIRECTORY = '/drive/downloads'
export const PROFILE = '/profile'

export interface ExampleFile {
  /** Below the torrent's own folder. */
  readonly path: string
  readonly length: number
  readonly padding?: boolean
}

export interface Example {
  readonly metainfo: Metainfo
  piece(piece: number): Uint8Array
  /** The whole contents of a file. */
  contents(file: number): Uint8Array
}

/** A torrent over files with pseudo-random contents; one file without a `/` and `single` gives a single-file torrent. */
export function exampleTorrent(
  files: readonly ExampleFile[],
  { name = 'shared', pieceLength = 16_384, single = false, seed = 1 } = {},
): Example {
  const parts = files.map(({ length, padding }, n) =>
    padding ? new Uint8Array(length) : noise(length, seed * 1_000 + n),
  )
  const whole = concatBytes(parts)
  const pieceCount = Math.ceil(whole.length / pieceLength)
  const hashes = Array.from({ length: pieceCount }, (_, n) =>
    createHash('sha1')
      .update(whole.subarray(n * pieceLength, (n + 1) * pieceLength))
      .digest(),
  )
  let offset = 0
  const list: MetainfoFile[] = files.map(({ path, length, padding = false }) => {
    const file = { path: single ? [name] : [name, ...path.split('/')], length, offset, padding }
    offset += length
    return file
  })
  const metainfo: Metainfo = {
    infoHash: createHash('sha1').update(`${name} ${seed} ${pieceLength}`).digest(),
    infoBytes: new Uint8Array(),
    name,
    multiFile: !single,
    files: list,
    totalLength: whole.length,
    pieceLength,
    pieceHashes: concatBytes(hashes),
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
  return {
    metainfo,
    piece: (n) => whole.slice(n * pieceLength, n * pieceLength + pieceSize(metainfo, n)),
    contents: (n) => parts[n] as Uint8Array,
  }
}

/** Four files over ten pieces: one small, one empty, one large, one in a folder. */
export function mixedTorrent(name = 'shared', seed = 1): Example {
  return exampleTorrent(
    [
      { path: 'small.txt', length: 100 },
      { path: 'empty', length: 0 },
      { path: 'large.bin', length: 100_000 },
      { path: 'deep/er/last.bin', length: 60_000 },
    ],
    { name, seed },
  )
}

export interface DiskRun {
  readonly session: SessionStore
  readonly disk: Disk
  readonly files: TorrentFiles
}

/** Opens the profile of a host and the torrent in it, adding it where it is not there yet. @param known whether nothing is there, or that is to be found out */
export async function openRun(host: Host, { metainfo }: Example, known = true): Promise<DiskRun> {
  await host.files.makeDirectory(PROFILE)
  await host.files.makeDirectory(DIRECTORY)
  const session = await openSessionStore(host, PROFILE)
  if (!session.torrents.get(metainfo.infoHash)) addTo(session, metainfo, known ? emptyHave(metainfo) : undefined)
  const disk = new Disk(host, session.resume)
  return { session, disk, files: disk.torrent(metainfo, DIRECTORY) }
}

export function addTo(session: SessionStore, metainfo: Metainfo, have: Uint8Array | undefined): void {
  const { infoHash } = metainfo
  const metainfoBytes = new Uint8Array([1])
  session.torrents.add({
    infoHash,
    metainfo: metainfoBytes,
    directory: DIRECTORY,
    addedAt: 1,
    paused: false,
    have,
    files: [],
  })
}

export async function closeRun(run: DiskRun): Promise<void> {
  await run.files.stop()
  await run.disk.close()
  run.session.close()
}

export function emptyHave({ pieceCount }: Metainfo): Uint8Array {
  return new Uint8Array(Math.ceil(pieceCount / 8))
}

export function noise(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let state = (seed * 2_654_435_761) >>> 0
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    bytes[i] = state >>> 24
  }
  return bytes
}
