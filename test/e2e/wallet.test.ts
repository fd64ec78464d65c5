/**
 * The wallet in the real window, on the local network: made with twelve words of which three are asked for, mined to, an
 * address with its code, a payment to a second address of its own that confirms, locked, and opened again after a restart
 * with a wrong and then the right password. Each part is looked at in both themes and sizes.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { look } from './pictures.ts'
import { answerDialogs, openShoal, removeFolders, type ShoalWindow, temporaryFolder } from './window.ts'

const PATIENCE = { timeout: 90_000 }
const PASSWORD = 'tidy kelp, nine moss'
const LOCAL_ADDRESS = /^lshl1q[02-9ac-hj-np-z]{38}$/

let shoal: ShoalWindow
let profile: string

beforeAll(async () => {
  profile = temporaryFolder('wallet')
  shoal = await openShoal({ profile, welcomed: true, args: ['--network', 'local'] })
})
afterAll(async () => {
  await shoal?.close()
  removeFolders()
})

const button = (name: string | RegExp) => shoal.page.getByRole('button', { name, exact: typeof name === 'string' })
const dialog = () => shoal.page.getByRole('dialog')

/** Goes to a part of the tab. */
async function part(name: string): Promise<void> {
  await shoal.page
    .getByRole('group', { name: 'Parts of the wallet' })
    .getByRole('button', { name, exact: true })
    .click()
}

async function openTab(): Promise<void> {
  await shoal.page.getByRole('navigation').getByRole('button', { name: 'Wallet', exact: true }).click()
  await shoal.page.getByRole('heading', { level: 1, name: 'Wallet' }).waitFor()
}

const fact = (name: string) =>
  shoal.page
    .locator('dl > div')
    .filter({ has: shoal.page.locator('dt', { hasText: name }) })
    .locator('dd')
const nextAddress = () => shoal.page.locator('p.font-mono').first().textContent()

async function generate(blocks: number): Promise<void> {
  await part('Mining')
  await shoal.page.getByLabel('Blocks at once').fill(String(blocks))
  await button('Generate blocks').click()
  await shoal.page.getByText(`Generated ${blocks} block`).waitFor()
}

