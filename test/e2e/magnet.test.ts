/**
 * Magnet links in the real window: one is copied, pasted into another window, found through the DHT alone and downloaded;
 * then a link that changes (BEP 46) is published by the first window and followed by the second.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import type { ElectronApplication, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answerDialogs, openShoal, removeFolders, type ShoalWindow, temporaryFolder } from './window.ts'

const MIB = 1024 * 1024
const NAME = 'Ouse in spring'
const FILES = ['bridge.flac', 'deep/mill.flac', 'deep/weir.flac']
const LATER = 'Ouse in summer.flac'
let work: string
let seeder: ShoalWindow
let leecher: ShoalWindow
let magnet: string

beforeAll(async () => {
  work = temporaryFolder('magnet')
  mkdirSync(join(work, 'sent', NAME, 'deep'), { recursive: true })
  FILES.forEach((file, n) => {
    writeFileSync(join(work, 'sent', NAME, file), noise(MIB + n, n))
  })
  writeFileSync(join(work, 'sent', LATER), noise(MIB, 9))
  seeder = await openShoal({ welcomed: true })
  leecher = await openShoal({ welcomed: true })
})
afterAll(async () => {
  await seeder?.close()
  await leecher?.close()
  removeFolders()
})

/** Bytes that do not repeat. */
function noise(length: number, salt: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 64) }, (_, i) =>
    createHash('sha512').update(`${salt}/${i}`).digest(),
  )
  return Buffer.concat(blocks).subarray(0, length)
}

const row = (page: Page, name = NAME) => page.getByRole('row').filter({ hasText: name })
const clipboardOf = (app: ElectronApplication) => app.evaluate(({ clipboard }) => clipboard.readText())

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
}

const goTo = (page: Page, name: string) =>
  page.getByRole('navigation').getByRole('button', { name, exact: true }).click()

/** Takes part in the DHT at once and finds peers no other way. A setting shows its new value once the engine has it. */
async function useDhtAlone(page: Page): Promise<void> {
  await goTo(page, 'Settings')
  const changes = [
    [page.getByRole('radio', { name: /^Full/ }), true],
    [page.getByRole('checkbox', { name: 'Find peers on the local network' }), false],
    [page.getByRole('checkbox', { name: 'Exchange peers with peers' }), false],
  ] as const
  for (const [control, on] of changes) {
    await control.click()
    await expect.poll(() => control.isChecked()).toBe(on)
  }
}

/** Where the window's DHT node listens on this machine, as `host:port`. */
async function dhtAddress(page: Page): Promise<string> {
  const listening = () =>
    page.evaluate(async () => {
      const { shoal } = window as unknown as {
        shoal: { call(...args: unknown[]): Promise<{ value?: { nodes: { listening: string; family: number }[] } }> }
      }
      const { value } = await shoal.call('overlays', 'info', { overlay: 'kademlia' })
      return value?.nodes.find(({ family }) => family === 4)?.listening ?? ''
    })
  await expect.poll(listening).toMatch(/:\d+$/)
  return `127.0.0.1:${(await listening()).split(':').at(-1)}`
}

