import { act, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import type { MockOptions } from '../../mock/mock-clients.ts'
import { type Rendered, renderWindow } from '../../mock/render.tsx'
import { samplePublication, sampleRow, sampleSubscription } from '../../mock/sample.ts'

const row = sampleRow(1, { name: 'Alpha' })
const held = (): Promise<string> => window.navigator.clipboard.readText()

async function openPublish(options: MockOptions = {}): Promise<Rendered & { dialog: HTMLElement }> {
  const rendered = renderWindow({ rows: [row], ...options })
  await rendered.user.pointer({ keys: '[MouseRight]', target: screen.getByRole('row', { name: /Alpha/ }) })
  await rendered.user.click(screen.getByRole('menuitem', { name: 'Publish under a link…' }))
  return { ...rendered, dialog: await screen.findByRole('dialog', { name: 'Publish under a link' }) }
}

async function openLinks(options: MockOptions): Promise<Rendered> {
  const rendered = renderWindow({ rows: [row], ...options })
  await rendered.user.click(screen.getByRole('button', { name: 'Published and followed links' }))
  await screen.findByRole('heading', { level: 1, name: 'Links' })
  return rendered
}

describe('publishing', () => {
  test('under a new name, then the link is copied', async () => {
    const { user, callsOf, dialog, mock } = await openPublish()
    expect(within(dialog).queryByRole('radio')).toBeNull()
    const name = within(dialog).getByRole<HTMLInputElement>('textbox', { name: 'Name of the link' })
    expect(document.activeElement).toBe(name)
    await user.clear(name)
    await user.type(name, ' Every month {Enter}')
    expect(callsOf('torrents.publish')).toEqual([{ id: row.id, under: { name: 'Every month' } }])
    const done = await screen.findByRole('dialog', { name: 'Publishing the link' })
    const link = within(done).getByRole<HTMLTextAreaElement>('textbox', { name: 'Link' })
    expect(link.value).toMatch(/^magnet:\?xs=urn:btpk:[0-9a-f]{64}$/)
    expect(within(done).getByText('Publishing')).toBeTruthy()
    act(() => mock.publications.set(mock.publications.all.map((one) => ({ ...one, state: 'published', stored: 8 }))))
    expect(screen.getByRole('dialog', { name: 'The link is published' })).toBe(done)
    expect(within(done).getByText('Published').textContent).toContain('held by 8 nodes')
    await user.click(within(done).getByRole('button', { name: 'Copy link' }))
    expect(await screen.findByText('Copied the link “Every month”.')).toBeTruthy()
    expect(await held()).toBe(link.value)
  })

  test('under a link that is there already, which points to this torrent from then on', async () => {
    const publications = [samplePublication(1, { name: 'One' }), samplePublication(2, { name: 'Two' })]
    const { user, callsOf, dialog } = await openPublish({ publications })
    await user.click(within(dialog).getByRole('radio', { name: 'One of mine' }))
    await user.selectOptions(within(dialog).getByRole('combobox', { name: 'Link' }), 'Two')
    await user.click(within(dialog).getByRole('button', { name: 'Publish' }))
    expect(callsOf('torrents.publish')).toEqual([{ id: row.id, under: { publication: publications[1]?.id } }])
    expect(await screen.findByRole('dialog', { name: 'Publishing the link' })).toBeTruthy()
  })

  test('a link without a name asks for one; a refusal stays in the dialog', async () => {
    const message = 'The DHT is switched off. Switch it on in Settings, then publish again.'
    const failures = { 'torrents.publish': { code: 'OVERLAY_OFF', message } }
    const { user, callsOf, dialog } = await openPublish({ failures })
    const name = within(dialog).getByRole('textbox', { name: 'Name of the link' })
    await user.clear(name)
    await user.click(within(dialog).getByRole('button', { name: 'Publish' }))
    expect(within(dialog).getByText('Give the link a name.')).toBeTruthy()
    expect(callsOf('torrents.publish')).toEqual([])
    await user.type(name, 'Mine{Enter}')
    expect(await within(dialog).findByText(message)).toBeTruthy()
  })
})

describe('the links', () => {
  const failed = { state: 'failed', stored: 0, publishedAt: undefined, reason: 'No node took it.' } as const
  const publications = [
    samplePublication(1, { name: 'Mine', torrent: row.id, torrentName: 'Alpha' }),
    samplePublication(2, { name: 'Lost', ...failed }),
  ]
  const subscriptions = [
    sampleSubscription(1, { name: 'Theirs' }),
    sampleSubscription(2, {
      name: 'Gone',
      state: 'not-found',
      torrent: undefined,
      seq: undefined,
      reason: 'Nobody has it.',
    }),
  ]
  const entry = (name: string): HTMLElement => screen.getByText(name).closest('li') as HTMLElement

  test('none says what belongs here, and leads to the way in', async () => {
    const { user } = await openLinks({})
    expect(screen.getByRole('heading', { name: /Links that can change/ })).toBeTruthy()
    await user.click(screen.getAllByRole('button', { name: 'Follow a link' })[1] as HTMLElement)
    expect(await screen.findByRole('dialog', { name: 'Add magnet link' })).toBeTruthy()
  })

  test('each tells its state, what it names and of which version', async () => {
    await openLinks({ publications, subscriptions })
    expect(entry('Mine').textContent).toMatch(/Alpha.*version 3.*Published, held by 8 nodes/)
    expect(entry('Lost').textContent).toMatch(/not in your list.*Not published. No node took it/)
    expect(entry('Theirs').textContent).toMatch(/version 7.*into .home.ada.Downloads.*Up to date, checked/)
    expect(entry('Gone').textContent).toMatch(/Names no torrent yet.*Not found.*Nobody has it/)
  })

  test('one of ours shows its torrent and is copied', async () => {
    const { user } = await openLinks({ publications, subscriptions })
    await user.click(screen.getByRole('button', { name: 'Copy the link “Mine”' }))
    await waitFor(async () => expect(await held()).toBe(publications[0]?.magnet))
    await user.click(within(entry('Mine')).getByRole('button', { name: 'Alpha' }))
    expect(screen.getByRole('row', { selected: true }).textContent).toContain('Alpha')
  })

  test('a key is forgotten only after a warning, with the way back in focus', async () => {
    const { user, callsOf } = await openLinks({ publications, subscriptions })
    await user.click(screen.getByRole('button', { name: 'Forget the key of “Mine”…' }))
    const dialog = await screen.findByRole('alertdialog', { name: 'Forget the key of this link?' })
    expect(within(dialog).getByText(/This cannot be undone/)).toBeTruthy()
    expect(document.activeElement).toBe(within(dialog).getByRole('button', { name: 'Keep it' }))
    await user.click(within(dialog).getByRole('button', { name: 'Forget the key' }))
    expect(callsOf('torrents.unpublish')).toEqual([{ publication: publications[0]?.id }])
    expect(await screen.findByText('Forgot the link “Mine”.')).toBeTruthy()
    expect(screen.queryByText('Mine')).toBeNull()
  })

  test('one that is followed is looked for at once, and left', async () => {
    const { user, callsOf } = await openLinks({ publications, subscriptions })
    const look = screen.getByRole('button', { name: 'Look for a newer version of “Theirs” now' })
    await user.click(look)
    expect(callsOf('torrents.checkSubscription')).toEqual([{ publication: subscriptions[0]?.id }])
    await waitFor(() => expect(entry('Theirs').textContent).toContain('Looking'))
    expect(look.hasAttribute('disabled')).toBe(true)
    await user.click(screen.getByRole('button', { name: 'Stop following “Theirs”' }))
    expect(await screen.findByText('No longer following “Theirs”. Its torrents stay.')).toBeTruthy()
    expect(screen.queryByText('Theirs')).toBeNull()
  })

  test('the way back is a press', async () => {
    const { user } = await openLinks({ publications })
    await user.click(screen.getByRole('button', { name: 'Back to the list' }))
    expect(screen.getByRole('grid', { name: 'Torrents' })).toBeTruthy()
  })
})
