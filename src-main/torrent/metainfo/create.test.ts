import { createHash } from 'node:crypto'
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, statSync } from 'node:fs'
import { lstat, mkdir, open, readdir, realpath, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { toHex } from '../../kernel/bytes.ts'
import type { FileStore } from '../../kernel/files.ts'
import type { FileSpan, Hasher } from '../../kernel/hasher.ts'
import { type CreationOptions, choosePieceLength, createMetainfo, MAX_BATCH_PIECES, pieceSpans } from './create.ts'
import { CreationError } from './creation-error.ts'
import { scanForCreation } from './creation-scan.ts'
import { MAX_FILES, parseMetainfo } from './parse.ts'

const vectors = join(import.meta.dirname, '../../../test/vectors/metainfo')
const platform = process.platform
const clock = { wallTime: () => 1_700_000_000_999 }
const plain: CreationOptions = {
  trackers: [],
  webSeeds: [],
  private: false,
  comment: '',
  source: '',
  createdBy: 'Shoal/0.0.0',
  platform,
}

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'shoal-create-'))
})
afterEach(() => rmSync(root, { recursive: true }))

/** The four methods of the port that creating uses, over the real file system. */
const files = {
  async open(path: string) {
    const handle = await open(path)
    return { close: () => handle.close() }
  },
  async stat(path: string) {
    const found = await lstat(path).catch(() => undefined)
    if (found === undefined) return undefined
    const kind = found.isSymbolicLink()
      ? 'symlink'
      : found.isDirectory()
        ? 'directory'
        : found.isFile()
          ? 'file'
          : 'other'
    return { kind, size: found.size, modifiedMs: found.mtimeMs }
  },
  list: (path: string) => readdir(path),
  realPath: (path: string) => realpath(path),
} as unknown as FileStore

const digestOf = (spans: readonly FileSpan[]): Uint8Array | undefined => {
  const hash = createHash('sha1')
  for (const { path, offset, length } of spans) {
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) < offset + length) return undefined
    const bytes = new Uint8Array(length)
    const file = openSync(path, 'r')
    readSync(file, bytes, 0, length, offset)
    closeSync(file)
    hash.update(bytes)
  }
  return new Uint8Array(hash.digest())
}

const hasher: Hasher = {
  sha1: () => Promise.reject(new Error('not used')),
  async sha1OfSpans(pieces, options) {
    let bytes = 0
    return pieces.map((spans) => {
      options?.signal?.throwIfAborted()
      const digest = digestOf(spans)
      for (const { length } of spans) bytes += length
      options?.progress?.(bytes)
      return digest
    })
  },
  close: () => Promise.resolve(),
}
const ports = { files, hasher, clock }

/** `length` bytes that follow from `seed`, by a linear congruential generator. */
function generated(length: number, seed: number): Uint8Array {
  let state = seed
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return state >>> 16
  })
}

async function write(path: string, bytes: Uint8Array | string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), bytes)
}

/** What the torrents of other programs were made from. */
async function writeAlbum(withEmpty: boolean): Promise<void> {
  await write('album/zeta/z', generated(5, 3))
  await write('album/disc one/Grüße 世界.txt', generated(33_000, 2))
  await write('album/a.bin', generated(20_000, 1))
  if (withEmpty) await write('album/empty', '')
}

const writeSingle = () => write('single.bin', generated(50_000, 4))
const plan = (path: string) => scanForCreation(files, { path: join(root, path), platform })
const vector = (name: string) => parseMetainfo(new Uint8Array(readFileSync(join(vectors, name))), { platform })

const failure = async (promise: Promise<unknown>) => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof CreationError)) throw error ?? new Error('nothing was thrown')
  expect(error.message).toMatch(/^.+\. [A-Z].+\.$/s)
  return error.fault
}

