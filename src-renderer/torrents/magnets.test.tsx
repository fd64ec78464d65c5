import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import { generateMetadata } from '../mock/generate.ts'
import { renderWindow } from '../mock/render.tsx'
import { sampleHash, sampleMagnet, sampleRow } from '../mock/sample.ts'

const LINK = sampleMagnet(sampleHash(900))
const MUTABLE = `magnet:?xs=urn:btpk:${'ab'.repeat(32)}`
const named = (name: string) => screen.getByRole('row', { name: new RegExp(name) })

function paste(target: Element, text: string): void {
  fireEvent.paste(target, { clipboardData: { getData: () => text } })
}

describe('ways in for a magnet link', () => {
  test('pasting one anywhere on the page asks about it, several one after another', async () => {
    const { user, callsOf } = renderWindow()
    paste(document.body, `${LINK}\n${MUTABLE}`)
    const dialog = await screen.findByRole('dialog', { name: 'Add magnet link' })
    expect(within(dialog).getByText('1 more torrent to come')).toBeTruthy()
    await user.click(within(dialog).getByRole('button', { name: 'Leave this one out' }))
    await screen.findByRole('dialog', { name: 'Follow link' })
    expect(callsOf('torrents.preview')).toEqual([{ source: { magnet: LINK } }, { source: { magnet: MUTABLE } }])
  })

  test('what is pasted into a field, into an open dialog or is no link stays where it is', async () => {
    const { user, callsOf } = renderWindow()
    paste(screen.getByRole('searchbox', { name: 'Search torrents' }), LINK)
    paste(document.body, 'https://example.org/')
    expect(screen.queryByRole('dialog')).toBeNull()
    await user.keyboard('{Control>}n{/Control}')
    await screen.findByRole('dialog', { name: 'Create torrent' })
    paste(document.body, LINK)
    await user.keyboard('{Escape}')
    expect(screen.queryByRole('dialog')).toBeNull()
    expect(callsOf('torrents.preview')).toEqual([])
  })

  test('one on the clipboard stands in the field already when the dialog is asked for', async () => {
    const { user, callsOf } = renderWindow({ clipboard: ` see ${LINK} ` })
    await user.keyboard('{Control>}{Shift>}o{/Shift}{/Control}')
    const dialog = await screen.findByRole('dialog', { name: 'Add magnet link' })
    await within(dialog).findByText('Taken from the clipboard.')
    const field = within(dialog).getByRole<HTMLTextAreaElement>('textbox', { name: 'Magnet link' })
    expect(field.value).toBe(LINK)
    expect(document.activeElement).toBe(field)
    await user.keyboard('{Enter}')
    await within(await screen.findByRole('dialog')).findByText(/names the torrent and nothing more/)
    expect(callsOf('torrents.preview')).toEqual([{ source: { magnet: LINK } }])
  })

  test('by the menu beside the button; what is no link is said', async () => {
    const { user } = renderWindow()
    await user.click(screen.getByRole('button', { name: 'More ways to add' }))
    await user.click(screen.getByRole('menuitem', { name: /Magnet link/ }))
    const dialog = await screen.findByRole('dialog', { name: 'Add magnet link' })
    await user.type(within(dialog).getByRole('textbox', { name: 'Magnet link' }), 'magnet{Enter}')
    expect(within(dialog).getByRole('alert').textContent).toContain('no magnet link')
  })

  test('without a clipboard the field is empty, and nothing is complained of', async () => {
    const failures = { 'app.readClipboard': { code: 'NO_WINDOW', message: 'No window.' } }
    const { user } = renderWindow({ failures })
    await user.keyboard('{Control>}{Shift>}o{/Shift}{/Control}')
    const field = await screen.findByRole<HTMLTextAreaElement>('textbox', { name: 'Magnet link' })
    expect(field.value).toBe('')
    expect(screen.queryByRole('alert')).toBeNull()
  })

  test('links and files that the system hands over are asked about', async () => {
    const { user, callsOf } = renderWindow({ opened: ['/a.torrent', LINK] })
    const first = await screen.findByRole('dialog', { name: 'Add torrent' })
    await user.click(within(first).getByRole('button', { name: 'Leave this one out' }))
    await screen.findByRole('dialog', { name: 'Add magnet link' })
    expect(callsOf('torrents.preview')).toEqual([{ source: { path: '/a.torrent' } }, { source: { magnet: LINK } }])
  })

  test('a link dropped from a browser, as address or within text; other text is said to be none', async () => {
    const { user, callsOf } = renderWindow()
    const drop = (type: string, text: string): boolean =>
      fireEvent.drop(window, {
        dataTransfer: { types: [type], files: [], getData: (of: string) => (of === type ? text : '') },
      })
    drop('text/uri-list', LINK)
    await screen.findByRole('dialog', { name: 'Add magnet link' })
    await user.keyboard('{Escape}')
    drop('text/plain', 'Good morning')
    expect(await screen.findByText(/There is no magnet link in that/)).toBeTruthy()
    expect(callsOf('torrents.preview')).toEqual([{ source: { magnet: LINK } }])
  })
})

