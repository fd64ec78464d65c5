/**
 * Item 4 of Electron's security list with Chromium's real sandbox, which root does not get: as an unprivileged user, with
 * copies of runtime and app that this user can read.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, chownSync, cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { electronRuntime, runtimeEnv } from '../../scripts/electron-runtime.mjs'
import { appears, removeFolders, root, temporaryFolder } from './window.ts'

/** `nobody` everywhere. */
const NOBODY = 65_534

let window: ChildProcess
let profile: string
beforeAll(async () => {
  const folder = temporaryFolder('sandbox')
  chmodSync(folder, 0o755)
  const runtime = await electronRuntime()
  cpSync(runtime.dir, join(folder, 'electron'), { recursive: true })
  copyApp(join(folder, 'app'))
  const home = join(folder, 'home')
  profile = join(home, 'profile')
  mkdirSync(profile, { recursive: true })
  const env = await runtimeEnv(runtime)
  const binding = env.BETTER_SQLITE3_BINDING && copied(env.BETTER_SQLITE3_BINDING, folder)
  const authority = process.env.XAUTHORITY && copied(process.env.XAUTHORITY, home)
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
  if ('uid' in user) for (const path of [home, profile, authority]) if (path) chownSync(path, NOBODY, NOBODY)
  const args = ['--disable-gpu', join(folder, 'app'), '--profile', profile, '--offline']
  window = spawn(join(folder, 'electron', basename(runtime.exe)), args, {
    ...user,
    stdio: 'ignore',
    env: {
      PATH: process.env.PATH,
      HOME: home,
      DISPLAY: process.env.DISPLAY,
      ...(authority ? { XAUTHORITY: authority } : {}),
      ...(binding ? { BETTER_SQLITE3_BINDING: binding } : {}),
    },
  })
})
afterAll(async () => {
  const ended = new Promise((resolve) => window?.on('exit', resolve))
  window?.kill('SIGTERM')
  await ended
  removeFolders()
})

function copied(file: string, folder: string): string {
  const to = join(folder, basename(file))
  cpSync(file, to)
  return to
}

/** What is not in the build: the modules with binaries, and what finds them. */
const MODULES = ['better-sqlite3', 'secp256k1', 'node-gyp-build']

/** What runs. */
function copyApp(to: string): void {
  cpSync(join(root, 'out'), join(to, 'out'), { recursive: true })
  cpSync(join(root, 'package.json'), join(to, 'package.json'))
  for (const name of MODULES)
    cpSync(join(root, 'node_modules', name), join(to, 'node_modules', name), { recursive: true })
}

/** Processes that have this one as parent or further up, with their command lines. */
function descendants(pid: number): { pid: number; command: string }[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
  const children = all.filter((child) => Number(statusOf(child, 'PPid')) === pid)
  return children.flatMap((child) => [{ pid: child, command: commandOf(child) }, ...descendants(child)])
}

/** A field of /proc/PID/status; undefined for a process that is gone. */
function statusOf(pid: number, field: string): string | undefined {
  try {
    return new RegExp(`^${field}:\\s*(.*)$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  } catch {
    return undefined
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return ''
  }
}

test('4 the page’s process is in the operating system’s sandbox: system calls filtered, in namespaces of its own', async () => {
  // The engine answers on its socket; the window was asked for before it.
  await appears(profile, 'shoal.sock')
  const main = window.pid as number
  const renderer = descendants(main).find(({ command }) => command.includes('--type=renderer'))?.pid ?? 0
  expect(statusOf(main, 'Uid')).not.toMatch(/^0\b/)
  expect(statusOf(main, 'Seccomp')).toBe('0')
  expect(statusOf(renderer, 'Seccomp')).toBe('2')
  expect(statusOf(renderer, 'NoNewPrivs')).toBe('1')
  expect(statusOf(renderer, 'NSpid')?.split(/\s+/).length).toBeGreaterThan(1)
})
