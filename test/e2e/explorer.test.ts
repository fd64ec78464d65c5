/**
 * The DHT in the real window: two profiles on this machine find each other, the Explorer lays their tables open and draws
 * a search, a torrent without a tracker brings them together, and the Peers page disconnects and bans.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answerDialogs, openShoal, removeFolders, root, type ShoalWindow, temporaryFolder } from './window.ts'

const PICTURES = join(root, 'test-results', 'explorer')
/** Torrents that nobody has: who wants them stays connected to the others who do. */
const WANTED = ['nobody-has-this.bin', 'nor-this.bin'] as const
const PIECES = 16
const PIECE_BYTES = 16_384
/** For what takes several rounds of the DHT. */
const PATIENCE = { timeout: 90_000 }
let work: string
let first: ShoalWindow
let second: ShoalWindow
let firstId: string

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true })
  work = temporaryFolder('explorer')
  for (const name of WANTED) writeTorrent(name)
  first = await openShoal({ welcomed: true })
  second = await openShoal({ welcomed: true })
})
afterAll(async () => {
  await first?.close()
  await second?.close()
  removeFolders()
})

const torrentFile = (name: string) => join(work, `${name}.torrent`)

/** One file, of which the hashes fit nothing. */
function writeTorrent(name: string): void {
  const pieces = Buffer.alloc(PIECES * 20, name)
  writeFileSync(
    torrentFile(name),
    Buffer.concat([
      Buffer.from(`d4:infod6:lengthi${PIECES * PIECE_BYTES}e4:name${name.length}:${name}`),
      Buffer.from(`12:piece lengthi${PIECE_BYTES}e6:pieces${pieces.length}:`),
      pieces,
      Buffer.from('ee'),
    ]),
  )
}

const goTo = async (page: Page, name: string): Promise<void> => {
  await page.getByRole('navigation').getByRole('button', { name, exact: true }).click()
  await page.getByRole('heading', { level: 1, name }).waitFor()
}
const figure = (page: Page, name: string) => page.locator('dt', { hasText: new RegExp(`^${name}$`) }).locator('+ dd')

/** Axe without a finding, nothing cut off, and a picture of both. */
async function expectSound({ page, app }: ShoalWindow, name: string): Promise<void> {
  for (const [width, height, colorScheme] of [
    [900, 600, 'dark'],
    [1280, 800, 'light'],
  ] as const) {
    await app.evaluate(({ BrowserWindow }, [w, h]) => BrowserWindow.getAllWindows()[0]?.setContentSize(w, h), [
      width,
      height,
    ] as const)
    await page.waitForFunction((w) => innerWidth === w, width)
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
    const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
    expect(
      violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
      name,
    ).toEqual([])
    const wide = await page.evaluate(() =>
      [document.documentElement, ...document.querySelectorAll('main, [role="grid"], [role="tree"], header, footer')]
        .filter((element) => element.scrollWidth > element.clientWidth)
        .map((element) => `${element.tagName} ${element.getAttribute('aria-label') ?? ''}`),
    )
    expect(wide, `cut off: ${name} ${width}`).toEqual([])
    await page.screenshot({ path: join(PICTURES, `${name}-${width}-${colorScheme}.png`) })
  }
}

/** Takes part at once, and finds peers by the DHT alone. */
async function useDhtAlone(page: Page): Promise<void> {
  await goTo(page, 'Settings')
  for (const [control, on] of [
    [page.getByRole('radio', { name: /^Full/ }), true],
    [page.getByRole('checkbox', { name: 'Find peers on the local network' }), false],
    [page.getByRole('checkbox', { name: 'Exchange peers with peers' }), false],
  ] as const) {
    await control.click()
    await expect.poll(() => control.isChecked()).toBe(on)
  }
}

/** What the window's own bridge tells of its node: id, and where it listens on this machine. */
async function nodeOf(page: Page): Promise<{ nodeId: string; address: string }> {
  const read = () =>
    page.evaluate(async () => {
      const { shoal } = window as unknown as {
        shoal: { call(...args: unknown[]): Promise<{ value?: { nodes: { nodeId: string; listening: string }[] } }> }
      }
      const { value } = await shoal.call('overlays', 'info', { overlay: 'kademlia' })
      return value?.nodes[0]
    })
  await expect.poll(async () => (await read())?.listening).toMatch(/:\d+$/)
  const { nodeId = '', listening = '' } = (await read()) ?? {}
  return { nodeId, address: `127.0.0.1:${listening.split(':').at(-1)}` }
}

async function add({ page, app }: ShoalWindow, name: string, folder: string): Promise<void> {
  await goTo(page, 'Torrents')
  await answerDialogs(app, { open: [torrentFile(name)] })
  await page.keyboard.press('Control+o')
  const dialog = page.getByRole('dialog', { name: 'Add torrent' })
  await dialog.getByLabel('Save in').fill(join(work, folder))
  await dialog.getByRole('button', { name: 'Add', exact: true }).click()
  await page.getByRole('row').filter({ hasText: name }).waitFor()
}

