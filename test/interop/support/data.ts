/** What is shared in these tests, and how copies are compared. */
import { createCipheriv } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect } from 'vitest'

/** Bytes that look random and repeat by `salt`. */
export function content(length: number, salt: number): Uint8Array {
  const iv = Buffer.alloc(16)
  iv.writeUInt32BE(salt)
  return createCipheriv('aes-128-ctr', Buffer.alloc(16), iv).update(Buffer.alloc(length))
}

/** One file, with a short last piece. */
export async function singleFile(folder: string, length = 5 * 1024 * 1024 + 12_345): Promise<string> {
  const path = join(folder, 'original', 'a single file.bin')
  await write(path, content(length, 1))
  return path
}

const PIECE = 64 * 1024

/** Files that begin and end inside pieces, one of exactly a piece, small ones, names of other scripts, an empty one. */
export async function manyFiles(folder: string): Promise<string> {
  const root = join(folder, 'original', 'An album')
  const files: Readonly<Record<string, number>> = {
    'cover.jpg': 45_678,
    'disc 1/01 – Überfahrt.flac': 2 * 1024 * 1024 + 1,
    'disc 1/02 鯨.flac': 1024 * 1024 - 1,
    'disc 1/booklet/page.txt': 1,
    'disc 2/exactly one piece.bin': PIECE,
    'disc 2/last.flac': 777_777,
    'notes/empty.txt': 0,
  }
  for (const [index, [name, length]] of Object.entries(files).entries())
    await write(join(root, name), content(length, 100 + index))
  return root
}

async function write(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, bytes)
}

/** Relative paths of all files under a folder, sorted; `''` alone for a file. */
async function filesUnder(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => undefined)
  if (!entries) return ['']
  const files = entries.filter((entry) => entry.isFile())
  return files.map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1)).sort()
}

/** Fails unless both hold the same files with the same bytes. @param without files that the copy need not have */
export async function expectSame(original: string, copy: string, without: readonly string[] = []): Promise<void> {
  const names = (await filesUnder(original)).filter((name) => !without.includes(name))
  expect(await filesUnder(copy)).toEqual(names)
  for (const name of names) {
    const [a, b] = await Promise.all([readFile(join(original, name)), readFile(join(copy, name))])
    expect(b.equals(a), `${name || copy} is the same`).toBe(true)
  }
}