describe('choosePieceLength', () => {
  test('gives 1,000 to 2,000 pieces between 16 KiB and 16 MiB', () => {
    for (let total = 2_000 * 16_384 + 1; total < 2_000 * 16 * 2 ** 20; total = Math.ceil(total * 1.37)) {
      const length = choosePieceLength(total)
      const pieces = Math.ceil(total / length)
      expect([Number.isInteger(Math.log2(length)), pieces > 1_000, pieces <= 2_000], `${total}`).toEqual([
        true,
        true,
        true,
      ])
    }
    expect([1, 2_000 * 16_384, 2_000 * 16_384 + 1].map(choosePieceLength)).toEqual([16_384, 16_384, 32_768])
    expect(choosePieceLength(2 ** 50)).toBe(16 * 2 ** 20)
  })
})

describe('against torrents of other programs', () => {
  test('mktorrent, many files: the same info-hash', async () => {
    await writeAlbum(true)
    const options = { ...plain, private: true, pieceLength: 32_768, comment: 'A comment' }
    const theirs = vector('mktorrent-multi.torrent')
    const ours = await createMetainfo(ports, await plan('album'), { ...options, trackers: theirs.trackers })
    expect(toHex(ours.metainfo.infoHash)).toBe(toHex(theirs.infoHash))
    expect({ ...ours.metainfo, createdBy: '', creationDate: 0 }).toEqual({ ...theirs, createdBy: '', creationDate: 0 })
  })

  test('mktorrent, one file with a source and a web seed', async () => {
    await writeSingle()
    const theirs = vector('mktorrent-single.torrent')
    const options = { ...plain, pieceLength: 32_768, source: 'SRC', webSeeds: ['http://seed.example/single.bin'] }
    const { metainfo } = await createMetainfo(ports, await plan('single.bin'), options)
    expect(toHex(metainfo.infoHash)).toBe(toHex(theirs.infoHash))
    expect(metainfo.webSeeds).toEqual(theirs.webSeeds)
  })

  test('transmission-create, which leaves empty files out', async () => {
    await writeAlbum(false)
    const options = { ...plain, private: true, pieceLength: 32_768 }
    const { metainfo } = await createMetainfo(ports, await plan('album'), options)
    expect(toHex(metainfo.infoHash)).toBe(toHex(vector('transmission-multi.torrent').infoHash))
  })

  test('transmission-create writes private 0: the same pieces, another info-hash', async () => {
    await writeSingle()
    const theirs = vector('transmission-single.torrent')
    const { metainfo } = await createMetainfo(ports, await plan('single.bin'), { ...plain, pieceLength: 32_768 })
    expect([metainfo.pieceHashes, metainfo.private]).toEqual([theirs.pieceHashes, theirs.private])
    expect(toHex(metainfo.infoHash)).not.toBe(toHex(theirs.infoHash))
  })
})

