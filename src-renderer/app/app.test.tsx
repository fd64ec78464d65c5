import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import { renderWindow } from '../mock/render.tsx'
import { sampleRow } from '../mock/sample.ts'
import { sortDropped } from './dropped.ts'
import { createPreferences, DEFAULT_PREFERENCES } from './preferences.ts'
import { createAppState, MAX_WAITING_DIALOGS } from './state.ts'

const TORRENT = { name: 'a.torrent' }
const file = (name: string, bytes = 4): File => new File([new Uint8Array(bytes)], name)

describe('the frame', () => {
  test('the rail leads to every page', async () => {
    const { user } = renderWindow()
    for (const page of ['Peers', 'Wallet', 'Explorer']) {
      await user.click(within(screen.getByRole('navigation')).getByRole('button', { name: page }))
      expect(await screen.findByRole('heading', { level: 1, name: page })).toBeTruthy()
      expect(screen.getByRole('button', { name: page, current: 'page' })).toBeTruthy()
    }
  })

  test('the status bar says what goes on and opens its places', async () => {
    const { user } = renderWindow({ rows: [sampleRow(1)] })
    const bar = screen.getByRole('contentinfo')
    expect(within(bar).getByRole('button', { name: 'Download rate: 8.41 MB/s' })).toBeTruthy()
    expect(within(bar).getByRole('button', { name: 'Chain: 4,312' })).toBeTruthy()
    await user.click(within(bar).getByRole('button', { name: 'Network: Online' }))
    expect(await screen.findByRole('heading', { level: 1, name: 'Settings' })).toBeTruthy()
  })

  test('the rail folds to icons that keep their names, and remembers it', async () => {
    const { user } = renderWindow()
    await user.click(screen.getByRole('button', { name: 'Hide labels' }))
    expect(screen.getByRole('button', { name: 'Wallet' }).textContent).toBe('')
    expect(JSON.parse(window.localStorage.getItem('shoal.window') ?? '{}').railCollapsed).toBe(true)
  })

  test('a forced theme is on the page', async () => {
    renderWindow({ settings: { theme: 'dark' } })
    await waitFor(() => expect(document.documentElement.dataset.theme).toBe('dark'))
  })

  test('before the settings are here, a first start draws nothing that it takes back, and a later one its frame', () => {
    const unseen = { visible: () => false, watch: () => () => {} }
    renderWindow({}, unseen)
    expect(screen.queryByRole('navigation')).toBeNull()
    cleanup()
    renderWindow()
    expect(screen.getByRole('navigation')).toBeTruthy()
    cleanup()
    renderWindow({}, unseen)
    expect(screen.getByRole('navigation')).toBeTruthy()
  })

  test('feeds end while the window cannot be seen, and its rows are there at once when it can', () => {
    let visible = true
    const watchers = new Set<() => void>()
    const turn = (to: boolean): void => {
      visible = to
      act(() => {
        for (const watcher of watchers) watcher()
      })
    }
    const visibility = {
      visible: () => visible,
      watch(changed: () => void) {
        watchers.add(changed)
        return () => watchers.delete(changed)
      },
    }
    const { mock } = renderWindow({ rows: [sampleRow(1, { name: 'Alpha' })] }, visibility)
    expect(mock.rows.followers).toBe(1)
    turn(false)
    expect(mock.rows.followers).toBe(0)
    expect(screen.getByRole('row', { name: /Alpha/ })).toBeTruthy()
    turn(true)
    expect(mock.rows.followers).toBe(1)
  })
})

describe('dropping', () => {
  const drop = (files: File[]): void => {
    fireEvent.drop(window, { dataTransfer: { types: ['Files'], files } })
  }

  test('a .torrent asks to be added, a folder to be shared', async () => {
    const { user, callsOf } = renderWindow()
    drop([file(TORRENT.name)])
    expect(await screen.findByRole('dialog', { name: 'Add torrent' })).toBeTruthy()
    expect(callsOf('torrents.preview')).toEqual([{ source: { path: '/home/ada/a.torrent' } }])
    await user.keyboard('{Escape}')
    drop([file('talks')])
    const dialog = await screen.findByRole('dialog', { name: 'Create torrent' })
    expect(within(dialog).getByRole<HTMLInputElement>('textbox', { name: 'File or folder' }).value).toBe(
      '/home/ada/talks',
    )
  })

  test('what has no path is taken by its bytes', async () => {
    const { callsOf } = renderWindow()
    drop([file('nowhere.torrent', 3)])
    await screen.findByRole('dialog', { name: 'Add torrent' })
    expect(callsOf('torrents.preview')).toEqual([{ source: { bytes: new Uint8Array(3) } }])
  })

  test.each([
    [[file('a'), file('b')], 'one file or one folder'],
    [[file('nowhere')], 'no place on this disk'],
    [[file('nowhere.torrent', 10_000_001)], 'larger than 10 MB'],
    [[], 'Nothing in that can be used'],
  ])('what cannot be used is said: %#', async (files, sentence) => {
    const dropped = await sortDropped(files, (one) => (one.name.startsWith('nowhere') ? '' : `/${one.name}`))
    expect(dropped).toMatchObject({ kind: 'problem', message: expect.stringContaining(sentence) })
  })

  test('more than can wait are left out and counted', () => {
    const state = createAppState()
    const requests = Array.from({ length: MAX_WAITING_DIALOGS + 3 }, () => ({ kind: 'create' as const, path: '' }))
    expect(state.getState().ask(...requests)).toBe(3)
    expect(state.getState().dialogs).toHaveLength(MAX_WAITING_DIALOGS)
  })
})

describe('the arrangement of the window', () => {
  const storeOf = (text: string | null) => ({ getItem: () => text, setItem: () => {} })

  test.each([null, '', '{', '[]', '{"sort":{"by":"name","direction":"up"}}', '{"detailHeight":1e9}'])(
    'what was kept as %j counts as never arranged',
    (text) => expect(createPreferences(storeOf(text)).getState()).toMatchObject({ sort: DEFAULT_PREFERENCES.sort }),
  )

  test('a store that refuses costs only the memory', () => {
    const preferences = createPreferences({
      getItem: () => null,
      setItem: () => {
        throw new Error('full')
      },
    })
    preferences.getState().set({ detailOpen: false })
    expect(preferences.getState().detailOpen).toBe(false)
  })
})
