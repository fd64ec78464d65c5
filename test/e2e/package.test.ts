/** The packaged app: its fuses (item 19 of Electron's security list), and that it runs from its archive. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { electronRuntime, runtimeEnv } from '../../scripts/electron-runtime.mjs'
import { appears, removeFolders, root, temporaryFolder } from './window.ts'

const program = join(root, 'dist/linux-unpacked/shoal-window')
const ON = '1'.charCodeAt(0)
let window: ChildProcess | undefined
let env: NodeJS.ProcessEnv

beforeAll(async () => {
  env = (await runtimeEnv(await electronRuntime())) as NodeJS.ProcessEnv
  execFileSync(
    process.execPath,
    [join(root, 'node_modules/electron-builder/cli.js'), '--linux', 'dir', '--config', 'electron-builder.config.mjs'],
    { cwd: root, env, stdio: 'pipe' },
  )
})
afterAll(() => {
  window?.kill('SIGKILL')
  removeFolders()
})

test('19 fuses: no Node mode, no Node options, no inspector, encrypted cookies, only from the checked archive', async () => {
  const fuses = await getCurrentFuseWire(program)
  const on = (option: FuseV1Options) => fuses[option] === ON
  expect({
    runAsNode: on(FuseV1Options.RunAsNode),
    nodeOptions: on(FuseV1Options.EnableNodeOptionsEnvironmentVariable),
    inspect: on(FuseV1Options.EnableNodeCliInspectArguments),
    cookieEncryption: on(FuseV1Options.EnableCookieEncryption),
    asarIntegrity: on(FuseV1Options.EnableEmbeddedAsarIntegrityValidation),
    onlyAsar: on(FuseV1Options.OnlyLoadAppFromAsar),
    fileProtocol: on(FuseV1Options.GrantFileProtocolExtraPrivileges),
  }).toEqual({
    runAsNode: false,
    nodeOptions: false,
    inspect: false,
    cookieEncryption: true,
    asarIntegrity: true,
    onlyAsar: true,
    fileProtocol: false,
  })
})

test('the packaged app starts its engine and answers the command line', async () => {
  const profile = join(temporaryFolder('packaged'), 'profile')
  mkdirSync(profile)
  const started = spawn(
    program,
    ['--disable-gpu', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--profile', profile, '--offline'],
    {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  window = started
  let said = ''
  for (const stream of [started.stdout, started.stderr]) stream.on('data', (chunk) => (said += chunk))
  const ended = new Promise<number | null>((resolve) => started.on('exit', resolve))
  await Promise.race([ended.then(() => Promise.reject(new Error(`it ended: ${said}`))), appears(profile, 'shoal.sock')])
  const shoal = (...args: string[]) => {
    const line = [join(root, 'out/main/cli.js'), ...args, '--profile', profile, '--json']
    const said = execFileSync(process.execPath, line, { encoding: 'utf8' })
    return JSON.parse(said.trim().split('\n').at(-1) as string) as Record<string, unknown>
  }
  expect(shoal('settings', 'get')).toMatchObject({ event: 'done', networkConsent: 'unasked' })
  // The process that holds the keys runs from the archive too.
  const password = join(profile, '..', 'password')
  writeFileSync(password, 'correct horse battery')
  const { words, address } = shoal('wallet', 'create', '--password-file', password)
  expect([String(words).split(' ').length, String(address).slice(0, 4)]).toEqual([12, 'shl1'])
  started.kill('SIGTERM')
  await ended
  window = undefined
})
