import { act, screen, waitFor } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import { renderWindow } from '../../mock/render.tsx'
import { sampleRow } from '../../mock/sample.ts'

const MB = 1_000_000
const item = (name: RegExp) => screen.getByRole('treeitem', { name })

describe('before a torrent is added', () => {
  const files = [
    { path: 'talks/one.mkv', size: 600 * MB },
    { path: 'talks/two.mkv', size: 300 * MB },
    { path: 'notes.txt', size: MB },
  ]
  const preview = { files, fileCount: 3, size: 901 * MB }
  const open = async (options = {}) => {
    const window = renderWindow({ preview, opened: ['/a.torrent'], ...options })
    await screen.findByRole('tree', { name: 'Files in the torrent' })
    return window
  }

  test('all is wanted; what is left out by the mouse is not asked for, and needs no room', async () => {
    const { user, callsOf } = await open({ folder: { free: 302 * MB, writable: true } })
    expect(screen.getByText(/^All 3 files wanted/)).toBeTruthy()
    expect(screen.getByText(/too few free/)).toBeTruthy()
    await user.click(item(/one.mkv/).querySelector('[data-box]') as Element)
    expect(screen.getByText(/^2 of 3 files wanted, 301 MB/)).toBeTruthy()
    expect(item(/talks/).getAttribute('aria-checked')).toBe('mixed')
    expect(screen.queryByText(/too few free/)).toBeNull()
    await user.click(screen.getByRole('button', { name: 'Add' }))
    expect(callsOf('torrents.add')).toMatchObject([{ files: [1, 2] }])
  })

  test('the keyboard alone: a folder closed, left out and taken back', async () => {
    const { user, callsOf } = await open()
    const tree = screen.getByRole('tree')
    tree.focus()
    expect(tree.getAttribute('aria-activedescendant')).toBe(item(/talks/).id)
    await user.keyboard(' ')
    expect(item(/one.mkv/).getAttribute('aria-checked')).toBe('false')
    await user.keyboard('{ArrowLeft}')
    expect(item(/talks/).getAttribute('aria-expanded')).toBe('false')
    expect(screen.queryByRole('treeitem', { name: /one.mkv/ })).toBeNull()
    await user.keyboard('{ArrowRight}{ArrowDown}{ArrowDown} ')
    expect(tree.getAttribute('aria-activedescendant')).toBe(item(/two.mkv/).id)
    await user.click(screen.getByRole('button', { name: 'Add' }))
    expect(callsOf('torrents.add')).toMatchObject([{ files: [1, 2] }])
  })

  test('nothing at all is not added', async () => {
    const { user } = await open()
    await user.click(screen.getByRole('button', { name: 'None' }))
    expect(screen.getByText('Choose at least one file.')).toBeTruthy()
    expect(screen.getByRole('button', { name: 'Add' }).hasAttribute('disabled')).toBe(true)
    await user.click(screen.getByRole('button', { name: 'All' }))
    expect(screen.getByRole('button', { name: 'Add' }).hasAttribute('disabled')).toBe(false)
  })

  test('a single file has nothing to choose', async () => {
    await open({ preview: { files: [{ path: 'one.iso', size: MB }], fileCount: 1, size: MB } })
    expect(item(/one.iso/).hasAttribute('aria-checked')).toBe(false)
    expect(screen.queryByRole('button', { name: 'None' })).toBeNull()
  })

  test('of thousands only those in view are drawn, and those that are not listed are one entry', async () => {
    const many = Array.from({ length: 2_000 }, (_, n) => ({ path: `part ${n}/file`, size: MB }))
    const { user, callsOf } = await open({ preview: { files: many, fileCount: 2_400, size: 2_400 * MB } })
    expect(screen.getAllByRole('treeitem').length).toBeLessThan(60)
    screen.getByRole('tree').focus()
    await user.keyboard('{End} ')
    expect(screen.getByText(/^2,000 of 2,400 files wanted, 2.00 GB/)).toBeTruthy()
    await user.click(screen.getByRole('button', { name: 'None' }))
    await user.keyboard(' ')
    screen.getByRole('tree').focus()
    await user.keyboard('{Home} ')
    await user.click(screen.getByRole('button', { name: 'Add' }))
    expect(callsOf('torrents.add')).toMatchObject([{ files: [0] }])
  })
})

describe('of a torrent in the list', () => {
  const row = sampleRow(1, { name: 'Alpha', size: 2_400, selected: 2_400, done: 0 })
  const openFiles = async (options = {}) => {
    const window = renderWindow({ rows: [row], ...options })
    await window.user.click(screen.getByRole('row', { name: /Alpha/ }))
    await window.user.click(screen.getByRole('tab', { name: /Files/ }))
    return window
  }

  test('each press is sent in its turn and seen at once', async () => {
    const { user, callsOf } = await openFiles()
    screen.getByRole('tree', { name: 'Files' }).focus()
    await user.keyboard('{ArrowDown}{ArrowDown} {ArrowDown}{ArrowDown} ')
    await waitFor(() => expect(callsOf('torrents.selectFiles')).toHaveLength(2))
    const [first, second] = callsOf('torrents.selectFiles') as { id: string; files: number[]; upTo: number }[]
    const listed = first?.upTo ?? 0
    expect(first?.files).toHaveLength(listed - 1)
    expect(first?.files).not.toContain(0)
    expect(second).toMatchObject({ upTo: listed, files: { length: listed - 2 } })
    expect(screen.getByText(/^3,410 of 3,412 files wanted/)).toBeTruthy()
  })

  test('a refusal is told, and what the engine says counts', async () => {
    const message = 'The disk is full. Free 2 GB, then choose again.'
    const { user } = await openFiles({ failures: { 'torrents.selectFiles': { code: 'DISK_FULL', message } } })
    await user.click(screen.getByRole('button', { name: 'None' }))
    expect(await screen.findByText(message)).toBeTruthy()
    expect(screen.getByText(/^All 3,412 files wanted/)).toBeTruthy()
  })

  test('a magnet that has become known shows its files', async () => {
    const unknown = { ...row, state: 'fetching-metadata' as const, size: 0, selected: 0 }
    const { user, mock } = renderWindow({ rows: [unknown] })
    await user.click(screen.getByRole('row', { name: /Alpha/ }))
    await user.click(screen.getByRole('tab', { name: /Files/ }))
    expect(screen.queryByRole('tree')).toBeNull()
    act(() => mock.rows.set([row]))
    act(() => mock.refreshDetails())
    expect(screen.getByRole('tree', { name: 'Files' })).toBeTruthy()
  })
})
