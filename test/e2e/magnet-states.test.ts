/**
 * The states of magnet links, and of links that change, over the real engine without a network: each at two sizes and in
 * both themes. Then what only the real window can show: a link dropped from a browser, one handed over, the menu.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { look } from './pictures.ts'
import { answerDialogs, openShoal, removeFolders, type ShoalWindow, temporaryFolder } from './window.ts'

let window: ShoalWindow
let work: string

beforeAll(async () => {
  work = temporaryFolder('magnet-states')
  window = await openShoal()
  const { page, app } = window
  await page.getByLabel('Where do downloads go?').fill(join(work, 'downloads'))
  await page.getByRole('radio', { name: /Stay on this machine/ }).check()
  await page.getByRole('button', { name: 'Start' }).click()
  writeFileSync(join(work, 'notes.txt'), 'notes')
  await page.getByRole('button', { name: 'Create torrent' }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('File or folder').fill(join(work, 'notes.txt'))
  await dialog.getByRole('button', { name: 'Create', exact: true }).click()
  await answerDialogs(app, { save: [join(work, 'notes.torrent')] })
  await dialog.getByRole('button', { name: 'Save and seed' }).click()
  await torrentRow('notes.txt').getByText('Seeding').waitFor()
})
afterAll(async () => {
  await window?.close()
  removeFolders()
})

const torrentRow = (name: string) => window.page.getByRole('row').filter({ hasText: name })

describe('every state', () => {
  test('magnets: the dialog, what a link tells, the row and the details while only the hash is known', async () => {
    const { page } = window
    const dialog = page.getByRole('dialog')
    await page.keyboard.press('Control+Shift+O')
    await dialog.getByLabel('Magnet link').fill('nonsense')
    await page.keyboard.press('Enter')
    await dialog.getByText('This is no magnet link').waitFor()
    await look(window, 'magnet-wrong')
    const hash = '0123456789abcdef0123456789abcdef01234567'
    await dialog.getByLabel('Magnet link').fill(`magnet:?xt=urn:btih:${hash}&dn=Ouse%20in%20spring`)
    await page.keyboard.press('Enter')
    await dialog.getByText(/names the torrent and nothing more/).waitFor()
    await look(window, 'add-magnet')
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    await torrentRow('Ouse in spring').getByText('Fetching metadata').waitFor()
    await look(window, 'fetching-metadata')
    await page.getByRole('tab', { name: 'Files' }).click()
    await page.getByText('The files are not known yet').waitFor()
    await look(window, 'fetching-metadata-files')
    await page.getByRole('tab', { name: 'Overview' }).click()
    await page.getByRole('button', { name: 'More ways to add' }).click()
    await page.getByRole('menuitem', { name: /Magnet link/ }).waitFor()
    await look(window, 'add-menu')
    await page.keyboard.press('Escape')
    await page.getByRole('grid', { name: 'Torrents' }).focus()
    await page.keyboard.press('p')
    await torrentRow('Ouse in spring').getByText('Paused').waitFor()
    await look(window, 'magnet-paused')
  })

  test('links: none, publishing one, the list of them, forgetting its key, following one', async () => {
    const { page } = window
    const dialog = page.getByRole('dialog')
    await page.getByRole('button', { name: 'Published and followed links' }).click()
    await page.getByRole('heading', { name: /Links that can change/ }).waitFor()
    await look(window, 'links-none')
    await page.getByRole('button', { name: 'Back to the list' }).click()
    await torrentRow('notes.txt').click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Publish under a link…' }).click()
    await dialog.getByLabel('Name of the link').waitFor()
    await look(window, 'publish')
    await page.keyboard.press('Enter')
    await dialog.getByRole('button', { name: 'Copy link' }).waitFor()
    await look(window, 'published')
    const link = await dialog.getByLabel('Link').inputValue()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Published and followed links' }).click()
    await page.getByRole('button', { name: 'Follow a link' }).click()
    await dialog.getByLabel('Magnet link').fill(link.replace(/btpk:.{8}/, 'btpk:01234567'))
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'Follow link' }).waitFor()
    await look(window, 'follow')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: /^Stop following/ }).waitFor()
    await look(window, 'links')
    await page.getByRole('button', { name: /^Forget the key/ }).click()
    await page.getByRole('alertdialog').waitFor()
    await look(window, 'forget-key')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Back to the list' }).click()
  })
})

describe('what only the real window can show', () => {
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

  test('nothing was complained of', () => {
    expect(window.complaints).toEqual([])
  })
})
