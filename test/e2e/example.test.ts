/**
 * The examples in the real window: the ring as the literature draws it, 26 joining step by step and by the keyboard, a lookup,
 * a node that falls silent and one that leaves; and Kademlia's tree, where 2 finds 13 by way of 14.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { look } from './pictures.ts'
import { openShoal, removeFolders, type ShoalWindow } from './window.ts'

/** For some minutes of simulated time on a busy machine. */
const PATIENCE = { timeout: 90_000 }
let shoal: ShoalWindow
let page: Page

beforeAll(async () => {
  shoal = await openShoal({ welcomed: true })
  page = shoal.page
})
afterAll(async () => {
  await shoal?.close()
  removeFolders()
})

const button = (name: string) => page.getByRole('button', { name, exact: true })
const events = () => page.getByRole('log').getByRole('listitem').allInnerTexts()
const table = (name: string) => page.getByRole('table', { name }).locator('tbody tr')
const told = (words: string) => page.getByRole('log').getByText(words, { exact: true }).first()
const column = async (name: string, at: number) =>
  (await table(name).allInnerTexts()).map((row) => row.split('\t')[at]?.trim())

async function choose(node: string): Promise<void> {
  await page.getByRole('combobox', { name: 'Node', exact: true }).selectOption(node)
}

describe('the ring', () => {
  test("opens as the literature draws it, with node 8's finger table", async () => {
    await page.getByRole('navigation').first().getByRole('button', { name: 'Explorer', exact: true }).click()
    await button('Examples').click()
    await page.getByRole('img', { name: /nodes 8, 14, 21, 32, 38, 42, 48, 51\. Ideal/ }).waitFor()
    expect(await column('Finger table of node 8', 3)).toEqual(['14', '14', '14', '21', '32', '42'])
    await look(shoal, 'example-ring')
  })

  test('26 joins step by step, by the keyboard alone', async () => {
    await page.getByRole('textbox', { name: 'Place of the node that joins' }).focus()
    await page.keyboard.press('Enter')
    await told('26 wants to join').waitFor()
    await button('Step').focus()
    const walk = async (words: string, picture?: string) => {
      for (let i = 0; i < 30 && (await told(words).count()) === 0; i++) {
        const before = (await events())[0]
        await page.keyboard.press('Enter')
        await expect.poll(async () => (await events())[0] !== before, PATIENCE).toBe(true)
      }
      await told(words).waitFor()
      if (picture) await look(shoal, picture)
    }
    await walk('32 copies keys 22 to 26 to 26, which does not count as owner yet', 'example-ring-joining')
    await walk('21 stabilises: 32 names 26, 26 is asked before it is adopted', 'example-ring-adopting')
    await walk("8's finger 5 is 26 now")
    expect(await column('Finger table of node 8', 3)).toEqual(['14', '14', '14', '21', '26', '42'])
    await choose('21')
    expect((await column('Finger table of node 21', 3)).slice(0, 3)).toEqual(['26', '26', '26'])
    await look(shoal, 'example-ring-joined')
  })

  test('a lookup walks hop by hop', async () => {
    await choose('8')
    await button('Look up from 8').click()
    for (let i = 0; i < 12 && (await told('key 54 is at 8').count()) === 0; i++) {
      const before = (await events())[0]
      await button('Step').click()
      await expect.poll(async () => (await events())[0] !== before, PATIENCE).toBe(true)
    }
    await page.getByText('8 has found key 54 at 8: 8 → 42 → 51 → 8, 3 hops').waitFor()
    await look(shoal, 'example-ring-lookup')
  })

  test('one falls silent and one leaves while it runs: the ring closes, keys live on', async () => {
    await page.getByRole('combobox', { name: 'Speed' }).selectOption('8')
    await choose('42')
    await button('Kill').click()
    await button('Play').click()
    await told("38's successor is 48 now, it was 42").waitFor(PATIENCE)
    await choose('26')
    await button('Leave').click()
    await page.getByRole('checkbox', { name: 'Every message' }).check()
    await button('Pause').click()
    await look(shoal, 'example-ring-changing')
    await page.getByRole('checkbox', { name: 'Every message' }).uncheck()
    await button('Play').click()
    await told("32's predecessor is 21 now, it was 26").waitFor(PATIENCE)
    await page.getByText('Ideal', { exact: true }).waitFor(PATIENCE)
    await button('Pause').click()
    await look(shoal, 'example-ring-closed')
  })

  test('what is no free place is refused beside the field', async () => {
    const field = page.getByRole('textbox', { name: 'Place of the node that joins' })
    await field.fill('8')
    await button('Join').click()
    await page.getByText('There is a node 8 already. Choose a free place.').waitFor()
    await look(shoal, 'example-ring-refused')
    await field.fill('26')
  })

  test('another ring, and back to the beginning', async () => {
    await button('Another ring').click()
    await expect.poll(() => page.getByRole('img', { name: /nodes 8, 14, 21, 32, 38, 42, 48, 51\./ }).count()).toBe(0)
    await look(shoal, 'example-ring-another')
    await button('Back to the beginning').click()
    await page.getByRole('img', { name: /nodes 8, 14, 21, 32, 38, 42, 48, 51\. Ideal/ }).waitFor()
  })
})

describe('the tree', () => {
  test("shows node 2's buckets, and finds 13 by way of 14", async () => {
    await page.getByRole('tab', { name: 'Kademlia: a tree' }).click()
    await page.getByText('2 is about to look up 13').waitFor()
    expect(await column('Buckets of node 2', 2)).toEqual(['14, 9', '4, 6', '1', '3'])
    await look(shoal, 'example-tree')
    await button('Step').click()
    await told('2 asks 14, at distance 3: it names 13 and 9').waitFor()
    await look(shoal, 'example-tree-asking')
    await button('Step').click()
    await page.getByText('2 has found 13: 2 → 14 → 13').waitFor()
    await look(shoal, 'example-tree-found')
  })

  test('looks up from another node by itself', async () => {
    await choose('6')
    await page.getByRole('combobox', { name: 'Id to look up' }).selectOption('8')
    await button('Look up from 6').click()
    await button('Play').click()
    await page.getByText(/^No node is 8, the nearest is 9: 6 → /).waitFor(PATIENCE)
    await look(shoal, 'example-tree-missing')
  })

  test('the ring is where it was left', async () => {
    await page.getByRole('tab', { name: 'Chord: a ring' }).click()
    await page.getByRole('img', { name: /nodes 8, 14, 21, 32, 38, 42, 48, 51\. Ideal/ }).waitFor()
  })

  test('nothing was complained of', () => expect(shoal.complaints).toEqual([]))
})
