import { isAbsolute, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type NetworkName, networkName } from '#shared/contract/chain.ts'
import { isMagnetLink, isTorrentFile, MAX_OPENED, type Opened } from './opened-files.ts'

/** What the window is started with: `shoal-window [--profile DIR] [--offline] [--network main|test|local] [FILE.torrent | MAGNET …]`. */
export interface WindowArguments {
  readonly profile: string | undefined
  readonly offline: boolean
  /** Of the chain, for this run; undefined for what the settings say. */
  readonly network: NetworkName | undefined
  /** .torrent files, as absolute paths, and magnet links. */
  readonly opened: Opened
}

/** Reads our own arguments and passes over Chromium's and Electron's switches. Nothing in it is trusted to be a path that exists. */
export function readArguments(argv: readonly string[], workingDirectory: string): WindowArguments {
  const { values, positionals } = parseArgs({
    args: [...argv],
    options: { profile: { type: 'string' }, offline: { type: 'boolean' }, network: { type: 'string' } },
    strict: false,
    allowPositionals: true,
  })
  const absolute = (path: string) => (isAbsolute(path) ? path : resolve(workingDirectory, path))
  return {
    profile: typeof values.profile === 'string' && values.profile !== '' ? absolute(values.profile) : undefined,
    offline: values.offline === true,
    network: networkName.safeParse(values.network).data,
    opened: {
      paths: positionals
        .filter((text) => !isMagnetLink(text))
        .map(pathOf)
        .filter((path) => path !== '')
        .map(absolute)
        .filter(isTorrentFile)
        .slice(0, MAX_OPENED),
      magnets: positionals.filter(isMagnetLink).slice(0, MAX_OPENED),
    },
  }
}

/** A desktop may hand files over as `file:` addresses, for it may hand over links as well. */
function pathOf(text: string): string {
  if (!text.startsWith('file:')) return text
  try {
    return fileURLToPath(text)
  } catch {
    return ''
  }
}