describe('scanForCreation', () => {
  test('orders by the bytes of the path, keeps empty files, passes over links and special files', async () => {
    for (const name of ['b', 'a/z', 'a.txt', 'a b', 'Z', 'ä', '\u{1f41f}', '\uff5e']) await write(`dir/${name}`, name)
    await write('dir/empty', '')
    await mkdir(join(root, 'dir/no files here'))
    await write('outside', 'secret')
    await symlink(join(root, 'outside'), join(root, 'dir/link'))
    await symlink(join(root, 'dir'), join(root, 'dir/loop'))
    const { files: found, multiFile, name, skipped, totalLength } = await plan('dir')
    expect(found.map(({ elements }) => elements.join('/'))).toEqual([
      ...['Z', 'a b', 'a.txt', 'a/z', 'b', 'empty', 'ä', '\uff5e', '\u{1f41f}'],
    ])
    expect([name, multiFile, skipped, totalLength]).toEqual(['dir', true, 2, 22])
  })

  test('follows a link that was itself chosen, under the name it was chosen by', async () => {
    await write('real/a', 'x')
    await symlink(join(root, 'real'), join(root, 'chosen'))
    const { name, root: resolved, files: found } = await plan('chosen')
    expect([name, resolved, found.length]).toEqual(['chosen', await realpath(join(root, 'real')), 1])
  })

  test('refuses nothing, an empty folder, empty files', async () => {
    await mkdir(join(root, 'none/inner'), { recursive: true })
    await write('empty/a', '')
    expect((await failure(plan('missing'))).code).toBe('NOT_FOUND')
    expect((await failure(plan('none'))).code).toBe('NO_FILES')
    expect((await failure(plan('empty'))).code).toBe('NO_DATA')
    expect((await failure(scanForCreation(files, { path: '/', platform }))).code).toBe('NO_NAME')
    expect((await failure(scanForCreation(files, { path: '/dev/null', platform }))).code).toBe('NOT_A_FILE_OR_FOLDER')
  })

  test('refuses names that its own torrent would change, naming the file and a better name', async () => {
    await write('dir/a\u202eb', 'x')
    expect(await failure(plan('dir'))).toEqual({
      code: 'UNSAFE_NAME',
      path: join(root, 'dir/a\u202eb'),
      suggestion: 'ab',
    })
    await write('outer/a\nb/c', 'x')
    expect(await failure(plan('outer'))).toMatchObject({ path: join(root, 'outer/a\nb'), suggestion: 'a_b' })
    await write('a\\b/c', 'x')
    expect(await failure(plan('a\\b'))).toMatchObject({ code: 'UNSAFE_NAME', suggestion: 'a_b' })
    await write('case/Readme', 'x')
    await write('case/README', 'x')
    expect(await failure(plan('case'))).toMatchObject({ code: 'UNSAFE_NAME', suggestion: 'Readme (2)' })
  })

  test('names the folder that cannot be read', async () => {
    await write('dir/locked/a', 'x')
    const locked = {
      ...files,
      list: (path: string) =>
        path.endsWith('locked') ? Promise.reject(Object.assign(new Error(), { code: 'EACCES' })) : files.list(path),
    }
    const fault = await failure(scanForCreation(locked, { path: join(root, 'dir'), platform }))
    expect(fault).toEqual({ code: 'UNREADABLE', path: join(root, 'dir/locked'), cause: 'EACCES' })
  })

  test('bounded in depth and number of files, and cancelled between two of them', async () => {
    const endless = { ...files, list: () => Promise.resolve(['d']), stat: () => folderStat }
    const folderStat = Promise.resolve({ kind: 'directory' as const, size: 0, modifiedMs: 0 })
    const fault = await failure(scanForCreation(endless, { path: '/x', platform }))
    expect(fault).toMatchObject({ code: 'TOO_DEEP', limit: 64 })
    const names = Array.from({ length: MAX_FILES + 1 }, (_, i) => `${i}`)
    const fileStat = Promise.resolve({ kind: 'file' as const, size: 1, modifiedMs: 0 })
    const wide = {
      ...files,
      list: () => Promise.resolve(names),
      stat: (path: string) => (path === '/x' ? folderStat : fileStat),
    }
    expect((await failure(scanForCreation(wide, { path: '/x', platform }))).code).toBe('TOO_MANY_FILES')
    const signal = AbortSignal.abort()
    expect((await failure(scanForCreation(wide, { path: '/x', platform, signal }))).code).toBe('CANCELLED')
  })
})

