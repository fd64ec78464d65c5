import { execFileSync } from 'node:child_process'
import { stat, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type FilesBed, failureCode, testsOfFiles } from '../kernel/port-tests/index.ts'
import { createFileStore } from './files.ts'
import { temporaryFolder } from './test-folder.ts'

async function realBed(): Promise<FilesBed> {
  const folder = await temporaryFolder()
  return {
    files: createFileStore(),
    root: folder.path,
    link: (target, path) => symlink(target, path),
    settle: (promise) => promise,
    close: () => folder.remove(),
  }
}

testsOfFiles('the file system', realBed)

describe('the file system', () => {
  test('a named pipe neither holds up who opens it nor counts as a file', async () => {
    const bed = await realBed()
    const pipe = join(bed.root, 'pipe')
    execFileSync('mkfifo', [pipe])
    expect((await bed.files.stat(pipe))?.kind).toBe('other')
    const file = await bed.files.open(pipe, 'read')
    expect((await file.stat()).kind).toBe('other')
    await file.close()
    await bed.close()
  })

  test('a secret is readable by its owner alone', async () => {
    const bed = await realBed()
    const path = join(bed.root, 'key')
    await (await bed.files.open(path, 'secret')).close()
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await failureCode(bed.files.open(path, 'secret'))).toBe('EEXIST')
    await bed.close()
  })

  test('a file larger than 4 GiB is read and written at its end, and takes no room before it', async () => {
    const bed = await realBed()
    const file = await bed.files.open(join(bed.root, 'large'), 'exclusive')
    const position = 5 * 1024 ** 3
    await file.write(new Uint8Array([1, 2, 3]), position)
    const bytes = new Uint8Array(4)
    expect(await file.read(bytes, position - 1)).toBe(4)
    expect([...bytes]).toEqual([0, 1, 2, 3])
    await file.close()
    await bed.close()
  })

  test('a full disk is told by its code', async () => {
    const file = await createFileStore().open('/dev/full', 'update')
    expect(await failureCode(file.write(new Uint8Array(10), 0))).toBe('ENOSPC')
    await file.close()
  })
})