describe('the wallet in Electron', () => {
  let words: string[] = []

  test('is made with twelve words, of which three are asked for', async () => {
    const { page } = shoal
    await openTab()
    await button('Create a wallet').waitFor()
    await look(shoal, 'wallet-none')
    await button('Create a wallet').click()
    await dialog().getByLabel('Password', { exact: true }).fill(PASSWORD)
    await dialog().getByLabel('Password again', { exact: true }).fill(PASSWORD)
    await look(shoal, 'wallet-create')
    await button('Create').click()
    await page.getByRole('heading', { name: 'Write these 12 words down' }).waitFor()
    words = await dialog().getByRole('listitem').locator('[translate="no"]').allTextContents()
    expect(words).toHaveLength(12)
    await look(shoal, 'wallet-words')
    await page.getByRole('checkbox', { name: 'I have written them down' }).check()
    await button('Continue').click()
    await page.getByRole('heading', { name: 'Confirm your words' }).waitFor()
    await button('Later').click()
    await page.getByText('The words of this wallet are not confirmed').waitFor()
    await look(shoal, 'wallet-fresh')
    await button('Confirm your words').click()
    const fields = dialog().getByLabel(/^Word \d+$/)
    await fields.first().waitFor()
    const labels = await dialog().locator('label').allTextContents()
    for (const [n, label] of labels.entries()) {
      await fields.nth(n).fill(words[Number(label.replace('Word ', '')) - 1] ?? '')
    }
    await look(shoal, 'wallet-confirm')
    await button('Confirm').click()
    await page.getByText('The words are confirmed.').waitFor()
    await page.getByText('The words of this wallet are not confirmed').waitFor({ state: 'detached' })
  })

  test('is mined to, where no address is named, and rewards mature', async () => {
    await generate(102)
    await look(shoal, 'wallet-mining')
    await part('Overview')
    await expect.poll(() => fact('Available').textContent(), PATIENCE).toBe('150 SHL')
    expect(await fact('Immature').textContent()).toBe('4,950 SHL')
    await look(shoal, 'wallet-overview')
  })

  let second = ''

  test('gives addresses out, each with its code and a payment link', async () => {
    const { page, app } = shoal
    await part('Receive')
    await button('New address').first().click()
    await expect.poll(nextAddress).toMatch(LOCAL_ADDRESS)
    const first = await nextAddress()
    await button('New address').first().click()
    await expect.poll(nextAddress).not.toBe(first)
    second = (await nextAddress()) ?? ''
    expect(second).toMatch(LOCAL_ADDRESS)
    await page.getByLabel('Amount in SHL').fill('2.5')
    await page.getByLabel('Message for the payer').fill('Tea & cake')
    await page.getByRole('img', { name: 'Code of the payment request' }).waitFor()
    await look(shoal, 'wallet-receive')
    await expect.poll(() => button('Copy payment link').getAttribute('title')).toContain('Tea%20%26%20cake')
    await button('Copy payment link').click()
    await page.getByText('Copied the payment link.').waitFor()
    expect(await app.evaluate(({ clipboard }) => clipboard.readText())).toBe(
      `shoal:${second}?amount=2.5&message=Tea%20%26%20cake`,
    )
  })

  test('pays to a link, after a review', async () => {
    const { page } = shoal
    await part('Send')
    await page.getByRole('combobox', { name: 'Recipient' }).fill(`${second.slice(0, 12)}b${second.slice(13)}`)
    await page.getByText(/^Character 13 of this address/).waitFor()
    await look(shoal, 'wallet-send-wrong')
    await page.getByRole('combobox', { name: 'Recipient' }).fill(`shoal:${second}?amount=2.5&message=Tea%20%26%20cake`)
    await expect.poll(() => page.getByLabel('Amount in SHL').inputValue()).toBe('2.5')
    await page.getByText('one of your own addresses').waitFor()
    await look(shoal, 'wallet-send')
    await button('Review').click()
    await page.getByRole('heading', { name: 'Look it over' }).waitFor()
    expect(await page.getByRole('list', { name: 'Recipients' }).textContent()).toContain(second)
    await look(shoal, 'wallet-review')
    await button('Sign and send').click()
    await page.getByRole('heading', { name: 'On its way' }).waitFor()
    await look(shoal, 'wallet-sent')
    await button('Follow it in the history').click()
    const row = page.getByRole('grid', { name: 'Transactions' }).getByRole('row').filter({ hasText: 'Tea & cake' })
    await row.getByText('Pending').waitFor()
    await row.click()
    await look(shoal, 'wallet-pending')
  })

  test('is sped up by one press, after a review, and then confirms', async () => {
    const { page } = shoal
    const rows = page.getByRole('grid', { name: 'Transactions' }).getByRole('row')
    await page.getByRole('region', { name: 'Details' }).getByRole('button', { name: 'Speed up' }).click()
    await page.getByRole('heading', { name: 'Replace it by a dearer one' }).waitFor()
    await look(shoal, 'wallet-speed-up')
    await button('Sign and send').click()
    await page.getByRole('heading', { name: 'Sped up' }).waitFor()
    await part('History')
    await rows.filter({ hasText: 'Pending' }).waitFor()
    await page.getByRole('searchbox', { name: 'Search the history' }).fill('Tea & cake')
    await rows.filter({ hasText: 'Replaced' }).waitFor()
    await look(shoal, 'wallet-search')
    await generate(1)
    await part('History')
    await rows.filter({ hasText: 'Fresh, 1 block' }).filter({ hasText: 'To yourself' }).waitFor()
    await look(shoal, 'wallet-history')
  })

  test('the other parts, and what is saved from them', async () => {
    const { page, app } = shoal
    const saved = ['history.csv', 'labels.jsonl', 'copy.db'].map((name) => join(profile, name))
    await answerDialogs(app, { save: saved })
    await button('Save CSV').click()
    await page.getByText(/^Saved .*history\.csv\.$/).waitFor()
    expect(readFileSync(join(profile, 'history.csv'), 'utf8').trim().split('\r\n')).toHaveLength(106)
    await part('Coins')
    await page.getByRole('grid', { name: 'Coins' }).waitFor()
    await look(shoal, 'wallet-coins')
    await part('Contacts')
    await button('Add a contact').click()
    await dialog().getByLabel('Name').fill('Second pocket')
    await dialog().getByLabel('Address or payment link').fill(second)
    await look(shoal, 'wallet-contact')
    await button('Save').click()
    await page.getByRole('row').filter({ hasText: 'Second pocket' }).waitFor()
    await look(shoal, 'wallet-contacts')
    await part('Settings')
    await button('Look further').waitFor()
    await look(shoal, 'wallet-settings')
    await button('Export labels…').click()
    await page.getByText(/^Saved .*labels\.jsonl\.$/).waitFor()
    const labels = join(profile, 'labels.jsonl')
    expect(readFileSync(labels, 'utf8')).toContain('"label":"Tea & cake"')
    await page.getByLabel('File of labels').setInputFiles(labels)
    await page.getByText(/^\d+ labels? taken\./).waitFor()
    await button('Back up…').click()
    await page.getByText(/^Saved .*copy\.db\./).waitFor()
    expect(shoal.complaints).toEqual([])
  })

  test('is locked, and after a restart a wrong password leaves it so, the right one opens it', async () => {
    await button(/^Lock/).click()
    await button('Locked').waitFor()
    await part('Overview')
    await look(shoal, 'wallet-locked')
    await shoal.close()
    shoal = await openShoal({ profile, args: ['--network', 'local'] })
    await openTab()
    const { page } = shoal
    await expect.poll(() => fact('Available').textContent(), PATIENCE).toMatch(/^1\d\d\.\d+ SHL$/)
    await button('Locked').click()
    await dialog().getByLabel('Password', { exact: true }).fill('not this one')
    await button('Unlock').click()
    await dialog().getByRole('alert').waitFor()
    await look(shoal, 'wallet-wrong-password')
    await dialog().getByLabel('Password', { exact: true }).fill(PASSWORD)
    await button('Unlock').click()
    await button(/^Lock.*in \d+ (min|s)$/).waitFor()
    await part('History')
    await page.getByRole('row').filter({ hasText: 'Tea & cake' }).first().waitFor()
    expect(shoal.complaints).toEqual([])
  })
})
