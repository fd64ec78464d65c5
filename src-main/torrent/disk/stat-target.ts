import type { FileStore } from '../../kernel/files.ts'
import type { SeenFile } from '../../storage/resume-repository.ts'

/**
 * Size and time of the file at `path`, through a symbolic link if someone put one there (it is then read, never
 * written). Undefined where there is no file. @throws the system's error where it cannot be told
 */
export async function statTarget(files: FileStore, path: string): Promise<SeenFile | undefined> {
  let stat = await files.stat(path)
  if (stat?.kind === 'symlink') stat = await files.stat(await files.realPath(path))
  return stat?.kind === 'file' ? { size: stat.size, modifiedMs: stat.modifiedMs } : undefined
}
