import { screen, within } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import { type Rendered, renderWindow } from '../mock/render.tsx'
import { readNumber } from './number-setting.tsx'

async function openSettings({ user }: Rendered): Promise<void> {
  await user.click(within(screen.getByRole('navigation')).getByRole('button', { name: 'Settings' }))
  await screen.findByRole('textbox', { name: 'Download folder' })
}

describe('settings', () => {
  test('a number is saved when its field is left, and only if it is one', async () => {
    const window = renderWindow()
    await openSettings(window)
    const port = screen.getByRole('textbox', { name: 'Port for peers' })
    await window.user.clear(port)
    await window.user.type(port, '70000')
    expect(screen.getByText('Enter a whole number from 0 to 65,535.')).toBeTruthy()
    await window.user.clear(port)
    await window.user.type(port, '6881{Enter}')
    expect(window.callsOf('settings.set')).toEqual([{ listenPort: 6_881 }])
  })

  test('theme, density and consent count at once', async () => {
    const window = renderWindow()
    await openSettings(window)
    await window.user.click(screen.getByRole('radio', { name: 'Dark' }))
    await window.user.click(screen.getByRole('radio', { name: 'Comfortable' }))
    await window.user.click(screen.getByRole('radio', { name: /Stay on this machine/ }))
    expect(window.callsOf('settings.set')).toEqual([
      { theme: 'dark' },
      { density: 'comfortable' },
      { networkConsent: 'refused' },
    ])
  })

  test('a chosen folder is saved once it is known to be writable', async () => {
    const window = renderWindow()
    await openSettings(window)
    await window.user.click(screen.getByRole('button', { name: 'Choose…' }))
    await screen.findByText('182 GB free on this disk')
    expect(window.callsOf('settings.set')).toEqual([{ downloadDirectory: '/home/ada/Music/River Ouse' }])
  })

  test('a folder that cannot be written is not saved', async () => {
    const window = renderWindow({ folder: { free: 1, writable: false } })
    await openSettings(window)
    await window.user.click(screen.getByRole('button', { name: 'Choose…' }))
    expect(await screen.findByText(/may not write into this folder/)).toBeTruthy()
    expect(window.callsOf('settings.set')).toEqual([])
  })

  test('another profile opens in its own window', async () => {
    const window = renderWindow()
    await openSettings(window)
    await window.user.click(screen.getByRole('button', { name: 'Open another profile…' }))
    expect(window.callsOf('app.openProfile')).toEqual([{ profile: '/home/ada/Music/River Ouse' }])
  })
})

test.each([
  ['0', 0],
  [' 42 ', 42],
  ['', 'Enter'],
  ['-1', 'Enter'],
  ['1e3', 'Enter'],
  ['4.5', 'Enter'],
  ['101', 'Enter'],
])('the number typed as %j', (text, expected) => {
  const read = readNumber(text, 0, 100)
  if (typeof expected === 'number') expect(read).toBe(expected)
  else expect(read).toContain(expected)
})

describe('the first run', () => {
  const first = { welcomeDone: false, networkConsent: 'unasked' as const }

  test('asks two things and starts with the answers', async () => {
    const { user, callsOf } = renderWindow({ settings: first })
    await user.click(await screen.findByRole('radio', { name: /Go online/ }))
    await user.click(screen.getByRole('button', { name: 'Start' }))
    expect(callsOf('settings.set')).toEqual([
      { downloadDirectory: '/home/ada/Downloads', networkConsent: 'granted', welcomeDone: true },
    ])
    expect(await screen.findByRole('heading', { level: 1, name: 'Torrents' })).toBeTruthy()
  })

  test('presumes nothing about the network', async () => {
    const { user, callsOf } = renderWindow({ settings: first })
    await user.click(await screen.findByRole('button', { name: 'Start' }))
    expect(screen.getByRole('alert').textContent).toContain('Choose one of the two')
    expect(callsOf('settings.set')).toEqual([])
  })

  test('can be skipped, and consent stays unasked', async () => {
    const { user, callsOf } = renderWindow({ settings: first })
    await user.click(await screen.findByRole('button', { name: 'Skip for now' }))
    expect(callsOf('settings.set')).toEqual([{ welcomeDone: true }])
  })
})
