import { act, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import { type Rendered, renderWindow } from '../../mock/render.tsx'
import { sampleRow } from '../../mock/sample.ts'
import { sampleCreation } from '../../mock/torrent-clients.ts'

async function openAdd({ user }: Rendered): Promise<HTMLElement> {
  await user.click(screen.getAllByRole('button', { name: 'Add torrent' })[0] as HTMLElement)
  return screen.findByRole('dialog', { name: /torrent/ })
}

describe('adding', () => {
  test('shows what is in it, then adds it where and how it was said', async () => {
    const window = renderWindow()
    const dialog = await openAdd(window)
    await within(dialog).findByText(/4.81 GB in 31 files/)
    expect(within(dialog).getByText('182 GB free on this disk')).toBeTruthy()
    await window.user.click(within(dialog).getByRole('checkbox', { name: 'Add it paused' }))
    await window.user.click(within(dialog).getByRole('button', { name: 'Add' }))
    expect(window.callsOf('torrents.add')).toEqual([
      {
        source: { path: '/home/ada/river-ouse.torrent' },
        directory: '/home/ada/Downloads',
        paused: true,
        useExisting: false,
      },
    ])
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(screen.getByRole('row', { selected: true }).textContent).toContain('Field recordings')
  })

  test('files that are there already are used only when a person says so', async () => {
    const message = '3 files already stand in /home/ada/Downloads where this torrent would write.'
    const window = renderWindow({ failures: { 'torrents.add unless useExisting': { code: 'FILES_EXIST', message } } })
    const dialog = await openAdd(window)
    await window.user.click(await within(dialog).findByRole('button', { name: 'Add' }))
    expect(await within(dialog).findByText(new RegExp(message))).toBeTruthy()
    await window.user.click(within(dialog).getByRole('button', { name: 'Check and use them' }))
    expect(window.callsOf('torrents.add').map((args) => (args as { useExisting: boolean }).useExisting)).toEqual([
      false,
      true,
    ])
  })

  test('another folder asks anew, without using what is there', async () => {
    const failures = { 'torrents.add unless useExisting': { code: 'FILES_EXIST', message: 'Files exist.' } }
    const window = renderWindow({ failures })
    const dialog = await openAdd(window)
    await window.user.click(await within(dialog).findByRole('button', { name: 'Add' }))
    await within(dialog).findByText(/Files exist/)
    await window.user.type(within(dialog).getByRole('textbox', { name: 'Save in' }), '2')
    expect(within(dialog).queryByText(/Files exist/)).toBeNull()
    expect(within(dialog).getByRole('button', { name: 'Add' })).toBeTruthy()
  })

  test.each([
    [{ free: 1_000, writable: true }, /4.81 GB too few free/],
    [{ free: 1e12, writable: false }, /may not write into this folder/],
  ])('a folder that will not do is said before anything is written: %j', async (folder, sentence) => {
    const window = renderWindow({ folder })
    const dialog = await openAdd(window)
    expect(await within(dialog).findByText(sentence)).toBeTruthy()
    expect(within(dialog).getByRole('button', { name: 'Add' }).hasAttribute('disabled')).toBe(true)
    expect(within(dialog).getByRole('textbox', { name: 'Save in' }).getAttribute('aria-invalid')).toBe('true')
  })

  test('any other refusal is told inline and the dialog stays', async () => {
    const failures = {
      'torrents.add': { code: 'DISK_FULL', message: 'The disk is full. Free 2 GB, then add it again.' },
    }
    const window = renderWindow({ failures })
    const dialog = await openAdd(window)
    await window.user.click(await within(dialog).findByRole('button', { name: 'Add' }))
    expect((await within(dialog).findByRole('alert')).textContent).toContain('Free 2 GB')
  })

  test('a malformed file is named with the next step', async () => {
    const message = 'a.torrent is not a valid .torrent. Get it again.'
    const window = renderWindow({ failures: { 'torrents.preview': { code: 'MALFORMED', message } } })
    const dialog = await openAdd(window)
    expect((await within(dialog).findByRole('alert')).textContent).toBe(message)
    await window.user.click(within(dialog).getAllByRole('button', { name: 'Close' })[1] as HTMLElement)
    expect(screen.queryByRole('dialog')).toBeNull()
  })

  test('one that is in the list already is shown there', async () => {
    const row = sampleRow(900, { name: 'Here already' })
    const window = renderWindow({ rows: [row], preview: { id: row.id, present: true } })
    const dialog = await openAdd(window)
    await window.user.click(await within(dialog).findByRole('button', { name: 'Show it in the list' }))
    expect(window.callsOf('torrents.add')).toEqual([])
    expect(screen.getByRole('row', { selected: true }).textContent).toContain('Here already')
  })

  test('files opened from outside are asked about one after another', async () => {
    const window = renderWindow({ opened: ['/a.torrent', '/b.torrent'] })
    const dialog = await screen.findByRole('dialog')
    expect(await within(dialog).findByText('1 more torrent to come')).toBeTruthy()
    await window.user.click(within(dialog).getByRole('button', { name: 'Leave this one out' }))
    const second = await screen.findByRole('dialog')
    await window.user.click(await within(second).findByRole('button', { name: 'Cancel' }))
    expect(screen.queryByRole('dialog')).toBeNull()
    expect(window.callsOf('torrents.preview')).toEqual([
      { source: { path: '/a.torrent' } },
      { source: { path: '/b.torrent' } },
    ])
  })

  test('Escape closes it and gives the focus back to the page', async () => {
    const window = renderWindow()
    await openAdd(window)
    await window.user.keyboard('{Escape}')
    expect(screen.queryByRole('dialog')).toBeNull()
  })
})

async function openCreate({ user }: Rendered): Promise<HTMLElement> {
  await user.click(screen.getAllByRole('button', { name: 'Create torrent' })[0] as HTMLElement)
  return screen.findByRole('dialog', { name: 'Create torrent' })
}

describe('creating', () => {
  test('goes from the form over hashing to saving and seeding', async () => {
    const window = renderWindow()
    const { user, mock, callsOf } = window
    const dialog = await openCreate(window)
    expect(document.activeElement).toBe(within(dialog).getByRole('textbox', { name: 'File or folder' }))
    await user.click(within(dialog).getByRole('button', { name: 'Folder…' }))
    await user.type(within(dialog).getByRole('textbox', { name: 'Trackers' }), 'http://a.example/\nudp://b.example:1')
    await user.click(within(dialog).getByRole('checkbox', { name: 'Private' }))
    await user.click(within(dialog).getByRole('button', { name: 'Create' }))
    expect(callsOf('torrents.create')).toEqual([
      {
        path: '/home/ada/Music/River Ouse',
        trackers: [['http://a.example/', 'udp://b.example:1']],
        webSeeds: [],
        private: true,
        comment: '',
        source: '',
      },
    ])
    await screen.findByText('Looking through the files')
    act(() => mock.tick())
    act(() => mock.tick())
    expect(screen.getByRole('progressbar', { name: 'Hashed' }).getAttribute('aria-valuenow')).toBe('12')
    expect(screen.getByText(/612 MB\/s/)).toBeTruthy()
    for (let second = 0; second < 12; second += 1) act(() => mock.tick())
    await user.click(await screen.findByRole('button', { name: 'Save and seed' }))
    expect(callsOf('torrents.saveCreation')).toEqual([{ id: 'creation 1', file: '/home/ada/River Ouse.torrent' }])
    expect(callsOf('torrents.seedCreation')).toEqual([{ id: 'creation 1' }])
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(screen.getByRole('row', { selected: true }).textContent).toContain('River Ouse')
  })

  test('a wrong form asks nothing of the engine and says what is wrong', async () => {
    const window = renderWindow()
    const dialog = await openCreate(window)
    await window.user.type(within(dialog).getByRole('textbox', { name: 'Trackers' }), 'nonsense')
    await window.user.click(within(dialog).getByRole('button', { name: 'Create' }))
    expect(within(dialog).getByText('Choose the file or folder to share.')).toBeTruthy()
    expect(within(dialog).getByText(/“nonsense” is not an address/)).toBeTruthy()
    expect(window.callsOf('torrents.create')).toEqual([])
  })

  test('hashing is stopped by its own button, not by Escape', async () => {
    const window = renderWindow()
    const dialog = await openCreate(window)
    await window.user.click(within(dialog).getByRole('button', { name: 'File…' }))
    await window.user.click(within(dialog).getByRole('button', { name: 'Create' }))
    await screen.findByText('Looking through the files')
    await window.user.keyboard('{Escape}')
    expect(screen.getByText('Looking through the files')).toBeTruthy()
    await window.user.click(screen.getByRole('button', { name: 'Cancel' }))
    expect(window.callsOf('torrents.cancelCreation')).toEqual([{ id: 'creation 1' }])
    const form = await screen.findByRole('dialog', { name: 'Create torrent' })
    expect(within(form).getByRole<HTMLInputElement>('textbox', { name: 'File or folder' }).value).toBe(
      '/home/ada/talk.mkv',
    )
  })

  test('a failure is told, and the form comes back as it was', async () => {
    const window = renderWindow()
    const dialog = await openCreate(window)
    await window.user.click(within(dialog).getByRole('button', { name: 'File…' }))
    await window.user.click(within(dialog).getByRole('button', { name: 'Create' }))
    await screen.findByText('Looking through the files')
    const error = 'talk.mkv changed while it was read. Wait until it is written, then try again.'
    act(() =>
      window.mock.creations.set([sampleCreation('creation 1', '/home/ada/talk.mkv', { state: 'failed', error })]),
    )
    expect((await screen.findByRole('alert')).textContent).toBe(error)
    await window.user.click(screen.getByRole('button', { name: 'Change and try again' }))
    expect(await screen.findByRole('dialog', { name: 'Create torrent' })).toBeTruthy()
  })

  test('closing the platform’s dialog seeds nothing', async () => {
    const window = renderWindow({ chosen: undefined })
    const dialog = await openCreate(window)
    await window.user.type(within(dialog).getByRole('textbox', { name: 'File or folder' }), '/home/ada/x')
    await window.user.click(within(dialog).getByRole('button', { name: 'Create' }))
    await screen.findByText('Looking through the files')
    act(() => window.mock.creations.set([sampleCreation('creation 1', '/home/ada/x', { state: 'ready', skipped: 2 })]))
    expect(await screen.findByText(/2 entries were left out/)).toBeTruthy()
    await window.user.click(screen.getByRole('button', { name: 'Save and seed' }))
    expect(window.callsOf('torrents.seedCreation')).toEqual([])
    expect(screen.getByRole('dialog', { name: 'The torrent is ready' })).toBeTruthy()
  })
})

describe('removing', () => {
  const rows = [sampleRow(1, { name: 'Alpha', addedAt: 2 }), sampleRow(2, { name: 'Beta', addedAt: 1 })]
  const openRemove = async ({ user }: Rendered): Promise<HTMLElement> => {
    screen.getByRole('grid', { name: 'Torrents' }).focus()
    await user.keyboard('{ArrowDown}{Delete}')
    return screen.findByRole('alertdialog')
  }

  test('keeps the files unless a person says otherwise', async () => {
    const window = renderWindow({ rows })
    const dialog = await openRemove(window)
    expect(within(dialog).getByText('Alpha')).toBeTruthy()
    expect(document.activeElement).toBe(within(dialog).getByRole('radio', { name: /Keep the files/ }))
    await window.user.keyboard('{Enter}')
    expect(window.callsOf('torrents.remove')).toEqual([{ id: rows[0]?.id, data: 'keep' }])
    expect(await screen.findByText('Removed “Alpha”.')).toBeTruthy()
  })

  test('moves the data of all chosen to the trash when that was chosen', async () => {
    const window = renderWindow({ rows })
    screen.getByRole('grid', { name: 'Torrents' }).focus()
    await window.user.keyboard('{Control>}a{/Control}{Delete}')
    const dialog = await screen.findByRole('alertdialog', { name: 'Remove 2 torrents?' })
    await window.user.click(within(dialog).getByRole('radio', { name: /trash/ }))
    await window.user.click(within(dialog).getByRole('button', { name: 'Remove and trash the files' }))
    expect(window.callsOf('torrents.remove')).toEqual(rows.map(({ id }) => ({ id, data: 'trash' })))
    expect(await screen.findByRole('heading', { name: /What you download/ })).toBeTruthy()
  })

  test('a refusal stays in the dialog', async () => {
    const message = 'The trash cannot be used here. Remove it from the list and delete the files yourself.'
    const window = renderWindow({ rows, failures: { 'torrents.remove': { code: 'NO_TRASH', message } } })
    const dialog = await openRemove(window)
    await window.user.click(within(dialog).getByRole('button', { name: 'Remove from the list' }))
    expect((await within(dialog).findByRole('alert')).textContent).toBe(message)
  })
})