describe('two windows and the DHT', () => {
  test('before anybody can be reached, the Explorer and the list of contacts say so', async () => {
    const { page } = first
    await goTo(page, 'Explorer')
    await page.getByRole('button', { name: 'Overlay', exact: true }).click()
    await page.getByRole('heading', { name: 'The DHT has nobody to join on this machine' }).waitFor()
    await expectSound(first, 'waiting')
    await goTo(page, 'Peers')
    await page.getByRole('heading', { name: 'Shoal talks to this machine only' }).waitFor()
    await page.getByRole('tab', { name: /Overlay contacts/ }).click()
    await page.getByRole('button', { name: 'Open settings' }).click()
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor()
  })

  test('a node to begin with is all that the second needs to join', async () => {
    await useDhtAlone(first.page)
    await useDhtAlone(second.page)
    const node = await nodeOf(first.page)
    firstId = node.nodeId
    const field = second.page.getByLabel('Nodes to begin with').first()
    await field.fill('somewhere')
    await field.press('Enter')
    await second.page.getByText('Enter a host and a port').waitFor()
    await field.fill(node.address)
    await field.press('Enter')
    await second.page.getByRole('list', { name: 'Nodes to begin with' }).getByText(node.address).waitFor()
    await expectSound(second, 'settings')
    for (const { page } of [first, second]) {
      const dht = page.getByRole('contentinfo').getByRole('button', { name: 'Distributed hash table: 1 node' })
      await dht.waitFor(PATIENCE)
      await dht.click()
      await expect.poll(() => figure(page, 'State').innerText(), PATIENCE).toContain('Joined')
    }
  })

  test('the routing table opens to the other node by the keyboard alone', async () => {
    const { page } = second
    await page.getByRole('tree').focus()
    await page.keyboard.press('*')
    await page.keyboard.press('End')
    const node = page.getByRole('treeitem').filter({ hasText: firstId.slice(0, 8) })
    await node.waitFor()
    expect(await node.getAttribute('aria-level')).toBe('2')
    expect(await node.innerText()).toContain('Good')
    await expectSound(second, 'node')
  })

  test('a search is drawn, told step by step, and finds the other node', async () => {
    const { page } = second
    await page.getByLabel('Key, info-hash or magnet link').fill(firstId)
    await page.getByRole('button', { name: 'Look up', exact: true }).click()
    await expect.poll(() => figure(page, 'State').innerText(), PATIENCE).toBe('Done')
    await page.getByRole('img', { name: /Drawing of the search: 1 request, 1 answered/ }).waitFor()
    const steps = page.getByRole('grid', { name: 'Steps of the search' })
    expect(await steps.getByRole('row').nth(1).innerText()).toContain('Answered')
    await steps.getByRole('row').nth(1).click()
    await expectSound(second, 'search')
    await page.getByRole('tab', { name: 'Nearest 1' }).click()
    await page.getByRole('cell', { name: firstId.slice(0, 8) }).waitFor()
    await page.getByRole('tab', { name: /Stored items/ }).click()
    await page.getByRole('heading', { name: 'Nothing is stored here' }).waitFor()
  })

  test('the contacts list the other node; Enter looks it up', async () => {
    const { page } = second
    await goTo(page, 'Peers')
    await page.getByRole('tab', { name: /^Overlay contacts/ }).click()
    const row = page.getByRole('grid', { name: 'Overlay contacts' }).getByRole('row').filter({ hasText: 'DHT' })
    await row.click()
    await expectSound(second, 'contacts')
    await page.keyboard.press('Enter')
    await page.getByRole('grid', { name: 'Steps of the search' }).waitFor()
  })
})

describe('peers found by the DHT', () => {
  const peers = () => second.page.getByRole('grid', { name: 'Connected peers' })
  const rows = () => peers().getByRole('row').filter({ hasText: '127.0.0.1' })

  test('who wants the same torrents is connected, and stands in the list for each', async () => {
    const { page } = second
    for (const name of WANTED) {
      await add(first, name, 'a')
      await add(second, name, 'b')
    }
    await goTo(page, 'Peers')
    await page.getByRole('tab', { name: /^Connected/ }).click()
    for (const name of WANTED) await rows().filter({ hasText: name }).first().waitFor(PATIENCE)
    await rows().first().click()
    await expectSound(second, 'peers')
  })

  test('one is disconnected by a key', async () => {
    const { page } = second
    await rows().filter({ hasText: WANTED[1] }).first().click()
    await page.keyboard.press('Delete')
    await page.getByText(/^Disconnected 127\.0\.0\.1:\d+\.$/).waitFor()
  })

  test('a banned address is gone from every torrent, and stays banned until it is taken back', async () => {
    const { page } = second
    await rows().filter({ hasText: WANTED[0] }).first().click()
    await page.keyboard.press('b')
    await page.getByText('Banned 127.0.0.1 from all torrents.').waitFor()
    await page.getByRole('heading', { name: 'Shoal talks to this machine only' }).waitFor()
    await page.getByRole('tab', { name: 'Banned 1' }).click()
    await page.getByRole('grid', { name: 'Banned addresses' }).getByRole('row').nth(1).click()
    await expectSound(second, 'banned')
    await page.keyboard.press('Delete')
    await page.getByText('127.0.0.1 may connect again.').waitFor()
    await page.getByRole('heading', { name: 'No address is banned' }).waitFor()
  })

  test('nothing was complained of', () => {
    expect([...first.complaints, ...second.complaints]).toEqual([])
  })
})
