// bcoin, a full node of others, which tests and figures compare the chain with: installed on first use, into a folder of
// its own with its own lock, so that who only runs Shoal never downloads it. Nothing in it is compiled or run at install.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const bcoinFolder = resolve(import.meta.dirname, '../test/tools/bcoin')
const STAMP = join(bcoinFolder, 'node_modules/.installed')
const INSTALL_LIMIT_MS = 300_000

const lockDigest = () =>
  createHash('sha256')
    .update(readFileSync(join(bcoinFolder, 'package-lock.json')))
    .digest('hex')

/** Whether what the lock names is there. */
export function hasBcoin() {
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === lockDigest()
}

/** Installs it where it is not. @throws with the line to type where that fails */
export function ensureBcoin() {
  if (hasBcoin()) return
  process.stderr.write('Installing bcoin, a full node to compare with, into test/tools/bcoin (once, some 19 MB).\n')
  const { status, stderr, error } = spawnSync('npm', ['ci', '--ignore-scripts'], {
    cwd: bcoinFolder,
    encoding: 'utf8',
    timeout: INSTALL_LIMIT_MS,
    stdio: ['ignore', 'ignore', 'pipe'],
    shell: process.platform === 'win32',
  })
  if (status !== 0) {
    const why = error?.message ?? stderr.trim()
    throw new Error(
      `bcoin cannot be installed: ${why}\nInstall by hand: cd test/tools/bcoin && npm ci --ignore-scripts`,
    )
  }
  writeFileSync(STAMP, lockDigest())
}
