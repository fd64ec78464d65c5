/**
 * Lists what goes into a new .torrent, before anything is hashed.
 *
 * Files are in the order of their path's UTF-8 bytes, so that the same folder gives the same info-hash everywhere. Empty
 * files are kept, empty folders are not. Symbolic links and special files inside are not followed but counted; the path
 * that was chosen may itself be a link. A name that reading the torrent would have to change on this platform is refused:
 * its maker could not seed it.
 *
 * Limits: 200,000 files, 64 folders deep (those of reading).
 */
import { basename, join } from 'node:path'
import { compareBytes, utf8 } from '../../kernel/bytes.ts'
import { codeOf } from '../../kernel/errors.ts'
import type { FileStat, FileStore } from '../../kernel/files.ts'
import { CreationError } from './creation-error.ts'
import { MAX_FILES } from './parse.ts'
import { MAX_PATH_DEPTH, safeElement, safePaths } from './safe-paths.ts'

/** A file that goes into the torrent. */
export interface PlannedFile {
  /** Where it is on this machine. */
  readonly path: string
  /** Its path in the torrent, below the torrent's folder; empty for a torrent of one file. */
  readonly elements: readonly string[]
  readonly length: number
  readonly modifiedMs: number
}

export interface CreationPlan {
  /** The file or folder that was chosen, links resolved. */
  readonly root: string
  readonly name: string
  readonly multiFile: boolean
  readonly files: readonly PlannedFile[]
  readonly totalLength: number
  /** Symbolic links and special files that were left out. */
  readonly skipped: number
}

export interface ScanRequest {
  /** Absolute path of a file or folder. */
  readonly path: string
  readonly platform: NodeJS.Platform
  readonly signal?: AbortSignal
}

/** @throws CreationError */
export async function scanForCreation(
  files: FileStore,
  { path, platform, signal }: ScanRequest,
): Promise<CreationPlan> {
  const name = basename(path)
  if (name === '') throw new CreationError({ code: 'NO_NAME', path })
  const root = await reading(path, () => resolved(files, path))
  const stat = await statOf(files, root)
  if (stat.kind === 'other') throw new CreationError({ code: 'NOT_A_FILE_OR_FOLDER', path })
  const multiFile = stat.kind === 'directory'
  const walk = new Walk(files, root, signal)
  if (multiFile) await walk.folder(root, [])
  else walk.found.push({ path: root, elements: [], length: stat.size, modifiedMs: stat.modifiedMs })
  const listed = inOrder(walk.found)
  const totalLength = listed.reduce((sum, file) => sum + file.length, 0)
  if (listed.length === 0) throw new CreationError({ code: 'NO_FILES', path })
  if (totalLength === 0) throw new CreationError({ code: 'NO_DATA', path })
  refuseUnsafeName(name, path, platform)
  if (multiFile) refuseUnsafePaths(root, listed, platform)
  return { root, name, multiFile, files: listed, totalLength, skipped: walk.skipped }
}

class Walk {
  readonly found: PlannedFile[] = []
  skipped = 0
  private readonly files: FileStore
  private readonly root: string
  private readonly signal: AbortSignal | undefined

  constructor(files: FileStore, root: string, signal: AbortSignal | undefined) {
    this.files = files
    this.root = root
    this.signal = signal
  }

  /** Recurses at most `MAX_PATH_DEPTH` deep. */
  async folder(path: string, elements: readonly string[]): Promise<void> {
    if (elements.length >= MAX_PATH_DEPTH) throw new CreationError({ code: 'TOO_DEEP', path, limit: MAX_PATH_DEPTH })
    const names = await reading(path, () => this.files.list(path))
    for (const name of names) {
      if (this.signal?.aborted) throw new CreationError({ code: 'CANCELLED' })
      const inner = join(path, name)
      const stat = await statOf(this.files, inner)
      if (stat.kind === 'directory') await this.folder(inner, [...elements, name])
      else if (stat.kind === 'file') this.add(inner, [...elements, name], stat)
      else this.skipped += 1
    }
  }

  private add(path: string, elements: readonly string[], stat: FileStat): void {
    if (this.found.length >= MAX_FILES) {
      throw new CreationError({ code: 'TOO_MANY_FILES', path: this.root, limit: MAX_FILES })
    }
    this.found.push({ path, elements, length: stat.size, modifiedMs: stat.modifiedMs })
  }
}

async function resolved(files: FileStore, path: string): Promise<string> {
  const stat = await files.stat(path)
  if (stat === undefined) throw new CreationError({ code: 'NOT_FOUND', path })
  return stat.kind === 'symlink' ? files.realPath(path) : path
}

async function statOf(files: FileStore, path: string): Promise<FileStat> {
  const stat = await reading(path, () => files.stat(path))
  if (stat === undefined) throw new CreationError({ code: 'UNREADABLE', path, cause: 'ENOENT' })
  return stat
}

async function reading<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof CreationError) throw error
    throw new CreationError({ code: 'UNREADABLE', path, cause: codeOf(error) }, { cause: error })
  }
}

function inOrder(found: readonly PlannedFile[]): PlannedFile[] {
  return found
    .map((file) => ({ file, key: utf8(file.elements.join('/')) }))
    .sort((a, b) => compareBytes(a.key, b.key))
    .map(({ file }) => file)
}

function refuseUnsafeName(name: string, path: string, platform: NodeJS.Platform): void {
  const suggestion = safeElement(name, platform)
  if (suggestion !== name) throw new CreationError({ code: 'UNSAFE_NAME', path, suggestion })
}

function refuseUnsafePaths(root: string, files: readonly PlannedFile[], platform: NodeJS.Platform): void {
  const { paths, renamed } = safePaths(files, platform)
  if (renamed === 0) return
  for (const [i, { elements }] of files.entries()) {
    const at = elements.findIndex((element, depth) => element !== paths[i]?.[depth])
    if (at < 0) continue
    const path = join(root, ...elements.slice(0, at + 1))
    throw new CreationError({ code: 'UNSAFE_NAME', path, suggestion: paths[i]?.[at] as string })
  }
}
