/**
 * The whole window by the keyboard alone: on every page, part and tab, and in dialogs, Tab reaches each control and comes
 * round again, nothing holds the focus back, and what has it is named, on the screen and seen to have it.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { drawn } from './pictures.ts'
import { openShoal, removeFolders, type ShoalWindow } from './window.ts'

/** More stops than any page has. */
const MOST_STOPS = 200
let shoal: ShoalWindow
let page: Page

beforeAll(async () => {
  shoal = await openShoal({ welcomed: true })
  page = shoal.page
  await shoal.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(900, 600))
})
afterAll(async () => {
  await shoal?.close()
  removeFolders()
})

interface Stop {
  readonly again: boolean
  /** How it is called where people cannot see it; empty for none. */
  readonly name: string
  readonly problem: string
}

/** What has the focus now. It is remembered in the page until the walk is over. */
function stop(): Promise<Stop> {
  return page.evaluate(() => {
    const memory = globalThis as { walked?: Element[] }
    memory.walked ??= []
    const { walked } = memory
    const at = document.activeElement
    if (!at || at === document.body) return { again: false, name: '', problem: '' }
    if (walked.includes(at)) return { again: true, name: '', problem: '' }
    walked.push(at)
    const text = (id: string) => document.getElementById(id)?.textContent ?? ''
    const labels = [...((at as HTMLInputElement).labels ?? [])].map((label) => label.textContent ?? '')
    const labelled = (at.getAttribute('aria-labelledby') ?? '').split(' ').map(text)
    const isField = at.matches('input, select, textarea')
    const own = isField ? [] : [at.textContent ?? '']
    const names = [at.getAttribute('aria-label') ?? '', ...labelled, ...labels, ...own].map((one) => one.trim())
    const name = names.find((one) => one !== '') ?? ''
    const box = at.getBoundingClientRect()
    const isOutside = box.right <= 0 || box.bottom <= 0 || box.left >= innerWidth || box.top >= innerHeight
    const { opacity } = getComputedStyle(at)
    // A choice is outlined with its words.
    const outlined = [at, ...(at.matches('input') ? [at.closest('label')] : [])].map(
      (one) => one && getComputedStyle(one),
    )
    // Of a table the row that the keys stand on is framed.
    const row = document.getElementById(at.getAttribute('aria-activedescendant') ?? '')
    const isFramed = row !== null && getComputedStyle(row).boxShadow !== 'none'
    const isPlain =
      !isFramed &&
      !outlined.some((one) => one && one.outlineStyle !== 'none' && Number.parseFloat(one.outlineWidth) >= 1)
    const problems = [
      ...(name === '' ? ['has no name'] : []),
      ...(isOutside || opacity === '0' ? ['is not on the screen'] : []),
      ...(isPlain ? ['is not seen to have the focus'] : []),
    ]
    return { again: false, name, problem: problems.map((one) => `${at.outerHTML.slice(0, 160)} ${one}`).join('; ') }
  })
}

/** Controls that Tab should reach and has not. Of radio buttons only the chosen one is a stop; a row of tabs hands on to its tab. */
function missed(): Promise<string[]> {
  return page.evaluate(() => {
    const memory = globalThis as { walked?: Element[] }
    const { walked = [] } = memory
    memory.walked = []
    const modal = document.querySelector('[role="dialog"], [role="alertdialog"]')
    const controls = (modal ?? document).querySelectorAll<HTMLElement>(
      'a[href], button, input, select, textarea, [tabindex]',
    )
    return [...controls]
      .filter(
        (one) =>
          one.tabIndex >= 0 &&
          !one.matches(':disabled, [aria-hidden="true"], [data-radix-focus-guard], [role="tablist"]'),
      )
      .filter((one) => !one.matches('input[type="radio"]:not(:checked)') && one.checkVisibility())
      .filter((one) => !walked.includes(one))
      .map((one) => one.outerHTML.slice(0, 160))
  })
}