describe('adding a link', () => {
  test('says that size and files come later, and adds it all the same', async () => {
    const { user, callsOf } = renderWindow({ folder: { free: 10, writable: true }, opened: [LINK] })
    const dialog = await screen.findByRole('dialog')
    await within(dialog).findByText(/names the torrent and nothing more/)
    expect(within(dialog).queryByText('Size')).toBeNull()
    expect(within(dialog).queryByRole('tree')).toBeNull()
    await user.click(within(dialog).getByRole('button', { name: 'Add' }))
    expect(callsOf('torrents.add')).toEqual([
      { source: { magnet: LINK }, directory: '/home/ada/Downloads', paused: false, useExisting: false },
    ])
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(within(named('Field recordings')).getByText('Fetching metadata')).toBeTruthy()
  })

  test('a link that may change is followed, which is explained, and stands among the links', async () => {
    const { user, callsOf } = renderWindow({ opened: [MUTABLE] })
    const dialog = await screen.findByRole('dialog', { name: 'Follow link' })
    expect(within(dialog).getByText(/can point it to another torrent later/)).toBeTruthy()
    await user.click(within(dialog).getByRole('button', { name: 'Follow' }))
    expect(callsOf('torrents.add')).toMatchObject([{ source: { magnet: MUTABLE } }])
    const followed = await screen.findByRole('region', { name: 'Followed' })
    expect(within(followed).getByText('Field recordings, every month')).toBeTruthy()
    expect(screen.getByText('Following “Field recordings, every month”.')).toBeTruthy()
  })
})

test('a link that is followed already is shown among the links', async () => {
  const { user, callsOf } = renderWindow({ opened: [MUTABLE], preview: { present: true } })
  const dialog = await screen.findByRole('dialog', { name: 'Follow link' })
  expect(within(dialog).getByText(/You follow this link already/)).toBeTruthy()
  await user.click(within(dialog).getByRole('button', { name: 'Show it among the links' }))
  expect(await screen.findByRole('heading', { level: 1, name: 'Links' })).toBeTruthy()
  expect(callsOf('torrents.add')).toEqual([])
})

test('a magnet that is paused before anything is known shows no progress, and what to do', async () => {
  const unknown = { size: 0, selected: 0, done: 0, downloaded: 0 }
  const { user } = renderWindow({ rows: [sampleRow(1, { ...unknown, name: 'River', state: 'paused' })] })
  expect(within(named('River')).queryByRole('progressbar')).toBeNull()
  await user.click(named('River'))
  expect(screen.getByText(/Only the hash is known. Resume it/)).toBeTruthy()
})

