/**
 * The states of the window over the real engine, in both themes and at two sizes: no accessibility violation, nothing
 * cut off, nothing in the console. Then what only the real window can show: clipboard, file manager, a drop from the
 * file manager, a second profile, the keyboard alone, twice the size. Pictures of each state are left in test-results/.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { drawn, expectSound, look } from './pictures.ts'
import { answerDialogs, appears, openShoal, removeFolders, type ShoalWindow, temporaryFolder } from './window.ts'

/** Nobody listens there: a tracker that cannot be asked. */
const DEAD_TRACKER = 'http://127.0.0.1:9/announce'
let window: ShoalWindow
let work: string

beforeAll(async () => {
  work = temporaryFolder('states')
  window = await openShoal()
})
afterAll(async () => {
  await window?.close()
  removeFolders()
})

const torrentRow = (name: string) => window.page.getByRole('row').filter({ hasText: name })

/** Makes a torrent of a file of its own in the window, and saves its .torrent. */
async function make(name: string, bytes: number, trackers: string): Promise<string> {
  const { page, app } = window
  const path = join(work, 'own', name)
  mkdirSync(join(work, 'own'), { recursive: true })
  writeFileSync(path, Buffer.alloc(bytes, name))
  await page.getByRole('button', { name: 'Create torrent' }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('File or folder').fill(path)
  await dialog.getByLabel('Trackers').fill(trackers)
  await dialog.getByRole('button', { name: 'Create', exact: true }).click()
  const torrent = join(work, `${name}.torrent`)
  await answerDialogs(app, { save: [torrent] })
  await dialog.getByRole('button', { name: 'Save and seed' }).click()
  await torrentRow(name).getByText('Seeding').waitFor()
  return torrent
}

describe('every state', () => {
  test('welcome, and its one question that needs an answer', async () => {
    const { page } = window
    await page.getByRole('heading', { name: 'Welcome to Shoal' }).waitFor()
    await look(window, 'welcome')
    await page.getByRole('button', { name: 'Start' }).click()
    await page.getByText('Choose one of the two').waitFor()
    await look(window, 'welcome-unanswered')
    await page.getByLabel('Where do downloads go?').fill(join(work, 'downloads'))
    await page.getByRole('radio', { name: /Stay on this machine/ }).check()
    await page.getByRole('button', { name: 'Start' }).click()
    await page.getByRole('heading', { name: 'What you download and share stands here' }).waitFor()
    await look(window, 'empty')
  })

  test('the other pages', async () => {
    const { page } = window
    for (const name of ['Peers', 'Wallet', 'Explorer', 'Settings', 'Torrents']) {
      await page.getByRole('navigation').getByRole('button', { name, exact: true }).click()
      await page.getByRole('heading', { level: 1, name }).waitFor()
      if (name !== 'Torrents') await look(window, name.toLowerCase())
    }
  })

  test('create: form, what is wrong with it, a failure', async () => {
    const { page } = window
    await page.getByRole('button', { name: 'Create torrent' }).first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('More options').click()
    await dialog.getByLabel('Trackers').fill('nonsense')
    await dialog.getByRole('button', { name: 'Create', exact: true }).click()
    await dialog.getByText('“nonsense” is not an address').waitFor()
    await look(window, 'create-wrong')
    await dialog.getByLabel('File or folder').fill(join(work, 'nothing here'))
    await dialog.getByLabel('Trackers').fill('')
    await dialog.getByRole('button', { name: 'Create', exact: true }).click()
    await dialog.getByText('There is nothing at').waitFor()
    await look(window, 'create-failed')
    await page.keyboard.press('Escape')
  })

  test('the list: seeding, looking for peers, paused; each part of the details', async () => {
    const { page, app } = window
    const first = await make('debian-13.1.0-amd64-netinst.iso', 3_000_000, DEAD_TRACKER)
    await make(
      'A name that is far longer than any column of the list can be, even in a wide window (1902).mkv',
      70_000,
      '',
    )
    await torrentRow('netinst').click()
    await page.keyboard.press('Delete')
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove from the list' }).click()
    await torrentRow('netinst').waitFor({ state: 'detached' })
    await answerDialogs(app, { open: [first] })
    await page.getByRole('button', { name: 'Add torrent' }).click()
    await page.getByRole('dialog').getByText('1 file').waitFor()
    await look(window, 'add')
    await page.getByRole('dialog').getByRole('button', { name: 'Add', exact: true }).click()
    await torrentRow('netinst').getByText('Finding peers').waitFor()
    for (const tab of ['Files', 'Peers', 'Sources', 'Overview']) {
      await page.getByRole('tab', { name: tab }).click()
      await look(window, `details-${tab.toLowerCase()}`)
    }
    await page.getByRole('grid', { name: 'Torrents' }).focus()
    await page.keyboard.press('p')
    await torrentRow('netinst').getByText('Paused').waitFor()
    await look(window, 'paused')
  })

  test('add: files that stand there already, one that is present, a broken one', async () => {
    const { page, app } = window
    const add = async (file: string) => {
      await answerDialogs(app, { open: [file] })
      await page.getByRole('button', { name: 'Add torrent' }).click()
      await page.getByRole('dialog').waitFor()
    }
    const dialog = page.getByRole('dialog')
    await add(join(work, 'debian-13.1.0-amd64-netinst.iso.torrent'))
    await dialog.getByText('already in the list').waitFor()
    await look(window, 'add-present')
    await page.keyboard.press('Escape')
    const other = await make('notes.txt', 40_000, '')
    await torrentRow('notes.txt').click()
    await page.keyboard.press('Delete')
    await page.getByRole('alertdialog').waitFor()
    await look(window, 'remove')
    await page.keyboard.press('Enter')
    await torrentRow('notes.txt').waitFor({ state: 'detached' })
    await add(other)
    await dialog.getByLabel('Save in').fill(join(work, 'own'))
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    await dialog.getByRole('button', { name: 'Check and use them' }).waitFor()
    await look(window, 'add-files-exist')
    await page.keyboard.press('Escape')
    writeFileSync(join(work, 'broken.torrent'), 'l-3:e')
    await add(join(work, 'broken.torrent'))
    await dialog.getByRole('alert').waitFor()
    await look(window, 'add-broken')
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
  })
})

describe('what only the real window can show', () => {
  test('the info hash is on the clipboard, whole', async () => {
    const { page, app } = window
    await torrentRow('netinst').click()
    await page.getByRole('button', { name: /copy the whole info hash/ }).click()
    await page.getByText('Copied').waitFor()
    expect(await app.evaluate(({ clipboard }) => clipboard.readText())).toMatch(/^[0-9a-f]{40}$/)
  })

  test('the file manager is opened at the files', async () => {
    const { page, app } = window
    await app.evaluate(({ shell }) => {
      shell.showItemInFolder = (path) => Object.assign(globalThis, { shown: path })
    })
    await torrentRow('A name that is far longer').click()
    await page.getByRole('toolbar').getByRole('button', { name: 'Open folder' }).click()
    const shown = () => app.evaluate(() => (globalThis as { shown?: string }).shown ?? '')
    await expect.poll(shown).toMatch(/own.A name that is far longer.*\.mkv$/)
  })

  test('a folder dropped from the file manager is asked about with its path', async () => {
    const { page } = window
    const folder = join(work, 'Holiday pictures')
    mkdirSync(folder)
    const devtools = await page.context().newCDPSession(page)
    const data = { items: [], files: [folder], dragOperationsMask: 1 }
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
      await devtools.send('Input.dispatchDragEvent', { type, x: 600, y: 300, data })
    await page.getByRole('dialog', { name: 'Create torrent' }).waitFor()
    expect(await page.getByLabel('File or folder').inputValue()).toBe(folder)
    await page.keyboard.press('Escape')
  })

  test('another profile opens in a process of its own, offline as this one', async () => {
    const { page, app } = window
    const other = join(work, 'other profile')
    mkdirSync(other)
    await answerDialogs(app, { open: [other] })
    await app.evaluate(() => {
      const children = process.getBuiltinModule('node:child_process')
      const { spawn } = children
      children.spawn = ((file: string, args: string[], options: object) => {
        const child = spawn(file, args, options)
        Object.assign(globalThis, { spawned: { args, pid: child.pid } })
        return child
      }) as typeof spawn
      process.getBuiltinModule('node:module').syncBuiltinESMExports()
    })
    await page.getByRole('navigation').getByRole('button', { name: 'Settings' }).click()
    await page.getByRole('button', { name: 'Open another profile…' }).click()
    const spawned = () =>
      app.evaluate(() => (globalThis as { spawned?: { args: string[]; pid: number } }).spawned ?? { args: [], pid: 0 })
    await expect.poll(async () => (await spawned()).args.slice(-3)).toEqual(['--profile', other, '--offline'])
    await appears(other, 'session.db')
    process.kill((await spawned()).pid)
    await page.getByRole('navigation').getByRole('button', { name: 'Torrents', exact: true }).click()
  })

  test('the keyboard alone: select, menu at its row, dialogs that close and give the focus back', async () => {
    const { page } = window
    const grid = page.getByRole('grid', { name: 'Torrents' })
    const inGrid = () => page.evaluate(() => document.activeElement?.getAttribute('role') === 'grid')
    await grid.focus()
    await page.keyboard.press('Home')
    await page.keyboard.press('Shift+F10')
    const menu = await page.getByRole('menu', { name: 'Torrent' }).boundingBox()
    const active = await grid.getByRole('row', { selected: true }).boundingBox()
    expect(menu?.y).toBeGreaterThanOrEqual((active?.y ?? 0) + 20)
    expect(menu?.y).toBeLessThan((active?.y ?? 0) + 80)
    await expectSound(window, 'menu')
    await page.keyboard.press('Escape')
    await expect.poll(inGrid).toBe(true)
    for (const [keys, role] of [
      ['Control+n', 'dialog'],
      ['Delete', 'alertdialog'],
    ] as const) {
      await page.keyboard.press(keys)
      await page.getByRole(role).waitFor()
      expect(await inGrid()).toBe(false)
      await page.keyboard.press('Escape')
      await page.getByRole(role).waitFor({ state: 'detached' })
      await expect.poll(inGrid).toBe(true)
    }
  })

  test('at twice the size nothing is cut off', async () => {
    const { page, app } = window
    const zoom = (factor: number) =>
      app.evaluate(({ BrowserWindow }, f) => BrowserWindow.getAllWindows()[0]?.webContents.setZoomFactor(f), factor)
    await zoom(2)
    await page.waitForFunction(() => innerWidth <= 640)
    await drawn(window)
    await expectSound(window, 'list at twice the size')
    await page.keyboard.press('Control+n')
    await page.getByRole('dialog').waitFor()
    await expectSound(window, 'dialog at twice the size')
    await page.keyboard.press('Escape')
    await zoom(1)
  })

  test('nothing was complained of, by the page or by the policy it runs under', () => {
    expect(window.complaints).toEqual([])
  })
})
