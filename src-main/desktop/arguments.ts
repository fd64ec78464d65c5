import { isAbsolute, resolve } from 'node:path'
import { parseArgs } from 'node:util'

/** What the window is started with: `shoal-window [--profile DIR] [--offline] [FILE.torrent …]`. */
export interface WindowArguments {
  readonly profile: string | undefined
  readonly offline: boolean
  /** Absolute paths of .torrent files to open. */
  readonly files: readonly string[]
}

const MAX_OPENED_FILES = 100

/** Reads our own arguments and passes over Chromium's and Electron's switches. Nothing in it is trusted to be a path that exists. */
export function readArguments(argv: readonly string[], workingDirectory: string): WindowArguments {
  const { values, positionals } = parseArgs({
    args: [...argv],
    options: { profile: { type: 'string' }, offline: { type: 'boolean' } },
    strict: false,
    allowPositionals: true,
  })
  const absolute = (path: string) => (isAbsolute(path) ? path : resolve(workingDirectory, path))
  return {
    profile: typeof values.profile === 'string' && values.profile !== '' ? absolute(values.profile) : undefined,
    offline: values.offline === true,
    files: positionals
      .filter((path) => path.toLowerCase().endsWith('.torrent'))
      .slice(0, MAX_OPENED_FILES)
      .map(absolute),
  }
}
