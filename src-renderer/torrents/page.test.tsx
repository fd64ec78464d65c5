import { act, screen, within } from '@testing-library/react'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { generateRow, generateRows } from '../mock/generate.ts'
import { renderWindow } from '../mock/render.tsx'
import { sampleRow } from '../mock/sample.ts'
import { columnWidths, DEFAULT_LAYOUT } from '../ui/table/layout.ts'
import { TORRENT_COLUMNS } from './columns.tsx'

const grid = () => screen.getByRole('grid', { name: 'Torrents' })
const named = (name: string) => within(grid()).getByRole('row', { name: new RegExp(name) })
const selectedNames = () =>
  within(grid())
    .getAllByRole('row', { selected: true })
    .map((row) => within(row).getAllByRole('gridcell')[0]?.textContent)

const three = [
  sampleRow(1, { name: 'Alpha', addedAt: 3, state: 'downloading', downRate: 1_500_000 }),
  sampleRow(2, { name: 'Beta', addedAt: 2, state: 'seeding', done: 1_000_000 }),
  sampleRow(3, { name: 'Gamma', addedAt: 1, state: 'paused' }),
]

describe('states of the list', () => {
  test('loading shows its shape and says what it does', () => {
    renderWindow({ list: 'loading' })
    expect(screen.getByRole('status', { name: 'Reading the list of torrents' })).toBeTruthy()
  })
  test('empty says what belongs here and offers both ways in', async () => {
    const { user, callsOf } = renderWindow({ rows: [] })
    expect(screen.getByRole('heading', { name: 'What you download and share stands here' })).toBeTruthy()
    await user.click(screen.getAllByRole('button', { name: 'Add torrent' })[1] as HTMLElement)
    expect(callsOf('app.chooseTorrentFile')).toHaveLength(1)
  })
  test('a failure names itself and can be tried again', () => {
    renderWindow({ list: 'failed' })
    expect(screen.getByRole('alert').textContent).toContain('The engine does not answer.')
    expect(screen.getByRole('button', { name: 'Try again' })).toBeTruthy()
  })
  test('without consent it says calmly that nothing leaves the machine, and one press changes that', async () => {
    const { user, callsOf } = renderWindow({
      rows: three,
      status: { network: 'local-only' },
      settings: { networkConsent: 'unasked' },
    })
    await user.click(screen.getByRole('button', { name: 'Go online' }))
    expect(callsOf('settings.set')).toEqual([{ networkConsent: 'granted' }])
  })
  test('started with --offline it says so and offers nothing that would change nothing', () => {
    renderWindow({
      rows: three,
      status: { network: 'local-only', offline: true },
      settings: { networkConsent: 'unasked' },
    })
    expect(screen.getByText(/started with --offline/)).toBeTruthy()
    expect(screen.queryByRole('button', { name: 'Go online' })).toBeNull()
  })
  test('a person who chose to stay on this machine is not asked again and again', () => {
    renderWindow({ rows: three, status: { network: 'local-only' }, settings: { networkConsent: 'refused' } })
    expect(screen.queryByRole('button', { name: 'Go online' })).toBeNull()
    expect(screen.getByText('This machine only')).toBeTruthy()
  })
  test('a download with nobody to receive from says that it looks for peers, and why', () => {
    const reason = 'Asking the tracker for peers.'
    renderWindow({ rows: [sampleRow(1, { name: 'Alone', state: 'downloading', reason, downRate: 0 })] })
    expect(within(named('Alone')).getByText('Finding peers').closest('[title]')?.getAttribute('title')).toBe(reason)
  })
})

describe('the columns', () => {
  test.each([1_104, 1_092, 836, 656])('fit into %i pixels with room for the name', (room) => {
    const widths = columnWidths(TORRENT_COLUMNS, DEFAULT_LAYOUT, room)
    expect([...widths.values()].reduce((sum, width) => sum + width, 0)).toBe(room)
    expect(widths.get('name')).toBeGreaterThanOrEqual(160)
  })

  test('the menu of the headings tells which are shown in this width', async () => {
    vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(1_000)
    onTestFinished(() => void vi.restoreAllMocks())
    const { user } = renderWindow({ rows: three })
    await user.pointer({ keys: '[MouseRight]', target: screen.getByRole('columnheader', { name: 'Size' }) })
    const checked = (name: string) =>
      screen.getByRole('menuitemcheckbox', { name, hidden: true }).getAttribute('aria-checked')
    expect(checked('Size')).toBe('true')
    expect(checked('Ratio')).toBe('false')
  })
})

