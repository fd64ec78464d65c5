/**
 * The Lab in the real window: an experiment run to its end on its own thread, its charts and tables, the tampered block,
 * one cancelled in mid-work, one after the thread was lost, and a report saved as CSV.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { look } from './pictures.ts'
import { answerDialogs, openShoal, removeFolders, type ShoalWindow, temporaryFolder } from './window.ts'

/** For an experiment on a busy machine. */
const PATIENCE = { timeout: 120_000 }
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

const results = (title: string) => page.getByRole('region', { name: `Results of ${title}` })

async function show(title: string): Promise<void> {
  // Its summary follows, which may name others.
  const name = new RegExp(`^${title}\\b`)
  await page.getByRole('navigation', { name: 'Experiments' }).getByRole('button', { name }).click()
  await page.getByRole('heading', { level: 2, name: title }).waitFor()
}

async function run(options: Readonly<Record<string, string>>): Promise<void> {
  for (const [label, value] of Object.entries(options))
    await page.getByRole('textbox', { name: label, exact: true }).fill(value)
  await page.getByRole('button', { name: 'Run', exact: true }).click()
}

const section = (name: string) => page.getByRole('article', { name, exact: true })

describe('the Lab', () => {
  test('lists its experiments, with options as they are usual', async () => {
    await page.getByRole('navigation').first().getByRole('button', { name: 'Explorer', exact: true }).click()
    await page.getByRole('button', { name: 'Lab', exact: true }).click()
    const experiments = page.getByRole('navigation', { name: 'Experiments' }).getByRole('button')
    await experiments.first().waitFor()
    expect((await experiments.allInnerTexts()).map((text) => text.split('\n')[0])).toEqual([
      ...['Chain', 'Chord', 'Comparison', 'Difficulty', 'Flooding', 'Kademlia', 'Pastry', 'Swarm'],
    ])
    await page.getByRole('heading', { name: 'Nothing has been run yet' }).waitFor()
    await look(shoal, 'lab-empty')
  })

  test('what is out of bounds is told beside it', async () => {
    await run({ Nodes: '9' })
    await page.getByText('Enter a number from 10 to 500.').waitFor()
    await look(shoal, 'lab-refused')
  })

  test('runs the chain to its end: charts, tables, formulas and their sources', async () => {
    await run({ Nodes: '20', Blocks: '200', Tries: '2000' })
    await results('Chain')
      .getByText(/^Done /)
      .waitFor(PATIENCE)
    for (const title of ['Stale rate against delay and interval', 'Selfish mining: rewards against hashing'])
      await page.getByRole('img', { name: new RegExp(`^${title}`) }).waitFor()
    const rows = page.getByRole('article', { name: 'Forks: blocks that end beside the best chain' }).getByRole('row')
    expect(await rows.count()).toBe(7)
    await page.getByText(/^Formula: .*Decker and Wattenhofer/).waitFor()
    await page.getByText(/^Formula: .*Eyal and Sirer/).waitFor()
    await look(shoal, 'lab-done')
    await look(shoal, 'lab-forks', section('Stale rate against delay and interval'))
    await look(shoal, 'lab-partition', section('Depth of the reorganisation when a partition heals'))
    await look(shoal, 'lab-majority', section('A secret branch overtakes a payment'))
    await look(shoal, 'lab-selfish', section('Selfish mining: rewards against hashing'))
  })

  test('draws the tampered block and what falls with it, by the keyboard alone', async () => {
    const blocks = page.getByRole('list', { name: /^Blocks, step/ }).getByRole('listitem')
    await page.getByRole('button', { name: 'Next step' }).focus()
    await page.keyboard.press('Enter')
    await page.getByText('7 of 10 blocks are not valid').waitFor()
    expect(await blocks.nth(3).innerText()).toMatch(/changed[\s\S]*Not valid[\s\S]*Merkle root does not fit/)
    expect(await blocks.nth(9).innerText()).toContain('Falls with it')
    await page.keyboard.press('Enter')
    expect(await blocks.nth(4).innerText()).toContain('Its parent is gone')
    await look(shoal, 'lab-tampered', section('A changed block breaks the chain after it'))
  })

  test('saves its report as CSV where a person says', async () => {
    const file = join(temporaryFolder('csv'), 'chain.csv')
    await answerDialogs(shoal.app, { save: [file] })
    await page.getByRole('button', { name: 'Save all as CSV' }).click()
    await page.getByText(`Saved ${file}.`).waitFor()
    const text = readFileSync(file, 'utf8')
    expect(text).toContain('Interval (s),A link (s),To miners (s),Blocks,Stale,')
    expect(text).toContain('series,origin,')
  })

  test('cancels a run in mid-work at once, and what it had found stays', async () => {
    await show('Difficulty')
    await run({ Runs: '50' })
    await page.getByRole('progressbar', { name: 'Progress of Difficulty' }).waitFor()
    await expect.poll(() => results('Difficulty').innerText(), PATIENCE).toMatch(/\d %, bitcoin-2016, about .* left/)
    await look(shoal, 'lab-running')
    await page.getByRole('button', { name: 'Cancel', exact: true }).click()
    await results('Difficulty')
      .getByText(/^Cancelled at /)
      .waitFor()
    await look(shoal, 'lab-cancelled')
  })

  test('runs another one after it, one for each network size', async () => {
    await show('Kademlia')
    await run({ Nodes: '128', 'Network sizes': '2', Lookups: '50' })
    await results('Kademlia')
      .getByText(/^Done /)
      .waitFor(PATIENCE)
    await look(shoal, 'lab-kademlia', section('Hops of a lookup as the network grows'))
    await show('Swarm')
    await run({ Peers: '2', 'File (MB)': '0.2' })
    await results('Swarm')
      .getByText(/^Done /)
      .waitFor(PATIENCE)
    await look(shoal, 'lab-swarm', section('Until the last of N peers has the file'))
  })

  test('Chord: hops, path lengths, load, churn and failures, with the figures of the papers and how they are known', async () => {
    await show('Chord')
    await run({
      ...{ Nodes: '256', 'Ring sizes': '3', Lookups: '200', 'Hosts with keys': '500' },
      ...{ 'Hosts with churn': '500', 'Churn lasts (min)': '1', 'Hosts that may fail': '100' },
      ...{ 'Hosts with a store': '20' },
    })
    await results('Chord')
      .getByText(/^Done /)
      .waitFor(PATIENCE)
    await page
      .getByText(/^Published: .*SIGCOMM 2001/)
      .first()
      .waitFor()
    await page
      .getByText(/From memory.*Transactions on Networking/i)
      .first()
      .waitFor()
    await look(shoal, 'lab-chord-hops', section('Hops of a lookup as the ring grows'))
    await look(shoal, 'lab-chord-paths', section('Distribution of the path length, over fingers alone'))
    await look(shoal, 'lab-chord-load', section('How evenly keys fall on hosts'))
    await look(shoal, 'lab-chord-churn', section('Lookups while hosts come and go'))
    await look(shoal, 'lab-chord-failure', section('Lookups right after the failure'))
  })

  test('the comparison: four overlays side by side, latency against traffic, and the designs with measured cells', async () => {
    await show('Comparison')
    await run({
      ...{ Nodes: '100', Lookups: '50', 'Nodes under churn': '40', 'Mean lifetime (min)': '10' },
      ...{ 'A lookup every (min)': '1', 'Churn measured (min)': '1' },
    })
    await results('Comparison')
      .getByText(/^Done /)
      .waitFor(PATIENCE)
    const designs = section('Structured overlays, flooding and a chain')
    expect(await designs.getByRole('row').count()).toBe(18)
    expect(await designs.innerText()).toMatch(/Found under churn, measured/)
    await look(shoal, 'lab-compare-messages', section('Messages of a lookup'))
    await look(shoal, 'lab-compare-churn', section('Latency against traffic under churn, a point for each setting'))
    await look(shoal, 'lab-compare-designs', designs)
  })

  test('bars stand with their figures', async () => {
    await show('Difficulty')
    for (const rule of ['asert-6h', 'lwma-60']) {
      await page.getByRole('checkbox', { name: rule, exact: true }).uncheck()
    }
    await run({ Runs: '1' })
    await results('Difficulty')
      .getByText(/^Done /)
      .waitFor(PATIENCE)
    await look(shoal, 'lab-bars', section('Longest gap after a strong miner has gone'))
  })

  test('nothing was complained of', () => expect(shoal.complaints).toEqual([]))
})
