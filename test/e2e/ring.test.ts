/**
 * Chord in the real window: two profiles on this machine, with no tracker, DHT or local discovery, meet on a ring; it is
 * drawn, a lookup walks it, a value and a torrent move by it alone. Then the ring while it is small, and switched off.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectSound, look } from './pictures.ts'
import { answerDialogs, openShoal, removeFolders, type ShoalWindow, temporaryFolder } from './window.ts'

const NAME = 'tide tables.bin'
/** For what takes several rounds of upkeep on a busy machine. */
const PATIENCE = { timeout: 90_000 }
let work: string
let first: ShoalWindow
let second: ShoalWindow
let firstAddress: string

beforeAll(async () => {
  work = temporaryFolder('ring')
  first = await openShoal({ welcomed: true })
  second = await openShoal({ welcomed: true })
})
afterAll(async () => {
  await first?.close()
  await second?.close()
  removeFolders()
})

const goTo = async (page: Page, name: string): Promise<void> => {
  await page.getByRole('navigation').getByRole('button', { name, exact: true }).click()
  await page.getByRole('heading', { level: 1, name }).waitFor()
}
const figure = (page: Page, name: string) => page.locator('dt', { hasText: new RegExp(`^${name}$`) }).locator('+ dd')
const ring = (page: Page) => page.getByRole('listbox', { name: 'Places on the ring' })

async function openRing(page: Page): Promise<void> {
  await goTo(page, 'Explorer')
  await page.getByRole('button', { name: 'Overlay', exact: true }).click()
  await page.getByRole('button', { name: 'Chord', exact: true }).click()
  await page.getByRole('tab', { name: 'The ring' }).click()
}

/** Nothing but the ring is left to find peers by. */
async function keepRingAlone(page: Page): Promise<void> {
  await goTo(page, 'Settings')
  await page.getByRole('region', { name: 'Finding peers' }).getByRole('radio', { name: /^Off/ }).check()
  for (const name of ['Find peers on the local network', 'Exchange peers with peers']) {
    const control = page.getByRole('checkbox', { name })
    await control.click()
    await expect.poll(() => control.isChecked()).toBe(false)
  }
}

const PART = 'Take part in the Chord ring'

/** In the settings: switches the ring on or off, and waits until it is. */
async function takePart(page: Page, wanted: boolean): Promise<void> {
  await page.getByRole('checkbox', { name: PART }).click()
  const status = page.getByRole('contentinfo').getByRole('button', { name: /^Chord ring:/ })
  await expect.poll(async () => (await status.innerText()).includes('off'), PATIENCE).toBe(!wanted)
}