describe('a torrent of which only the hash is known', () => {
  const metadata = { ...generateMetadata(1), asking: ['DHT', '2 trackers'] }
  const unknown = { state: 'fetching-metadata' as const, size: 0, selected: 0, done: 0, downloaded: 0 }
  const row = sampleRow(1, { ...unknown, name: 'River', metadata })

  test('its row says what is tried and for how long, and shows no progress that is none', () => {
    renderWindow({ rows: [row] })
    expect(within(named('River')).getByText('Fetching metadata')).toBeTruthy()
    expect(named('River').textContent).toContain('asking the DHT and 2 trackers')
    expect(within(named('River')).getByText('3 min').closest('[role="gridcell"]')?.textContent).toBe('for 3 min')
    expect(within(named('River')).queryByRole('progressbar')).toBeNull()
    expect(screen.getByRole('button', { name: 'Downloading 1' })).toBeTruthy()
  })

  test('its details tell how many peers were found, and what arrives as it does', async () => {
    const { user, mock } = renderWindow({ rows: [row] })
    await user.click(named('River'))
    const panel = within(screen.getByRole('tabpanel'))
    expect(panel.getByText(/No peer has been heard of yet/)).toBeTruthy()
    expect(panel.queryByRole('progressbar')).toBeNull()
    act(() => mock.rows.set([{ ...row, metadata: generateMetadata(2) }]))
    expect(panel.getByText('Heard of').nextElementSibling?.textContent).toBe('34')
    expect(panel.getByText('Serve metadata').nextElementSibling?.textContent).toBe('3')
    expect(panel.getByRole('progressbar', { name: 'Metadata received' }).getAttribute('aria-valuenow')).toBe('42')
    await user.click(screen.getByRole('tab', { name: /Files/ }))
    expect(screen.getByRole('heading', { name: 'The files are not known yet' })).toBeTruthy()
  })
})

describe('copying', () => {
  const rows = [sampleRow(1, { name: 'Alpha', addedAt: 2 }), sampleRow(2, { name: 'Beta', addedAt: 1 })]
  const [alpha, beta] = rows.map(({ id }) => sampleMagnet(id))
  const held = (): Promise<string> => window.navigator.clipboard.readText()

  test('puts the magnet link on the clipboard, by key, menu and details, and says so', async () => {
    const { user } = renderWindow({ rows })
    await user.click(named('Alpha'))
    await user.keyboard('{Control>}{Shift>}c{/Shift}{/Control}')
    expect(await screen.findByText('Copied the magnet link of “Alpha”.')).toBeTruthy()
    expect(await held()).toBe(alpha)
    await user.pointer({ keys: '[MouseRight]', target: named('Beta') })
    await user.click(screen.getByRole('menuitem', { name: /Copy magnet link/ }))
    expect(await screen.findByText('Copied the magnet link of “Beta”.')).toBeTruthy()
    expect(await held()).toBe(beta)
    await user.click(named('Alpha'))
    await user.click(screen.getByRole('button', { name: 'Copy magnet link' }))
    await waitFor(async () => expect(await held()).toBe(alpha))
  })

  test('of several puts a link on each line', async () => {
    const { user } = renderWindow({ rows })
    screen.getByRole('grid', { name: 'Torrents' }).focus()
    await user.keyboard('{Control>}a{Shift>}c{/Shift}{/Control}')
    expect(await screen.findByText('Copied the 2 magnet links.')).toBeTruthy()
    expect(await held()).toBe(`${alpha}\n${beta}`)
  })

  test('is told where it fails', async () => {
    const failures = { 'torrents.magnet': { code: 'GONE', message: 'This torrent is gone. Look at the list again.' } }
    const { user } = renderWindow({ rows, failures })
    await user.click(named('Alpha'))
    await user.keyboard('{Control>}{Shift>}c{/Shift}{/Control}')
    expect(await screen.findByText('This torrent is gone. Look at the list again.')).toBeTruthy()
  })
})
