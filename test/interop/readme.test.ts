/**
 * Every command of the README, as it stands there, from the repository's folder, with a home of its own. Those that go on
 * until Ctrl-C are started in the order of the text and ended at the end. `npm ci` and `npm test` are what CI runs.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const commands = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block]) =>
  (block as string).trim().split('\n'),
)
const run = promisify(execFile)

/** Executed by CI itself, of which this test is a part. */
const BY_CI = ['npm ci && npm test']
/** Takes ten minutes and 2 GiB; `bench` has a short form for this. */
const SHORTENED: Readonly<Record<string, string>> = {
  'npm ci && npm start': 'npm start',
  'npm run bench -- create transfer': 'npm run bench -- create --mebibytes 16 --runs 1',
}
const STAYS = /-- (tracker|seed|daemon) /

let home: string
const started: ChildProcess[] = []
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'shoal-readme-'))
  mkdirSync(join(home, 'Pictures/Holiday'), { recursive: true })
  mkdirSync(join(home, 'Downloads'))
  for (let i = 0; i < 5; i++) writeFileSync(join(home, `Pictures/Holiday/${i}.jpg`), Buffer.alloc(100_000 + i, `${i}-`))
})
afterAll(() => {
  // One that has ended early must not keep the others running.
  for (const { pid, exitCode } of started) if (pid !== undefined && exitCode === null) process.kill(-pid, 'SIGTERM')
  rmSync(home, { recursive: true, force: true })
})

const environment = () => {
  const { DISPLAY: _display, WAYLAND_DISPLAY: _wayland, ...others } = process.env
  return { ...others, HOME: home, INIT_CWD: root, npm_config_cache: join(tmpdir(), 'shoal-readme-npm') }
}

/** Resolves with the first text on stdout; the program goes on. */
function firstWords(command: string): Promise<string> {
  const child = spawn('sh', ['-c', command], {
    cwd: root,
    env: environment(),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.push(child)
  return new Promise((settle, reject) => {
    let complaint = ''
    child.stdout.once('data', (chunk) => settle(String(chunk)))
    child.stderr.on('data', (chunk) => {
      complaint += chunk
    })
    child.once('exit', (code) => reject(new Error(`${command} ended with ${code}: ${complaint}`)))
  })
}

describe('the README', () => {
  test('names commands, and CI runs those that are left to it', () => {
    expect(commands.length).toBeGreaterThan(12)
    const ci = readFileSync(join(root, '.ci/run'), 'utf8')
    for (const command of BY_CI)
      for (const part of command.split(' && ')) expect(ci).toMatch(new RegExp(`^${part}$`, 'm'))
  })

  test.each(commands.filter((command) => !BY_CI.includes(command)))('%s', async (command) => {
    if (STAYS.test(command)) expect(await firstWords(command)).not.toBe('')
    else {
      const { stdout } = await run('sh', ['-c', SHORTENED[command] ?? command], {
        cwd: root,
        env: environment(),
        timeout: 100_000,
      })
      expect(stdout).not.toBe('')
    }
  })
})
