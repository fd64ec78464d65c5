import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { textOf, utf8 } from '../bytes.ts'
import type { FileStore } from '../files.ts'
import { failureCode, onBed, patternBytes, type TestBed } from './test-bed.ts'

export interface FilesBed extends TestBed {
  readonly files: FileStore
  /** An empty folder that the test may fill. */
  readonly root: string
  /** Makes a symbolic link at `path` that leads to `target`. */
  link(target: string, path: string): Promise<void>
}

type Create = () => FilesBed | Promise<FilesBed>

async function writeFile({ files, settle }: FilesBed, path: string, bytes: Uint8Array): Promise<void> {
  const file = await settle(files.open(path, 'create'))
  await settle(file.write(bytes, 0))
  await settle(file.close())
}

async function readFile({ files, settle }: FilesBed, path: string): Promise<Uint8Array> {
  const file = await settle(files.open(path, 'read'))
  const { size } = await settle(file.stat())
  const bytes = new Uint8Array(size)
  await settle(file.read(bytes, 0))
  await settle(file.close())
  return bytes
}

export function testsOfFiles(name: string, create: Create): void {
  describe(`${name} as a FileStore`, () => {
    contents(create)
    openModes(create)
    folders(create)
  })
}

function contents(create: Create): void {
  test(
    'what is written at a position is read there, and the gap before it is zeros',
    onBed(create, async (bed) => {
      const file = await bed.settle(bed.files.open(join(bed.root, 'sparse'), 'create'))
      await bed.settle(file.write(utf8('late'), 100_000))
      await bed.settle(file.write(utf8('early'), 3))
      expect((await bed.settle(file.stat())).size).toBe(100_004)
      const bytes = new Uint8Array(10)
      expect(await bed.settle(file.read(bytes, 0))).toBe(10)
      expect([...bytes]).toEqual([0, 0, 0, ...utf8('early'), 0, 0])
      await bed.settle(file.sync())
      await bed.settle(file.close())
    }),
  )
  test(
    'a read is short only at the end of the file, and empty behind it',
    onBed(create, async (bed) => {
      await writeFile(bed, join(bed.root, 'f'), patternBytes(1_000_000))
      const file = await bed.settle(bed.files.open(join(bed.root, 'f'), 'read'))
      const bytes = new Uint8Array(999_999)
      expect(await bed.settle(file.read(bytes, 0))).toBe(999_999)
      expect(await bed.settle(file.read(bytes, 999_990))).toBe(10)
      expect(await bed.settle(file.read(bytes, 1_000_000))).toBe(0)
      expect(await bed.settle(file.read(bytes, 5_000_000))).toBe(0)
      expect(await bed.settle(file.read(new Uint8Array(0), 0))).toBe(0)
      await bed.settle(file.close())
    }),
  )
  test(
    'many reads and writes at once do not disturb each other, and `close` waits for them',
    onBed(create, async (bed) => {
      const blocks = Array.from({ length: 64 }, (_, i) => patternBytes(16_384, i))
      const file = await bed.settle(bed.files.open(join(bed.root, 'f'), 'create'))
      const writes = blocks.map((block, i) => file.write(block, i * 16_384))
      const closed = file.close()
      await bed.settle(Promise.all([...writes, closed]))
      const whole = await readFile(bed, join(bed.root, 'f'))
      for (const [i, block] of blocks.entries()) {
        expect(whole.subarray(i * 16_384, (i + 1) * 16_384), `block ${i}`).toEqual(block)
      }
    }),
  )
  test(
    'truncate cuts and grows',
    onBed(create, async (bed) => {
      const file = await bed.settle(bed.files.open(join(bed.root, 'f'), 'create'))
      await bed.settle(file.write(utf8('abcdef'), 0))
      await bed.settle(file.truncate(2))
      await bed.settle(file.truncate(4))
      await bed.settle(file.close())
      expect([...(await readFile(bed, join(bed.root, 'f')))]).toEqual([...utf8('ab'), 0, 0])
    }),
  )
  test(
    'a closed handle refuses everything but being closed',
    onBed(create, async (bed) => {
      const file = await bed.settle(bed.files.open(join(bed.root, 'f'), 'create'))
      await bed.settle(file.close())
      await bed.settle(file.close())
      expect(await bed.settle(failureCode(file.read(new Uint8Array(1), 0)))).toBe('EBADF')
      expect(await bed.settle(failureCode(file.write(utf8('x'), 0)))).toBe('EBADF')
      expect(await bed.settle(failureCode(file.truncate(0)))).toBe('EBADF')
      expect(await bed.settle(failureCode(file.stat()))).toBe('EBADF')
      expect(await bed.settle(failureCode(file.sync()))).toBe('EBADF')
    }),
  )
}

