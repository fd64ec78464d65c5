/**
 * Item 4 of Electron's security list with Chromium's real sandbox, which root does not get: as an unprivileged user, with
 * copies of runtime and app that this user can read.
 */
import { chmodSync, chownSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { _electron, type ElectronApplication } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { electronRuntime, runtimeEnv } from '../../scripts/electron-runtime.mjs'
import { removeFolders, root, temporaryFolder } from './window.ts'

/** `nobody` everywhere. */
const NOBODY = 65_534

let app: ElectronApplication
beforeAll(async () => {
  const folder = temporaryFolder('sandbox')
  chmodSync(folder, 0o755)
  const runtime = await electronRuntime()
  cpSync(runtime.dir, join(folder, 'electron'), { recursive: true })
  copyApp(join(folder, 'app'))
  const home = join(folder, 'home')
  mkdirSync(home)
  const env = await runtimeEnv(runtime)
  const binding = env.BETTER_SQLITE3_BINDING && copied(env.BETTER_SQLITE3_BINDING, folder)
  const authority = process.env.XAUTHORITY && copied(process.env.XAUTHORITY, home)
  const program = join(folder, 'electron', basename(runtime.exe))
  const asNobody = process.getuid?.() === 0 ? `setpriv --reuid ${NOBODY} --regid ${NOBODY} --clear-groups ` : ''
  const start = join(folder, 'start.sh')
  writeFileSync(start, `#!/bin/sh\nexec ${asNobody}'${program}' "$@"\n`, { mode: 0o755 })
  if (asNobody) for (const path of [home, authority]) if (path) chownSync(path, NOBODY, NOBODY)
  app = await _electron.launch({
    executablePath: start,
    chromiumSandbox: true,
    args: ['--disable-gpu', join(folder, 'app'), '--profile', join(home, 'profile'), '--offline'],
    env: {
      PATH: process.env.PATH ?? '',
      HOME: home,
      DISPLAY: process.env.DISPLAY ?? '',
      ...(authority ? { XAUTHORITY: authority } : {}),
      ...(binding ? { BETTER_SQLITE3_BINDING: binding } : {}),
    },
  })
})
afterAll(async () => {
  await app?.close()
  removeFolders()
})

function copied(file: string, folder: string): string {
  const to = join(folder, basename(file))
  cpSync(file, to)
  return to
}

/** What runs: the build and the one module that is not in it. */
function copyApp(to: string): void {
  cpSync(join(root, 'out'), join(to, 'out'), { recursive: true })
  cpSync(join(root, 'package.json'), join(to, 'package.json'))
  cpSync(join(root, 'node_modules/better-sqlite3'), join(to, 'node_modules/better-sqlite3'), { recursive: true })
}

test('4 the page’s process is in the operating system’s sandbox: system calls filtered, in namespaces of its own', async () => {
  const page = await app.firstWindow()
  await page.getByRole('heading', { name: 'Welcome to Shoal' }).waitFor()
  const [main, renderer] = await app.evaluate(({ BrowserWindow }) => [
    process.pid,
    BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId() as number,
  ])
  const status = (pid: number | undefined, field: string) =>
    new RegExp(`^${field}:\\s*(.*)$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  expect(status(main, 'Uid')).not.toMatch(/^0\b/)
  expect(status(main, 'Seccomp')).toBe('0')
  expect(status(renderer, 'Seccomp')).toBe('2')
  expect(status(renderer, 'NoNewPrivs')).toBe('1')
  expect(status(renderer, 'NSpid')?.split(/\s+/).length).toBeGreaterThan(1)
})
