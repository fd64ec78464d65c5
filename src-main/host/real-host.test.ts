import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { codeOf } from '../kernel/errors.ts'
import { failureCode, StreamProbe } from '../kernel/port-tests/index.ts'
import { createHost } from './real-host.ts'
import { sourceKernels, sourceScripts } from './source-scripts.ts'
import { temporaryFolder } from './test-folder.ts'

test('the parts of the host stand behind one gate, and end together', async () => {
  const lines: string[] = []
  const sink = { write: (line: string) => lines.push(line), close: () => lines.push('closed') }
  const host = createHost({
    scripts: sourceScripts,
    miningKernels: sourceKernels,
    log: { level: 'info', format: 'text', sink },
    networkPolicy: { mode: 'local-only', allowedHosts: [] },
  })
  const probe = new StreamProbe()
  host.streams.connect({ host: '192.0.2.1', port: 1 }, probe, { timeout: 1_000 })
  await probe.untilEvent('closed')
  expect(codeOf(probe.error)).toBe('OFFLINE')
  expect(await failureCode(host.resolver.resolve('tracker.test'))).toBe('OFFLINE')
  expect(await failureCode(host.http.get({ url: 'http://192.0.2.1/', timeout: 1_000, maxBytes: 1 }))).toBe('OFFLINE')
  const { digest } = await host.hasher.sha1(new Uint8Array(0))
  expect(Buffer.from(digest).toString('hex')).toBe('da39a3ee5e6b4b0d3255bfef95601890afd80709')
  expect(host.random.bytes(4)).toHaveLength(4)
  host.log.write('info', 'up')
  await host.close()
  expect(await failureCode(host.hasher.sha1(new Uint8Array(0)))).toBe('CLOSED')
  expect(lines).toEqual([expect.stringContaining('up'), 'closed'])
})

test('the trash keeps what was moved there, under a name taken literally', async () => {
  const folder = await temporaryFolder()
  // The package looks for the trash's place when it is first loaded: on the file system of the home folder, under its data.
  vi.stubEnv('HOME', folder.path)
  vi.stubEnv('XDG_DATA_HOME', join(folder.path, 'data'))
  const { createTrash } = await import('./trash.ts')
  const victim = join(folder.path, 'a folder [x]*')
  mkdirSync(victim)
  writeFileSync(join(victim, 'precious'), 'kept')
  writeFileSync(join(folder.path, 'a folder x'), 'not meant')
  await createTrash().move(victim)
  vi.unstubAllEnvs()
  expect(existsSync(victim)).toBe(false)
  expect(existsSync(join(folder.path, 'a folder x'))).toBe(true)
  const kept = readdirSync(join(folder.path, 'data', 'Trash', 'files'), { recursive: true }).map(String)
  expect(kept.filter((path) => path.endsWith('precious'))).toHaveLength(1)
  await folder.remove()
})
