// Builds out/ when a source is newer than it, so that no command ever runs yesterday's code.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '..')
const STAMP = join(root, 'out', '.built')
const INPUTS = [
  'scripts/mining-kernels.mjs',
  'src-main',
  'src-native',
  'src-shared',
  'src-preload',
  'src-renderer',
  'resources',
  'package.json',
  'package-lock.json',
  'electron.vite.config.ts',
]

function newest(path) {
  const stat = statSync(path)
  if (!stat.isDirectory()) return /\.test\.tsx?$/.test(path) ? 0 : stat.mtimeMs
  return readdirSync(path).reduce((time, name) => Math.max(time, newest(join(path, name))), 0)
}

export function isStale() {
  if (!existsSync(STAMP)) return true
  const built = statSync(STAMP).mtimeMs
  return INPUTS.map((name) => join(root, name)).some((path) => existsSync(path) && newest(path) > built)
}

/** Builds with electron-vite unless out/ is fresh. Ends the process where the build fails. */
export function buildIfStale() {
  if (!isStale()) return
  const started = new Date()
  process.stderr.write('Building Shoal (a few seconds, only after a change) ...\n')
  const result = spawnSync(process.execPath, [join(root, 'node_modules/electron-vite/bin/electron-vite.js'), 'build'], {
    cwd: root,
    encoding: 'utf8',
  })
  if (result.status !== 0) {
    process.stderr.write(`${result.stdout}${result.stderr}\nThe build failed; see above.\n`)
    process.exit(1)
  }
  writeFileSync(STAMP, started.toISOString())
}
