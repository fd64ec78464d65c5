import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface TemporaryFolder {
  /** Absolute path, links resolved; only its owner can enter it. */
  readonly path: string
  /** Removes it with everything in it. */
  remove(): Promise<void>
}

/** Makes a new folder for what need not outlive this run. */
export async function temporaryFolder(): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(await realpath(tmpdir()), 'shoal-'))
  return { path, remove: () => removeFolder(path) }
}

/** Removes a folder of our own with everything in it; nothing where there is none. */
export async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 3 })
}
