/**
 * The states of the window over the real engine, in both themes and at two sizes: no accessibility violation, nothing
 * cut off, nothing in the console. Then what only the real window can show: clipboard, file manager, a drop from the
 * file manager, a second profile, the keyboard alone, twice the size. Pictures of each state are left in test-results/.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answerDialogs, appears, openShoal, removeFolders, root, type ShoalWindow, temporaryFolder } from './window.ts'

const PICTURES = join(root, 'test-results', 'window')
/** Nobody listens there: a tracker that cannot be asked. */
const DEAD_TRACKER = 'http://127.0.0.1:9/announce'
let window: ShoalWindow
let work: string

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true })
  work = temporaryFolder('states')
  window = await openShoal()
})
afterAll(async () => {
  await window?.close()
  removeFolders()
})

const torrentRow = (name: string) => window.page.getByRole('row').filter({ hasText: name })

/** Axe, and nothing wider than the window. */
async function expectSound(name: string): Promise<void> {
  const { page } = window
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
    name,
  ).toEqual([])
  const wide = await page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('main, [role="grid"], [role="dialog"], footer')]
      .filter((element) => element.scrollWidth > element.clientWidth)
      .map((element) => `${element.tagName} ${element.getAttribute('aria-label') ?? ''}`),
  )
  expect(wide, `cut off: ${name}`).toEqual([])
}

/** Two frames: what was asked for is on the screen, colours and all. */
async function drawn(): Promise<void> {
  await window.page.evaluate(
    () => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))),
  )
}