function openModes(create: Create): void {
  test(
    'each mode asks for what it says',
    onBed(create, async (bed) => {
      const { files, settle } = bed
      const missing = join(bed.root, 'missing')
      const there = join(bed.root, 'there')
      await writeFile(bed, there, utf8('kept'))
      expect(await settle(failureCode(files.open(missing, 'read')))).toBe('ENOENT')
      expect(await settle(failureCode(files.open(missing, 'update')))).toBe('ENOENT')
      expect(await settle(failureCode(files.open(there, 'exclusive')))).toBe('EEXIST')
      expect(await settle(failureCode(files.open(join(missing, 'f'), 'create')))).toBe('ENOENT')
      expect(await settle(failureCode(files.open(join(there, 'f'), 'create')))).toBe('ENOTDIR')
      expect(await settle(failureCode(files.open(bed.root, 'update')))).toBe('EISDIR')
      for (const mode of ['update', 'create'] as const) await settle((await settle(files.open(there, mode))).close())
      expect(textOf(await readFile(bed, there))).toBe('kept')
      const made = await settle(files.open(missing, 'exclusive'))
      await settle(made.write(utf8('new'), 0))
      await settle(made.close())
      expect(textOf(await readFile(bed, missing))).toBe('new')
    }),
  )
  test(
    'a file opened to read refuses to be written',
    onBed(create, async (bed) => {
      await writeFile(bed, join(bed.root, 'f'), utf8('kept'))
      const file = await bed.settle(bed.files.open(join(bed.root, 'f'), 'read'))
      expect(await bed.settle(failureCode(file.write(utf8('x'), 0)))).toBe('EBADF')
      await bed.settle(file.close())
    }),
  )
  test(
    'writing through a symbolic link is refused, reading through it is not',
    onBed(create, async (bed) => {
      const target = join(bed.root, 'target')
      const link = join(bed.root, 'link')
      await writeFile(bed, target, utf8('kept'))
      await bed.settle(bed.link(target, link))
      await bed.settle(bed.link(join(bed.root, 'nowhere'), join(bed.root, 'dangling')))
      expect(await bed.settle(failureCode(bed.files.open(link, 'update')))).toBe('ELOOP')
      expect(await bed.settle(failureCode(bed.files.open(link, 'create')))).toBe('ELOOP')
      expect(await bed.settle(failureCode(bed.files.open(link, 'exclusive')))).toBe('EEXIST')
      expect(await bed.settle(failureCode(bed.files.open(join(bed.root, 'dangling'), 'create')))).toBe('ELOOP')
      expect(textOf(await readFile(bed, link))).toBe('kept')
      expect((await bed.settle(bed.files.stat(link)))?.kind).toBe('symlink')
      expect(await bed.settle(bed.files.realPath(link))).toBe(await bed.settle(bed.files.realPath(target)))
    }),
  )
}

function folders(create: Create): void {
  test(
    'stat tells what is there, or that nothing is',
    onBed(create, async (bed) => {
      await writeFile(bed, join(bed.root, 'f'), new Uint8Array(7))
      expect(await bed.settle(bed.files.stat(join(bed.root, 'f')))).toMatchObject({ kind: 'file', size: 7 })
      expect((await bed.settle(bed.files.stat(bed.root)))?.kind).toBe('directory')
      expect(await bed.settle(bed.files.stat(join(bed.root, 'nothing')))).toBeUndefined()
      expect(await bed.settle(bed.files.stat(join(bed.root, 'f', 'below a file')))).toBeUndefined()
      expect(await bed.settle(failureCode(bed.files.realPath(join(bed.root, 'nothing'))))).toBe('ENOENT')
    }),
  )
  test(
    'folders are made with their parents and listed',
    onBed(create, async (bed) => {
      const deep = join(bed.root, 'a', 'b', 'c')
      await bed.settle(bed.files.makeDirectory(deep))
      await bed.settle(bed.files.makeDirectory(deep))
      await writeFile(bed, join(deep, 'ünïcødé 文'), utf8('x'))
      expect(await bed.settle(bed.files.list(deep))).toEqual(['ünïcødé 文'])
      expect([...(await bed.settle(bed.files.list(bed.root)))]).toEqual(['a'])
      expect(await bed.settle(failureCode(bed.files.list(join(bed.root, 'nothing'))))).toBe('ENOENT')
      expect(await bed.settle(failureCode(bed.files.makeDirectory(join(deep, 'ünïcødé 文'))))).toBe('EEXIST')
      await bed.settle(bed.files.syncDirectory(deep))
    }),
  )
  test(
    'rename replaces what is at its goal',
    onBed(create, async (bed) => {
      const from = join(bed.root, 'from')
      const to = join(bed.root, 'to')
      await writeFile(bed, from, utf8('new'))
      await writeFile(bed, to, utf8('old'))
      await bed.settle(bed.files.rename(from, to))
      expect(textOf(await readFile(bed, to))).toBe('new')
      expect(await bed.settle(bed.files.list(bed.root))).toEqual(['to'])
      expect(await bed.settle(failureCode(bed.files.rename(from, to)))).toBe('ENOENT')
    }),
  )
  test(
    'remove takes a file or an empty folder, and never a full one',
    onBed(create, async (bed) => {
      const folder = join(bed.root, 'folder')
      await bed.settle(bed.files.makeDirectory(folder))
      await writeFile(bed, join(folder, 'f'), utf8('x'))
      expect(await bed.settle(failureCode(bed.files.remove(folder)))).toBe('ENOTEMPTY')
      await bed.settle(bed.files.remove(join(folder, 'f')))
      await bed.settle(bed.files.remove(folder))
      await bed.settle(bed.files.remove(folder))
      expect(await bed.settle(bed.files.list(bed.root))).toEqual([])
    }),
  )
  test(
    'an open file outlives its name',
    onBed(create, async (bed) => {
      const path = join(bed.root, 'f')
      await writeFile(bed, path, utf8('alive'))
      const file = await bed.settle(bed.files.open(path, 'read'))
      await bed.settle(bed.files.remove(path))
      const bytes = new Uint8Array(5)
      await bed.settle(file.read(bytes, 0))
      expect(textOf(bytes)).toBe('alive')
      await bed.settle(file.close())
    }),
  )
  test(
    'free space is known also for a folder that is not there yet',
    onBed(create, async (bed) => {
      expect(await bed.settle(bed.files.freeSpace(bed.root))).toBeGreaterThan(0)
      expect(await bed.settle(bed.files.freeSpace(join(bed.root, 'not', 'yet', 'made')))).toBeGreaterThan(0)
    }),
  )
}
