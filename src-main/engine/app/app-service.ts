/** The service `app`: what the status bar shows, and what only a window can do. */
import type { AppStatus, app as appContract } from '#shared/contract/app.ts'
import type { HandlersOf } from '#shared/contract/service.ts'
import { codeOf } from '../../kernel/errors.ts'
import type { FileStore } from '../../kernel/files.ts'
import type { AppShell } from './shell.ts'

export interface AppServiceOptions {
  readonly version: string
  readonly profile: string
  readonly platform: string
  readonly offline: boolean
  readonly shell: AppShell
  readonly files: FileStore
  readonly status: () => AppStatus
  readonly watchStatus: (changed: () => void) => () => void
  /** The file or folder that a torrent's data stands in. @throws where the torrent is not in the list */
  readonly placeOf: (infoHash: string) => string
}

export function appService(options: AppServiceOptions): HandlersOf<typeof appContract> {
  const { shell, files, version, profile, platform, offline } = options
  // Not 0: files that were given at the start wait already.
  let opened = 1
  return {
    info: async () => ({ version, profile, platform, offline }),
    inspectFolder: ({ path }) => inspectFolder(files, path),
    chooseFolder: async ({ title, start }) => chosen(await shell.chooseFolder(title, start)),
    chooseFile: async ({ title }) => chosen(await shell.chooseFile(title)),
    chooseTorrentFile: async () => chosen(await shell.chooseTorrentFile()),
    chooseSavePath: async ({ title, name }) => chosen(await shell.chooseSavePath(title, name)),
    saveText: async ({ title, name, text }) => chosen(await shell.saveText(title, name, text)),
    showTorrentFolder: async ({ id }) => {
      await shell.showInFolder(options.placeOf(id))
      return undefined
    },
    openProfile: async ({ profile: other }) => {
      await shell.openProfile(other)
      return undefined
    },
    openExternal: async ({ url }) => {
      await shell.openExternal(url)
      return undefined
    },
    takeOpened: async () => shell.takeOpened(),
    readClipboard: async () => ({ text: await shell.readClipboard() }),
    quit: async () => {
      shell.quit()
      return undefined
    },
    status: { read: () => [options.status()], watch: (_args, changed) => options.watchStatus(changed) },
    opened: {
      read: () => [{ count: opened }],
      watch: (_args, changed) =>
        shell.watchOpened(() => {
          opened++
          changed()
        }),
    },
  }
}

function chosen(path: string | undefined): { path?: string } {
  return path === undefined ? {} : { path }
}

/** Free bytes, and whether a file can be made there: only trying tells (permissions, read-only mounts, quotas). */
async function inspectFolder(files: FileStore, path: string): Promise<{ free: number; writable: boolean }> {
  const free = await files.freeSpace(path).catch(() => 0)
  const probe = `${path}/.shoal-write-test`
  try {
    const stat = await files.stat(path)
    if (stat && stat.kind !== 'directory') return { free, writable: false }
    if (!stat) return { free, writable: free > 0 }
    const handle = await files.open(probe, 'exclusive')
    await handle.close()
    await files.remove(probe)
    return { free, writable: true }
  } catch (error) {
    return { free, writable: codeOf(error) === 'EEXIST' }
  }
}
