/** The window's own channel to the process that holds the keys: a utility process of Electron, reached by a message port. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { descendantsOf, isAlive, read, titleOf } from '../interop/support/processes.ts'
import { openShoal, removeFolders, type ShoalWindow } from './window.ts'

interface Answer {
  readonly ok: boolean
  readonly value?: unknown
  readonly error?: { readonly code: string }
}

const PASSWORD = 'correct horse battery'
/** What it calls itself. */
const TITLE = 'shoal-vault'

let shoal: ShoalWindow
beforeAll(async () => {
  shoal = await openShoal({ welcomed: true, args: ['--network', 'local'] })
})
afterAll(async () => {
  await shoal.close()
  removeFolders()
})

interface Shown {
  readonly shoal: { readonly vault: { call(call: string, args: unknown): Promise<Answer> } }
  answer: Promise<Answer>
}

/** Asks, and is back once the page has asked. */
const ask = (name: string, args?: unknown): Promise<void> =>
  shoal.page.evaluate(
    ([called, given]) => {
      const shown = window as unknown as Shown
      shown.answer = shown.shoal.vault.call(called as string, given)
    },
    [name, args],
  )
const answer = (): Promise<Answer> => shoal.page.evaluate(() => (window as unknown as Shown).answer)
async function call(name: string, args?: unknown): Promise<Answer> {
  await ask(name, args)
  return answer()
}
const appProcess = () => shoal.app.process().pid as number
const vaultProcesses = () => descendantsOf(appProcess()).filter((pid) => titleOf(pid) === TITLE)

test('a page makes a wallet in a process of its own, which ends with the lock', async () => {
  expect(await call('state')).toEqual({ ok: true, value: { exists: false, locked: true, wordsConfirmed: false } })
  const [pid = 0, ...more] = vaultProcesses()
  expect([isAlive(pid), more]).toEqual([true, []])
  expect(read(pid, 'coredump_filter').trim()).toMatch(/^0+$/)
  const created = await call('create', { password: PASSWORD })
  expect((created.value as { words: string[] }).words).toHaveLength(12)
  expect(await call('lock')).toMatchObject({ ok: true })
  while (isAlive(pid)) await new Promise((resolve) => setImmediate(resolve))
})

test('another call reaches the next process', async () => {
  expect(await call('unlock', { password: 'wrong password' })).toMatchObject({ error: { code: 'WRONG_PASSWORD' } })
  expect(await call('unlock', { password: PASSWORD })).toMatchObject({ ok: true })
  expect(await call('state')).toMatchObject({ value: { exists: true, locked: false } })
  expect(await call('no-such-call')).toMatchObject({ error: { code: 'NO_SUCH_CALL' } })
})

test('a process that dies in mid-work ends what waits for it, and no more', async () => {
  const [pid = 0] = vaultProcesses()
  await ask('changePassword', { from: PASSWORD, to: 'another password' })
  process.kill(pid, 'SIGKILL')
  expect(await answer()).toMatchObject({ ok: false, error: { code: 'VAULT_ENDED' } })
  expect(await call('unlock', { password: PASSWORD })).toMatchObject({ ok: true })
})

test('a page that is loaded again has the channel again', async () => {
  await shoal.page.reload()
  expect(await call('state')).toMatchObject({ value: { exists: true, locked: false } })
})

test('a frame in the page has no channel, and nothing was complained of', async () => {
  const bridge = await shoal.page.evaluate(async () => {
    const frame = document.createElement('iframe')
    document.body.append(frame)
    const inside = typeof (frame.contentWindow as unknown as { shoal?: unknown }).shoal
    frame.remove()
    return inside
  })
  expect(bridge).toBe('undefined')
  expect(shoal.complaints).toEqual([])
})

test('the process ends with the app, however that ends', async () => {
  const [pid = 0] = vaultProcesses()
  expect(isAlive(pid)).toBe(true)
  const closed = new Promise<void>((resolve) => shoal.app.on('close', () => resolve()))
  process.kill(appProcess(), 'SIGKILL')
  await closed
  while (isAlive(pid)) await new Promise((resolve) => setImmediate(resolve))
})
