import { homedir } from 'node:os'
import { join } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/** Where the platform keeps an application's data: one folder for the window and the command line. */
export function defaultProfile(
  platform: string = process.platform,
  env: Environment = process.env,
  home = homedir(),
): string {
  if (platform === 'win32') return join(env.APPDATA ?? join(home, 'AppData', 'Roaming'), 'Shoal')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Shoal')
  return join(absolute(env.XDG_CONFIG_HOME) ?? join(home, '.config'), 'shoal')
}

/** Where new torrents go until a person says otherwise. */
export function defaultDownloadFolder(env: Environment = process.env, home = homedir()): string {
  return absolute(env.XDG_DOWNLOAD_DIR) ?? join(home, 'Downloads')
}

/** The XDG specification ignores relative paths. */
function absolute(path: string | undefined): string | undefined {
  return path?.startsWith('/') ? path : undefined
}