describe('createMetainfo', () => {
  test('writes all it was asked to, and reads it back', async () => {
    await write('dir/a', generated(40_000, 9))
    const trackers = [['http://a.example/announce', 'udp://b.example:1'], ['https://c.example/announce']]
    const options = { ...plain, trackers, webSeeds: ['http://w.example/'], comment: 'ö', source: 's', private: true }
    const { metainfo, torrentBytes } = await createMetainfo(ports, await plan('dir'), options)
    expect(metainfo).toMatchObject({
      ...{ name: 'dir', trackers, webSeeds: ['http://w.example/'], comment: 'ö', source: 's', private: true },
      ...{ createdBy: 'Shoal/0.0.0', creationDate: 1_700_000_000, pieceLength: 16_384, pieceCount: 3, renamed: 0 },
    })
    expect(parseMetainfo(torrentBytes, { platform })).toEqual(metainfo)
  })

  test('pieces run over the ends of files and past empty ones', () => {
    const list = [3, 0, 5, 10].map((length, i) => ({ path: `${i}`, length }))
    const spans = [...pieceSpans(list, 8)].map((piece) =>
      piece.map(({ path, offset, length }) => [path, offset, length]),
    )
    expect(spans).toEqual([
      [
        ['0', 0, 3],
        ['2', 0, 5],
      ],
      [['3', 0, 8]],
      [['3', 8, 2]],
    ])
  })

  test('hands over bounded batches; progress never falls and ends at the whole length', async () => {
    await write('big', generated(16_384 * (MAX_BATCH_PIECES + 3) + 1, 5))
    const batchSizes: number[] = []
    const counted: Hasher = {
      ...hasher,
      sha1OfSpans: (pieces, options) => {
        batchSizes.push(pieces.length)
        return hasher.sha1OfSpans(pieces, options)
      },
    }
    const seen: number[] = []
    const planned = await plan('big')
    await createMetainfo({ ...ports, hasher: counted }, planned, plain, { progress: (bytes) => seen.push(bytes) })
    expect(batchSizes).toEqual([MAX_BATCH_PIECES, 4])
    expect(seen.at(-1)).toBe(planned.totalLength)
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
  })

  test('is cancelled before and while hashing', async () => {
    await write('a', generated(100_000, 6))
    const planned = await plan('a')
    const signal = AbortSignal.abort()
    expect((await failure(createMetainfo(ports, planned, plain, { signal }))).code).toBe('CANCELLED')
    const controller = new AbortController()
    const run = { signal: controller.signal, progress: () => controller.abort() }
    expect((await failure(createMetainfo(ports, planned, plain, run))).code).toBe('CANCELLED')
  })

  test('a file that shrinks, grows, or goes while it is hashed is named', async () => {
    for (const [name, change] of [
      ['shrinks', (path: string) => truncate(path, 10)],
      ['grows', (path: string) => truncate(path, 200_000)],
      ['goes', async (path: string) => rmSync(path)],
    ] as const) {
      await write('dir/other', 'x')
      await write(`dir/${name}`, generated(100_000, 7))
      const planned = await plan('dir')
      await change(join(root, 'dir', name))
      expect(await failure(createMetainfo(ports, planned, plain))).toEqual({
        code: 'CHANGED',
        path: join(root, 'dir', name),
      })
      rmSync(join(root, 'dir'), { recursive: true })
    }
  })

  test('a file that cannot be opened is named', async () => {
    await write('dir/a', 'x')
    await write('dir/b', 'y')
    const planned = await plan('dir')
    const denied = {
      ...files,
      open: (path: string) =>
        path.endsWith('b') ? Promise.reject(Object.assign(new Error(), { code: 'EACCES' })) : files.open(path, 'read'),
    }
    const blind: Hasher = { ...hasher, sha1OfSpans: (pieces) => Promise.resolve(pieces.map(() => undefined)) }
    const fault = await failure(createMetainfo({ ...ports, files: denied, hasher: blind }, planned, plain))
    expect(fault).toEqual({ code: 'UNREADABLE', path: join(root, 'dir/b'), cause: 'EACCES' })
  })

  test('refuses piece lengths and addresses that no reader would take, and torrents over 10 MB before hashing', async () => {
    await write('a', 'x')
    const planned = await plan('a')
    for (const pieceLength of [0, -1, 8_192, 16_385, 32 * 2 ** 20, Number.NaN]) {
      const fault = await failure(createMetainfo(ports, planned, { ...plain, pieceLength }))
      expect(fault.code).toBe('BAD_PIECE_LENGTH')
    }
    for (const options of [{ trackers: [['ftp://x/']] }, { trackers: [['']] }, { webSeeds: ['udp://x:1'] }]) {
      expect((await failure(createMetainfo(ports, planned, { ...plain, ...options }))).code).toBe('BAD_URL')
    }
    const huge = { ...planned, totalLength: 2 ** 43 + 2 ** 40 }
    expect((await failure(createMetainfo(ports, huge, plain))).code).toBe('TORRENT_TOO_LARGE')
  })
})
