import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isRunning, ownIdentity } from './process-identity.ts'
import { lockProfile, profileOwner } from './profile-lock.ts'
import { temporaryFolder } from './test-folder.ts'

const MODULE = new URL('./profile-lock.ts', import.meta.url).href

/** Another process that takes the profile and says `held`, or the code of the refusal; it stays until killed. */
function contender(folder: string): { readonly child: ChildProcess; readonly said: Promise<string> } {
  const script = `
    import { lockProfile } from ${JSON.stringify(MODULE)}
    try { lockProfile(${JSON.stringify(folder)}); console.log('held'); setInterval(() => {}, 1000) }
    catch (error) { console.log(error.code) }`
  const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const said = once(child.stdout as NodeJS.ReadableStream, 'data').then(([text]) => String(text).trim())
  return { child, said }
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

test('a profile is held once, and again after its release', async () => {
  const folder = await temporaryFolder()
  const profile = join(folder.path, 'profile')
  const lock = lockProfile(profile)
  expect(statSync(profile).mode & 0o777).toBe(0o700)
  expect(profileOwner(profile)).toEqual(ownIdentity())
  expect(() => lockProfile(profile)).toThrow(
    expect.objectContaining({
      code: 'PROFILE_IN_USE',
      message: expect.stringMatching(`process ${process.pid}\\. .*--profile`),
    }),
  )
  lock.release()
  lock.release()
  expect(profileOwner(profile)).toBeUndefined()
  const again = lockProfile(profile)
  expect(readdirSync(profile)).toEqual(['lock.2'])
  lock.release()
  expect(profileOwner(profile)?.pid).toBe(process.pid)
  again.release()
  await folder.remove()
})

/** Starting Node takes a while on a machine that is busy with other tests. */
const SEVERAL_PROCESSES = { timeout: 60_000 }

test('another process that holds it is named; killed, it holds nothing', SEVERAL_PROCESSES, async () => {
  const folder = await temporaryFolder()
  const { child, said } = contender(folder.path)
  expect(await said).toBe('held')
  expect(() => lockProfile(folder.path)).toThrow(
    expect.objectContaining({ fault: { code: 'PROFILE_IN_USE', folder: folder.path, pid: child.pid } }),
  )
  await kill(child)
  lockProfile(folder.path).release()
  await folder.remove()
})

test('of several that start at once after a crash, exactly one gets it', SEVERAL_PROCESSES, async () => {
  const folder = await temporaryFolder()
  const dead = contender(folder.path)
  await dead.said
  await kill(dead.child)
  const contenders = Array.from({ length: 4 }, () => contender(folder.path))
  const said = await Promise.all(contenders.map((one) => one.said))
  expect(said.sort()).toEqual(['PROFILE_IN_USE', 'PROFILE_IN_USE', 'PROFILE_IN_USE', 'held'])
  await Promise.all(contenders.map((one) => kill(one.child)))
  await folder.remove()
})

test('a pid that was given out again is not the owner', async () => {
  const folder = await temporaryFolder()
  const recycled = { pid: process.pid, started: 'another-boot 123' }
  expect([isRunning(recycled), isRunning(ownIdentity())]).toEqual([false, true])
  writeFileSync(join(folder.path, 'lock.7'), JSON.stringify(recycled))
  lockProfile(folder.path).release()
  expect(readdirSync(folder.path)).toEqual(['lock.8'])
  await folder.remove()
})

test('an unreadable identity locks nobody out, one of a system that tells no start time does', async () => {
  const folder = await temporaryFolder()
  for (const [number, text] of ['', 'nonsense', '{}', '{"pid":-1,"started":""}', 'null'].entries()) {
    writeFileSync(join(folder.path, `lock.${100 * (number + 1)}`), text)
    lockProfile(folder.path).release()
  }
  writeFileSync(join(folder.path, 'lock.900'), JSON.stringify({ pid: process.pid, started: '' }))
  expect(() => lockProfile(folder.path)).toThrow(expect.objectContaining({ code: 'PROFILE_IN_USE' }))
  await folder.remove()
})

test('a folder that cannot be made is told by name', () => {
  expect(() => lockProfile('/dev/null/profile')).toThrow(
    expect.objectContaining({ code: 'PROFILE_UNUSABLE', message: expect.stringContaining('/dev/null/profile') }),
  )
})