describe('the table', () => {
  test('draws only what is in view, and tells how many there are', () => {
    renderWindow({ rows: generateRows(5_000) })
    expect(grid().getAttribute('aria-rowcount')).toBe('5001')
    expect(within(grid()).getAllByRole('row').length).toBeLessThan(60)
  })

  test('sorts by a heading, says so, and remembers it in the next window', async () => {
    const { user } = renderWindow({ rows: three })
    const names = () =>
      within(grid())
        .getAllByRole('row')
        .slice(1)
        .map((row) => row.firstElementChild?.textContent)
    expect(names()).toEqual(['Alpha', 'Beta', 'Gamma'])
    await user.click(screen.getByRole('button', { name: 'Name' }))
    await user.click(screen.getByRole('button', { name: 'Name' }))
    expect(names()).toEqual(['Gamma', 'Beta', 'Alpha'])
    expect(screen.getByRole('columnheader', { name: 'Name' }).getAttribute('aria-sort')).toBe('descending')
    expect(JSON.parse(window.localStorage.getItem('shoal.window') ?? '{}').sort).toEqual({
      by: 'name',
      direction: 'desc',
    })
  })

  test('an update draws again the changed row alone', () => {
    const { mock } = renderWindow({ rows: three })
    const before = named('Beta').innerHTML
    const beta = named('Beta')
    act(() => mock.rows.set(mock.rows.all.map((row) => (row.name === 'Alpha' ? { ...row, done: 500_000 } : row))))
    expect(within(named('Alpha')).getByText('50.0 %')).toBeTruthy()
    expect(named('Beta')).toBe(beta)
    expect(beta.innerHTML).toBe(before)
  })

  test('progress and state are told by more than colour', () => {
    renderWindow({ rows: [generateRow(5)] })
    const row = within(grid()).getAllByRole('row')[1] as HTMLElement
    expect(within(row).getByRole('progressbar').getAttribute('aria-valuenow')).toMatch(/^\d+$/)
    expect(within(row).getByText('Disk full')).toBeTruthy()
  })

  test('a column is pulled wider by keyboard and stays so', async () => {
    const { user } = renderWindow({ rows: three })
    const edge = screen.getByRole('separator', { name: 'Width of Size' })
    const before = Number(edge.getAttribute('aria-valuenow'))
    edge.focus()
    await user.keyboard('{ArrowRight}')
    expect(Number(edge.getAttribute('aria-valuenow'))).toBe(before + 16)
    expect(JSON.parse(window.localStorage.getItem('shoal.window') ?? '{}').layout.widths.size).toBe(before + 16)
  })
})

describe('selection and keys', () => {
  test('click, Ctrl+click, Shift+click', async () => {
    const { user } = renderWindow({ rows: three })
    await user.click(named('Alpha'))
    expect(selectedNames()).toEqual(['Alpha'])
    await user.keyboard('{Control>}')
    await user.click(named('Gamma'))
    await user.keyboard('{/Control}')
    expect(selectedNames()).toEqual(['Alpha', 'Gamma'])
    await user.click(named('Alpha'))
    await user.keyboard('{Shift>}')
    await user.click(named('Beta'))
    await user.keyboard('{/Shift}')
    expect(selectedNames()).toEqual(['Alpha', 'Beta'])
  })

  test('the arrows move, Ctrl+A takes all, Escape none, and the grid names its row', async () => {
    const { user } = renderWindow({ rows: three })
    grid().focus()
    await user.keyboard('{ArrowDown}{ArrowDown}')
    expect(selectedNames()).toEqual(['Beta'])
    expect(grid().getAttribute('aria-activedescendant')).toBe(named('Beta').id)
    await user.keyboard('{Control>}a{/Control}')
    expect(selectedNames()).toHaveLength(3)
    await user.keyboard('{Escape}')
    expect(within(grid()).queryAllByRole('row', { selected: true })).toEqual([])
  })

  test('P pauses what runs, and resumes when all is paused', async () => {
    const { user, callsOf } = renderWindow({ rows: three })
    await user.click(named('Alpha'))
    await user.keyboard('p')
    expect(callsOf('torrents.pause')).toEqual([{ id: three[0]?.id }])
    expect(await screen.findByText('Paused “Alpha”.')).toBeTruthy()
    await user.keyboard('p')
    expect(callsOf('torrents.resume')).toEqual([{ id: three[0]?.id }])
  })

  test('Enter hides and shows the details', async () => {
    const { user } = renderWindow({ rows: three })
    await user.click(named('Alpha'))
    expect(screen.getByRole('region', { name: 'Details' })).toBeTruthy()
    await user.keyboard('{Enter}')
    expect(screen.queryByRole('region', { name: 'Details' })).toBeNull()
    await user.keyboard('{Enter}')
    expect(screen.getByRole('tab', { name: 'Overview' })).toBeTruthy()
  })

  test('Ctrl+O adds, Ctrl+N creates, Ctrl+F goes to the search', async () => {
    const { user, callsOf } = renderWindow({ rows: three, chosen: undefined })
    await user.keyboard('{Control>}o{/Control}')
    expect(callsOf('app.chooseTorrentFile')).toHaveLength(1)
    await user.keyboard('{Control>}f{/Control}')
    expect(document.activeElement).toBe(screen.getByRole('searchbox', { name: 'Search torrents' }))
    await user.keyboard('gam')
    expect(within(grid()).getAllByRole('row')).toHaveLength(2)
    await user.keyboard('{Escape}')
    expect(within(grid()).getAllByRole('row')).toHaveLength(4)
    await user.keyboard('{Control>}n{/Control}')
    expect(await screen.findByRole('dialog', { name: 'Create torrent' })).toBeTruthy()
  })

  test('a torrent that leaves the list leaves the selection', async () => {
    const { user, mock } = renderWindow({ rows: three })
    await user.click(named('Alpha'))
    act(() => mock.rows.set(three.slice(1)))
    expect(screen.queryByRole('region', { name: 'Details' })).toBeNull()
  })
})