async function create({ page, app }: ShoalWindow, path: string, name: string): Promise<void> {
  await goTo(page, 'Torrents')
  await page.getByRole('button', { name: 'Create torrent' }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('File or folder').fill(path)
  await dialog.getByRole('button', { name: 'Create', exact: true }).click()
  await answerDialogs(app, { save: [join(work, `${name}.torrent`)] })
  await dialog.getByRole('button', { name: 'Save and seed' }).click()
  await row(page, name).getByText('Seeding').waitFor()
}

describe('a magnet link between two windows', () => {
  test('is copied whole, and the window says so', async () => {
    const { page, app } = seeder
    await useDhtAlone(page)
    await create(seeder, join(work, 'sent', NAME), NAME)
    await row(page).click()
    await page.keyboard.press('Control+Shift+C')
    await page.getByText(`Copied the magnet link of “${NAME}”.`).waitFor()
    magnet = await clipboardOf(app)
    expect(magnet).toMatch(/^magnet:\?xt=urn:btih:[0-9a-f]{40}&/)
  })

  test('pasted anywhere, it says that the rest comes later, and its row what is tried', async () => {
    const { page, app } = leecher
    await useDhtAlone(page)
    await goTo(page, 'Torrents')
    await app.evaluate(({ clipboard }, text) => clipboard.writeText(text), magnet)
    await page.keyboard.press('Control+V')
    const dialog = page.getByRole('dialog', { name: 'Add magnet link' })
    await dialog.getByText(/names the torrent and nothing more/).waitFor()
    await expectAccessible(page)
    await dialog.getByLabel('Save in').fill(join(work, 'received'))
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    await row(page).getByText('Fetching metadata').waitFor()
    await page.getByRole('tabpanel').getByText('Fetching metadata.').waitFor()
    expect(await row(page).getByRole('progressbar').count()).toBe(0)
    await expectAccessible(page)
  })

  test('is found through the DHT alone, and the files are the same', async () => {
    const { page } = leecher
    await goTo(page, 'Settings')
    await page
      .getByLabel('Nodes to begin with')
      .first()
      .fill(await dhtAddress(seeder.page))
    await page.keyboard.press('Enter')
    await goTo(page, 'Torrents')
    await row(page).getByText('Seeding').waitFor({ timeout: 90_000 })
    for (const file of FILES) {
      const received = readFileSync(join(work, 'received', NAME, file))
      expect(Buffer.compare(readFileSync(join(work, 'sent', NAME, file)), received), file).toBe(0)
    }
  })

  test('now its files can be chosen, by the keyboard alone', async () => {
    const { page } = leecher
    await row(page).click()
    await page.getByRole('tab', { name: 'Files' }).click()
    await page.getByText('All 3 files wanted').waitFor()
    await page.getByRole('tree', { name: 'Files' }).focus()
    await page.keyboard.press('End')
    await page.keyboard.press('Space')
    await page.getByText('2 of 3 files wanted').waitFor()
    expect(await page.getByRole('treeitem', { name: /bridge/ }).getAttribute('aria-checked')).toBe('false')
    await expectAccessible(page)
    await page.keyboard.press('Space')
    await page.getByText('All 3 files wanted').waitFor()
  })

  test('handed over by a second start, it is shown where it is already', async () => {
    const { page, app } = leecher
    await app.evaluate(
      ({ app: electron }, link) => electron.emit('second-instance', {}, [], '', { paths: [], magnets: [link, 7] }),
      magnet,
    )
    const dialog = page.getByRole('dialog', { name: 'Add magnet link' })
    await dialog.getByText('already in the list').waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
  })

  test('the clipboard’s link stands in the field when the dialog is asked for', async () => {
    const { page } = leecher
    await page.keyboard.press('Control+Shift+O')
    const dialog = page.getByRole('dialog', { name: 'Add magnet link' })
    await dialog.getByText('Taken from the clipboard.').waitFor()
    expect(await dialog.getByLabel('Magnet link').inputValue()).toBe(magnet)
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
  })
})

describe('a link that changes', () => {
  test('is published from the list, and copied', async () => {
    const { page } = seeder
    await row(page).click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Publish under a link…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name of the link').fill('Recordings')
    await expectAccessible(page)
    await dialog.getByRole('button', { name: 'Publish', exact: true }).click()
    await page.getByRole('dialog', { name: 'The link is published' }).waitFor()
    await dialog.getByRole('button', { name: 'Copy link' }).click()
    await page.getByText('Copied the link “Recordings”.').waitFor()
    await expectAccessible(page)
    expect(await clipboardOf(seeder.app)).toMatch(/^magnet:\?xs=urn:btpk:[0-9a-f]{64}/)
    await page.keyboard.press('Escape')
  })

  test('is followed in the other window, which then gets what it points to next', async () => {
    const { page, app } = leecher
    const link = await clipboardOf(seeder.app)
    await app.evaluate(({ clipboard }, text) => clipboard.writeText(text), link)
    await page.getByRole('grid', { name: 'Torrents' }).focus()
    await page.keyboard.press('Control+V')
    const dialog = page.getByRole('dialog', { name: 'Follow link' })
    await dialog.getByText(/can point it to another torrent later/).waitFor()
    await dialog.getByLabel('Save in').fill(join(work, 'received'))
    await dialog.getByRole('button', { name: 'Follow' }).click()
    await page.getByRole('region', { name: 'Followed' }).getByText('Up to date').waitFor()
    await expectAccessible(page)

    await create(seeder, join(work, 'sent', LATER), LATER)
    await row(seeder.page, LATER).click({ button: 'right' })
    await seeder.page.getByRole('menuitem', { name: 'Publish under a link…' }).click()
    await seeder.page.getByRole('radio', { name: 'One of mine' }).check()
    await seeder.page.getByRole('button', { name: 'Publish', exact: true }).click()
    await seeder.page.getByRole('dialog', { name: 'The link is published' }).waitFor()

    await page.getByRole('button', { name: /^Look for a newer version/ }).click()
    await page.getByRole('region', { name: 'Followed' }).getByText('version 2').waitFor()
    await page.getByRole('button', { name: 'Back to the list' }).click()
    await row(page, LATER).getByText('Seeding').waitFor({ timeout: 90_000 })
    expect(Buffer.compare(readFileSync(join(work, 'sent', LATER)), readFileSync(join(work, 'received', LATER)))).toBe(0)
  })

  test('nothing was complained of', () => {
    expect([...seeder.complaints, ...leecher.complaints]).toEqual([])
  })
})
