/** What a person does: create in one window, add in a second with another profile, watch, pause, quit, start again, remove. */

import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { standardErrorSink } from '../../src-main/host/log.ts'
import { createHost, type RealHost } from '../../src-main/host/real-host.ts'
import { sourceKernels, sourceScripts } from '../../src-main/host/source-scripts.ts'
import { createTracker, type Tracker } from '../../src-main/tracker/tracker.ts'
import { answerDialogs, openShoal, removeFolders, type ShoalWindow, temporaryFolder } from './window.ts'

const MIB = 1024 * 1024
const NAME = 'Holiday ünïcode 文'
let host: RealHost
let tracker: Tracker
let trackerUrl: string
let work: string
let torrentFile: string
let seeder: ShoalWindow
let leecher: ShoalWindow
const leecherProfile = () => join(work, 'leecher-profile')

beforeAll(async () => {
  host = createHost({
    scripts: sourceScripts,
    miningKernels: sourceKernels,
    log: { level: 'error', format: 'text', sink: standardErrorSink() },
    networkPolicy: { mode: 'local-only', allowedHosts: [] },
  })
  tracker = await createTracker(host, { http: { host: '127.0.0.1', port: 0 }, interval: 10, minInterval: 2 })
  trackerUrl = `http://127.0.0.1:${tracker.http?.port}/announce`
  work = temporaryFolder('share')
  torrentFile = join(work, 'holiday.torrent')
  const folder = join(work, 'sent', NAME)
  mkdirSync(join(folder, 'deep'), { recursive: true })
  for (let i = 0; i < 6; i++)
    writeFileSync(join(folder, i % 2 ? 'deep' : '', `picture ${i}.bin`), noise(4 * MIB + i, i))
  writeFileSync(join(folder, 'empty.txt'), '')
})
afterAll(async () => {
  await seeder?.close()
  await leecher?.close()
  await tracker?.close()
  await host?.close()
  removeFolders()
})

/** Bytes that do not repeat. */
function noise(length: number, salt: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 64) }, (_, i) =>
    createHash('sha512').update(`${salt}/${i}`).digest(),
  )
  return Buffer.concat(blocks).subarray(0, length)
}

const row = (page: Page) => page.getByRole('row').filter({ hasText: NAME })

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
}

describe('sharing a folder between two windows', () => {
  test('the first window: welcome, create with tracker, hashing, save and seed', async () => {
    seeder = await openShoal()
    const { page, app } = seeder
    await page.getByRole('heading', { name: 'Welcome to Shoal' }).waitFor()
    await expectAccessible(page)
    await page.getByRole('radio', { name: /Stay on this machine/ }).check()
    await page.getByRole('button', { name: 'Start' }).click()
    await page.getByRole('button', { name: 'Create torrent' }).first().click()
    await answerDialogs(app, { open: [join(work, 'sent', NAME)], save: [torrentFile] })
    const dialog = page.getByRole('dialog', { name: 'Create torrent' })
    await dialog.getByRole('button', { name: 'Folder…' }).click()
    await dialog.getByLabel('Trackers').fill(trackerUrl)
    await dialog.getByText('More options').click()
    await dialog.getByLabel('Piece size').selectOption('65536')
    await dialog.getByLabel('Comment').fill('From the shore')
    await expectAccessible(page)
    await dialog.getByRole('button', { name: 'Create', exact: true }).click()
    await page
      .getByRole('dialog', { name: 'The torrent is ready' })
      .getByRole('button', { name: 'Save and seed' })
      .click()
    await row(page).getByText('Seeding').waitFor()
    expect(existsSync(torrentFile)).toBe(true)
    await expectAccessible(page)
  })

  test('the second window: given the .torrent as argument, it asks for the folder and downloads', async () => {
    leecher = await openShoal({ profile: leecherProfile(), files: [torrentFile] })
    const { page } = leecher
    await page.getByLabel('Where do downloads go?').fill(join(work, 'received'))
    await page.getByRole('button', { name: 'Skip for now' }).click()
    const dialog = page.getByRole('dialog', { name: 'Add torrent' })
    await dialog.getByText('picture 0.bin').waitFor()
    await dialog.getByLabel('Save in').fill(join(work, 'received'))
    await dialog.getByLabel('Add it paused').check()
    await expectAccessible(page)
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    await row(page).getByText('Paused').waitFor()
    await row(page).click()
    await page.keyboard.press('p')
    await row(page).getByText('Seeding').waitFor()
    await row(page).getByText('100').first().waitFor()
    for (const path of readdirSync(join(work, 'sent', NAME), { recursive: true, withFileTypes: true })) {
      if (!path.isFile()) continue
      const sent = join(path.parentPath, path.name)
      const received = sent.replace(join(work, 'sent'), join(work, 'received'))
      expect(Buffer.compare(readFileSync(sent), readFileSync(received)), received).toBe(0)
    }
    await expectAccessible(page)
  })

  test('details, by keyboard: files, peers and trackers are there', async () => {
    const { page } = leecher
    // Open since the torrent was added: the key closes and opens them.
    await row(page).click()
    await page.keyboard.press('Enter')
    await page.getByRole('tablist').waitFor({ state: 'detached' })
    await page.keyboard.press('Enter')
    for (const [tab, text] of [
      ['Overview', 'From the shore'],
      ['Files', 'picture 1.bin'],
      ['Sources', trackerUrl],
    ] as const) {
      await page.getByRole('tab', { name: tab }).click()
      await page.getByRole('tabpanel').getByText(text).first().waitFor()
      await expectAccessible(page)
    }
  })

  test('after quit and start it is all still there and goes on without a check', async () => {
    await leecher.close()
    leecher = await openShoal({ profile: leecherProfile() })
    await row(leecher.page).getByText('Seeding').waitFor()
    expect(await row(leecher.page).getByText('Checking').count()).toBe(0)
  })

  test('remove with the data moves the files to the trash', async () => {
    const { page } = leecher
    await row(page).click()
    await page.keyboard.press('Delete')
    const dialog = page.getByRole('alertdialog')
    await dialog.getByLabel('Move the files to the trash').check()
    await expectAccessible(page)
    await dialog.getByRole('button', { name: 'Remove and trash the files' }).click()
    await page.getByRole('heading', { name: 'What you download and share stands here' }).waitFor()
    expect(existsSync(join(work, 'received', NAME))).toBe(false)
    expect(existsSync(join(work, 'sent', NAME, 'empty.txt'))).toBe(true)
  })

  test('a malformed .torrent that is dropped on the window is refused in one sentence', async () => {
    const { page } = leecher
    await page.evaluate(() => {
      const data = new DataTransfer()
      data.items.add(new File(['l-3:e'], 'hostile.torrent'))
      for (const type of ['dragenter', 'dragover', 'drop']) {
        document.body.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }))
      }
    })
    await page.getByRole('dialog', { name: 'This torrent cannot be added' }).waitFor()
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    expect(leecher.complaints).toEqual([])
    expect(seeder.complaints).toEqual([])
  })
})