async function forget(): Promise<void> {
  await page.evaluate(() => {
    delete (globalThis as { walked?: Element[] }).walked
  })
}

/** Once round with Tab. */
async function walk(where: string): Promise<void> {
  await forget()
  const problems: string[] = []
  let stops = 0
  for (let again = false; !again && stops < MOST_STOPS; stops++) {
    await page.keyboard.press('Tab')
    const found = await stop()
    again = found.again
    if (found.problem) problems.push(found.problem)
  }
  expect(stops, `round of ${where}`).toBeLessThan(MOST_STOPS)
  expect.soft({ problems, missed: await missed() }, where).toEqual({ problems: [], missed: [] })
}

/** Goes by Tab to what has this name. */
async function goTo(name: RegExp): Promise<void> {
  await forget()
  for (let n = 0; n < MOST_STOPS; n++) {
    await page.keyboard.press('Tab')
    const found = await stop()
    if (name.test(found.name)) break
    if (found.again) throw new Error(`Tab does not reach ${name}`)
  }
  await forget()
}

async function press(name: RegExp): Promise<void> {
  await goTo(name)
  await page.keyboard.press('Enter')
}

/** Out of a dialog. Where the focus shows a hint, Escape would put that away first. */
async function leaveDialog(): Promise<void> {
  await goTo(/^Cancel$/)
  await page.getByRole('tooltip').waitFor({ state: 'detached' })
  await drawn(shoal)
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
}

const heading = (name: string) => page.getByRole('heading', { level: 1, name }).waitFor()

/** Every tab of a row: arrow keys go along it, and round. */
async function walkTabs(row: string): Promise<void> {
  const tabs = page.getByRole('tablist', { name: row }).getByRole('tab')
  const names = await tabs.allInnerTexts()
  expect(names.length, row).toBeGreaterThan(1)
  const called = (name: string) => new RegExp(`^${name.split(/\s+\d/)[0]?.trim()}\\s*[\\d,]*$`)
  await goTo(called(names[0] ?? ''))
  for (const [n, name] of names.entries()) {
    if (n > 0) await page.keyboard.press('ArrowRight')
    await expect.poll(() => tabs.nth(n).getAttribute('aria-selected')).toBe('true')
    await walk(`${row}, ${name}`)
    await goTo(called(name))
  }
}

describe('by the keyboard alone', () => {
  test('every page, and back again', async () => {
    for (const name of ['Peers', 'Wallet', 'Settings', 'Torrents']) {
      await press(new RegExp(`^${name}$`))
      await heading(name)
      await walk(name)
    }
  })

  test('Shift and Tab go back the way', async () => {
    await goTo(/^Create torrent$/)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Shift+Tab')
    expect((await stop()).name).toBe('Create torrent')
  })

  test('dialogs keep the focus while they are open, and give it back', async () => {
    await press(/^Create torrent$/)
    await page.getByRole('dialog').waitFor()
    await walk('Create torrent')
    await leaveDialog()
    await expect.poll(async () => (await stop()).name).toBe('Create torrent')
    await page.keyboard.press('Control+Shift+O')
    await page.getByRole('dialog', { name: 'Add magnet link' }).waitFor()
    await walk('Add magnet link')
    await leaveDialog()
  })

  test('the lists of peers', async () => {
    await press(/^Peers$/)
    await heading('Peers')
    await walkTabs('Lists of peers')
  })

  test('the Explorer: its parts, both overlays, the examples and the Lab', async () => {
    await press(/^Explorer$/)
    await heading('Explorer')
    await press(/^Chain$/)
    await walk('Chain')
    await press(/^Overlay$/)
    await press(/^Chord$/)
    await walkTabs('Parts of the overlay')
    await press(/^Examples$/)
    await walkTabs('Examples')
    await press(/^Lab$/)
    await page.getByRole('heading', { name: 'Nothing has been run yet' }).waitFor()
    await walk('Lab')
  })

  test('nothing was complained of', () => expect(shoal.complaints).toEqual([]))
})
