import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** For tests: a new temporary folder, and what removes it. */
export async function temporaryFolder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(await realpath(tmpdir()), 'shoal-test-'))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}
