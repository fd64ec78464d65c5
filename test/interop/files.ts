/** For tests: folders of made-up data on the real disk. */
import { createCipheriv, createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, mkdtemp, open, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'

const CHUNK = 8 * 1024 * 1024

/** For the top of a test file: calls `made` with a folder for its tests before them, and removes it after them. */
export function withWorkFolder(name: string, made: (folder: string) => Promise<void>): void {
  let folder: string | undefined
  beforeAll(async () => {
    folder = await mkdtemp(join(await realpath(tmpdir()), `shoal-${name}-`))
    await made(folder)
  })
  afterAll(async () => {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true })
  })
}

/** Writes `size` bytes that do not repeat, the same for the same seed. */
export async function writeData(path: string, size: number, seed: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const stream = createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16))
  const zeros = Buffer.alloc(Math.min(CHUNK, size))
  const file = await open(path, 'w')
  try {
    for (let left = size; left > 0; left -= zeros.length)
      await file.write(stream.update(zeros.subarray(0, Math.min(left, zeros.length))))
  } finally {
    await file.close()
  }
}

export async function writeText(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}

export async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