/** The state as it is now, at both sizes and in both themes; dark where it is small and light where it is large are looked into. */
async function look(name: string): Promise<void> {
  const { page, app } = window
  for (const [width, height] of [
    [900, 600],
    [1280, 800],
  ] as const) {
    await app.evaluate(({ BrowserWindow }, [w, h]) => BrowserWindow.getAllWindows()[0]?.setContentSize(w, h), [
      width,
      height,
    ] as const)
    await page.waitForFunction((w) => innerWidth === w, width)
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await drawn()
      if ((width === 900) === (colorScheme === 'dark')) await expectSound(`${name} ${width} ${colorScheme}`)
      await page.screenshot({ path: join(PICTURES, `${name}-${width}-${colorScheme}.png`) })
    }
  }
}

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
    await look('welcome')
    await page.getByRole('button', { name: 'Start' }).click()
    await page.getByText('Choose one of the two').waitFor()
    await look('welcome-unanswered')
    await page.getByLabel('Where do downloads go?').fill(join(work, 'downloads'))
    await page.getByRole('radio', { name: /Stay on this machine/ }).check()
    await page.getByRole('button', { name: 'Start' }).click()
    await page.getByRole('heading', { name: 'What you download and share stands here' }).waitFor()
    await look('empty')
  })

  test('the other pages', async () => {
    const { page } = window
    for (const name of ['Peers', 'Wallet', 'Explorer', 'Settings', 'Torrents']) {
      await page.getByRole('navigation').getByRole('button', { name, exact: true }).click()
      await page.getByRole('heading', { level: 1, name }).waitFor()
      if (name !== 'Torrents') await look(name.toLowerCase())
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
    await look('create-wrong')
    await dialog.getByLabel('File or folder').fill(join(work, 'nothing here'))
    await dialog.getByLabel('Trackers').fill('')
    await dialog.getByRole('button', { name: 'Create', exact: true }).click()
    await dialog.getByText('There is nothing at').waitFor()
    await look('create-failed')
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
    await look('add')
    await page.getByRole('dialog').getByRole('button', { name: 'Add', exact: true }).click()
    await torrentRow('netinst').getByText('Finding peers').waitFor()
    for (const tab of ['Files', 'Peers', 'Trackers', 'Overview']) {
      await page.getByRole('tab', { name: tab }).click()
      await look(`details-${tab.toLowerCase()}`)
    }
    await page.getByRole('grid', { name: 'Torrents' }).focus()
    await page.keyboard.press('p')
    await torrentRow('netinst').getByText('Paused').waitFor()
    await look('paused')
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
    await look('add-present')
    await page.keyboard.press('Escape')
    const other = await make('notes.txt', 40_000, '')
    await torrentRow('notes.txt').click()
    await page.keyboard.press('Delete')
    await page.getByRole('alertdialog').waitFor()
    await look('remove')
    await page.keyboard.press('Enter')
    await torrentRow('notes.txt').waitFor({ state: 'detached' })
    await add(other)
    await dialog.getByLabel('Save in').fill(join(work, 'own'))
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    await dialog.getByRole('button', { name: 'Check and use them' }).waitFor()
    await look('add-files-exist')
    await page.keyboard.press('Escape')
    writeFileSync(join(work, 'broken.torrent'), 'l-3:e')
    await add(join(work, 'broken.torrent'))
    await dialog.getByRole('alert').waitFor()
    await look('add-broken')
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
  })
  test('magnets: the dialog, what a link tells, the row and the details while only the hash is known', async () => {
    const { page } = window
    const dialog = page.getByRole('dialog')
    await page.keyboard.press('Control+Shift+O')
    await dialog.getByLabel('Magnet link').fill('nonsense')
    await page.keyboard.press('Enter')
    await dialog.getByText('This is no magnet link').waitFor()
    await look('magnet-wrong')
    const hash = '0123456789abcdef0123456789abcdef01234567'
    await dialog.getByLabel('Magnet link').fill(`magnet:?xt=urn:btih:${hash}&dn=Ouse%20in%20spring`)
    await page.keyboard.press('Enter')
    await dialog.getByText(/names the torrent and nothing more/).waitFor()
    await look('add-magnet')
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    await torrentRow('Ouse in spring').getByText('Fetching metadata').waitFor()
    await look('fetching-metadata')
    await page.getByRole('tab', { name: 'Files' }).click()
    await page.getByText('The files are not known yet').waitFor()
    await look('fetching-metadata-files')
    await page.getByRole('tab', { name: 'Overview' }).click()
    await page.getByRole('button', { name: 'More ways to add' }).click()
    await page.getByRole('menuitem', { name: /Magnet link/ }).waitFor()
    await look('add-menu')
    await page.keyboard.press('Escape')
    await page.getByRole('grid', { name: 'Torrents' }).focus()
    await page.keyboard.press('p')
    await torrentRow('Ouse in spring').getByText('Paused').waitFor()
    await look('magnet-paused')
  })

  test('links: none, publishing one, the list of them, forgetting its key, following one', async () => {
    const { page } = window
    const dialog = page.getByRole('dialog')
    await page.getByRole('button', { name: 'Published and followed links' }).click()
    await page.getByRole('heading', { name: /Links that can change/ }).waitFor()
    await look('links-none')
    await page.getByRole('button', { name: 'Back to the list' }).click()
    await torrentRow('netinst').click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Publish under a link…' }).click()
    await dialog.getByLabel('Name of the link').waitFor()
    await look('publish')
    await page.keyboard.press('Enter')
    await dialog.getByRole('button', { name: 'Copy link' }).waitFor()
    await look('published')
    const link = await dialog.getByLabel('Link').inputValue()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Published and followed links' }).click()
    await page.getByRole('button', { name: 'Follow a link' }).click()
    await dialog.getByLabel('Magnet link').fill(link.replace(/btpk:.{8}/, 'btpk:01234567'))
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'Follow link' }).waitFor()
    await look('follow')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: /^Stop following/ }).waitFor()
    await look('links')
    await page.getByRole('button', { name: /^Forget the key/ }).click()
    await page.getByRole('alertdialog').waitFor()
    await look('forget-key')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Back to the list' }).click()
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

  test('a link dropped from a browser is asked about, and one that the system hands over', async () => {
    const { page, app } = window
    const devtools = await page.context().newCDPSession(page)
    const items = [{ mimeType: 'text/uri-list', data: `magnet:?xt=urn:btih:${'ab'.repeat(20)}&dn=Dropped` }]
    const data = { items, files: [], dragOperationsMask: 1 }
    const dialog = page.getByRole('dialog', { name: 'Add magnet link' })
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
      await devtools.send('Input.dispatchDragEvent', { type, x: 600, y: 300, data })
    await dialog.getByText('Dropped').waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await app.evaluate(({ app: electron }) => {
      const event = { preventDefault: () => {} }
      electron.emit('open-url', event, 'https://example.org/')
      electron.emit('open-url', event, `magnet:?xt=urn:btih:${'cd'.repeat(20)}&dn=Opened`)
    })
    await dialog.getByText('Opened').waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
  })

  test('magnet links open with Shoal once its menu is told so, and no earlier', async () => {
    const { app } = window
    const said = await app.evaluate(async ({ app: electron, dialog, Menu }) => {
      const calls: string[] = []
      let taken = false
      electron.isDefaultProtocolClient = () => taken
      electron.setAsDefaultProtocolClient = (scheme) => {
        calls.push(`set ${scheme}`)
        taken = true
        return true
      }
      electron.removeAsDefaultProtocolClient = (scheme) => {
        calls.push(`remove ${scheme}`)
        return false
      }
      dialog.showMessageBox = (async (options: Electron.MessageBoxOptions) => {
        calls.push(options.message)
        return { response: 1, checkboxChecked: false }
      }) as typeof dialog.showMessageBox
      const item = Menu.getApplicationMenu()?.items[0]?.submenu?.items.find(({ label }) => label.includes('magnet'))
      for (const expected of [2, 5]) {
        item?.click()
        while (calls.length < expected) await new Promise((resolve) => setImmediate(resolve))
      }
      return calls
    })
    expect(said).toEqual([
      'set magnet',
      'Magnet links now open with Shoal.',
      'Magnet links open with Shoal.',
      'remove magnet',
      'The system did not take the change.',
    ])
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
    await expectSound('menu')
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
    await drawn()
    await expectSound('list at twice the size')
    await page.keyboard.press('Control+n')
    await page.getByRole('dialog').waitFor()
    await expectSound('dialog at twice the size')
    await page.keyboard.press('Escape')
    await zoom(1)
  })

  test('nothing was complained of, by the page or by the policy it runs under', () => {
    expect(window.complaints).toEqual([])
  })
})