describe('filters', () => {
  test('show their counts and narrow the list', async () => {
    const { user } = renderWindow({ rows: three })
    await user.click(screen.getByRole('button', { name: 'Seeding 1' }))
    expect(within(grid()).getAllByRole('row')).toHaveLength(2)
    await user.click(screen.getByRole('button', { name: 'Problems 0' }))
    expect(screen.getByRole('heading', { name: 'No torrent is in this state' })).toBeTruthy()
    await user.click(screen.getByRole('button', { name: 'Show all torrents' }))
    expect(within(grid()).getAllByRole('row')).toHaveLength(4)
  })
})

describe('a failed action', () => {
  test('is told with the sentence of the engine', async () => {
    const failures = { 'torrents.pause': { code: 'GONE', message: 'This torrent is gone. Look at the list again.' } }
    const { user } = renderWindow({ rows: three, failures })
    await user.click(named('Alpha'))
    await user.click(screen.getByRole('button', { name: 'Pause' }))
    expect(await screen.findByText('This torrent is gone. Look at the list again.')).toBeTruthy()
  })
})

describe('details', () => {
  test('what is wrong can be tried again from where it is told', async () => {
    const reason = 'The disk is full: 5 MB more are needed. Free some space, and it goes on by itself.'
    const { user, callsOf } = renderWindow({ rows: [sampleRow(1, { name: 'Alpha', state: 'disk-full', reason })] })
    await user.click(named('Alpha'))
    const panel = within(screen.getByRole('tabpanel'))
    expect(panel.getByText('Disk full.').parentElement?.textContent).toBe(`Disk full. ${reason}`)
    await user.click(screen.getByRole('button', { name: 'Try again' }))
    expect(callsOf('torrents.resume')).toHaveLength(1)
  })

  test('the info hash is shortened, copied whole, and the window says so', async () => {
    const { user } = renderWindow({ rows: three })
    await user.click(named('Alpha'))
    const copy = screen.getByRole('button', { name: /^[0-9a-f]{8}…[0-9a-f]{8}, copy the whole info hash$/ })
    await user.click(copy)
    expect(await screen.findByText('Copied')).toBeTruthy()
    expect(await window.navigator.clipboard.readText()).toBe(three[0]?.id)
  })

  test('files, peers with their exchange in words, trackers with the next asking', async () => {
    const { user } = renderWindow({ rows: [sampleRow(1, { name: 'Alpha', seeds: 2, peers: 3 })] })
    await user.click(named('Alpha'))
    await user.click(screen.getByRole('tab', { name: /Files/ }))
    expect(screen.getByRole('tree', { name: 'Files' })).toBeTruthy()
    await user.click(screen.getByRole('tab', { name: /Peers/ }))
    const peers = within(screen.getByRole('grid', { name: 'Peers' })).getAllByRole('row')
    expect(peers).toHaveLength(6)
    expect(within(peers[1] as HTMLElement).getAllByTitle(/They (want|do not send|let us)/)).toHaveLength(1)
    await user.click(screen.getByRole('tab', { name: /Sources/ }))
    expect(screen.getByText('20 min 40 s')).toBeTruthy()
    expect(screen.getByText('Failed')).toBeTruthy()
  })
})