describe('two windows and the ring', () => {
  test('the first begins a ring, and says that it is alone there', async () => {
    for (const { page } of [first, second]) await keepRingAlone(page)
    const { page } = first
    await openRing(page)
    await expect.poll(() => figure(page, 'State').first().innerText(), PATIENCE).toContain('Member')
    await page.getByText(/^Alone on the ring/).waitFor(PATIENCE)
    firstAddress = (await figure(page, 'Seen from outside').innerText()).trim()
    expect(firstAddress).toMatch(/^127\.0\.0\.1:\d+$/)
    await look(first, 'ring-alone')
  })

  test('a host to join by is all that the second needs; both then know each other', async () => {
    const { page } = second
    const field = page.getByRole('textbox', { name: 'Hosts to join the ring by' })
    await field.fill(firstAddress)
    await field.press('Enter')
    await page.getByRole('list', { name: 'Hosts to join the ring by' }).getByText(firstAddress).waitFor()
    await look(second, 'ring-settings', page.getByRole('checkbox', { name: PART }))
    // Both have one address, and so the same places: two rings of theirs could never become one. It begins without one.
    await takePart(page, false)
    await takePart(page, true)
    for (const { page } of [first, second]) {
      await openRing(page)
      await expect.poll(async () => Number(await figure(page, 'Known places').innerText()), PATIENCE).toBeGreaterThan(0)
      await expect.poll(() => figure(page, 'State').first().innerText(), PATIENCE).toContain('Member')
    }
  })

  test('the places are gone around by the keyboard alone, and the details follow', async () => {
    const { page } = second
    await ring(page).focus()
    await page.keyboard.press('Home')
    const seen = new Set<string>()
    const places = await ring(page).getByRole('option').count()
    for (let n = 0; n < places; n++) {
      seen.add(await ring(page).getByRole('option', { selected: true }).innerText())
      await page.keyboard.press('ArrowRight')
    }
    expect(seen.size).toBeGreaterThan(1)
    await page.keyboard.press('PageDown')
    await page.getByRole('grid', { name: /points to$/ }).waitFor()
    await look(second, 'ring')
  })

  test('a lookup walks the ring, can be walked again, and says where the key lives', async () => {
    const { page } = second
    await page
      .getByRole('combobox', { name: 'Key, info-hash or magnet link' })
      .fill('c12fe1c06bba254a9dc9f519b335aa7c1367a88a')
    await page.getByRole('button', { name: 'Look up', exact: true }).click()
    await expect.poll(() => figure(page, 'State').innerText(), PATIENCE).toBe('Done')
    await page.getByText(/^The key lives at 127\.0\.0\.1:\d+/).waitFor()
    await look(second, 'ring-lookup')
    await page.getByRole('tab', { name: /^Owner, copies/ }).click()
    await page.getByRole('cell', { name: 'Owner' }).waitFor()
    await expectSound(second, 'owner and copies')
  })

  test('a value that one puts stands on the ring of both', async () => {
    await first.page.evaluate(async () => {
      const { shoal } = window as unknown as { shoal: { call(...args: unknown[]): Promise<unknown> } }
      const value = new TextEncoder().encode('13:low tide 6:12')
      return shoal.call('overlays', 'put', { overlay: 'chord', value, keep: true })
    })
    for (const { page } of [first, second]) {
      await page.getByRole('button', { name: 'Chord', exact: true }).click()
      await page.getByRole('tab', { name: /^Stored items [1-9]/ }).click()
      await page.getByRole('row').filter({ hasText: 'low tide 6:12' }).waitFor(PATIENCE)
    }
    const told = await Promise.all(
      [first, second].map(({ page }) => page.getByRole('row').filter({ hasText: 'low tide 6:12' }).innerText()),
    )
    expect(told.filter((row) => row.includes('Owner'))).toHaveLength(1)
    await look(first, 'ring-items')
  })

  test('the list of contacts names the overlay of each', async () => {
    const { page } = second
    await goTo(page, 'Peers')
    await page.getByRole('tab', { name: /^Overlay contacts/ }).click()
    const grid = page.getByRole('grid', { name: 'Overlay contacts' })
    await grid.getByRole('row').filter({ hasText: 'Chord' }).first().click()
    await expectSound(second, 'contacts on the ring')
    await page.keyboard.press('Enter')
    await page.getByText(/^The key lives at /).waitFor(PATIENCE)
  })

  test('a torrent without a tracker is found and fetched by the ring alone', async () => {
    const content = Buffer.from(Array.from({ length: 600_000 }, (_, n) => (n * 7 + (n >> 8)) & 0xff))
    mkdirSync(join(work, 'own'))
    writeFileSync(join(work, 'own', NAME), content)
    const file = join(work, 'tide.torrent')
    await goTo(first.page, 'Torrents')
    await first.page.getByRole('button', { name: 'Create torrent' }).first().click()
    const create = first.page.getByRole('dialog')
    await create.getByLabel('File or folder').fill(join(work, 'own', NAME))
    await create.getByRole('button', { name: 'Create', exact: true }).click()
    await answerDialogs(first.app, { save: [file] })
    await create.getByRole('button', { name: 'Save and seed' }).click()
    await first.page.getByRole('row').filter({ hasText: NAME }).getByText('Seeding').waitFor()
    const { page, app } = second
    await goTo(page, 'Torrents')
    await answerDialogs(app, { open: [file] })
    await page.keyboard.press('Control+o')
    const add = page.getByRole('dialog', { name: 'Add torrent' })
    await add.getByLabel('Save in').fill(join(work, 'received'))
    await add.getByRole('button', { name: 'Add', exact: true }).click()
    const row = page.getByRole('row').filter({ hasText: NAME })
    await row.getByText('Seeding').waitFor({ timeout: 120_000 })
    expect(readFileSync(join(work, 'received', NAME)).equals(content)).toBe(true)
    await row.click()
    await page.getByRole('tab', { name: 'Sources' }).click()
    await page.getByText('Chord').first().waitFor()
    await look(second, 'ring-sources')
  })

  test('switched off, the Explorer says so and leads to the settings', async () => {
    const { page } = second
    await goTo(page, 'Settings')
    await takePart(page, false)
    await goTo(page, 'Explorer')
    await page.getByRole('heading', { name: 'Chord is switched off' }).waitFor(PATIENCE)
    await look(second, 'ring-off')
    await page.getByRole('button', { name: 'Open settings' }).click()
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor()
  })

  test('nothing was complained of', () => {
    expect([...first.complaints, ...second.complaints]).toEqual([])
  })
})
