/** The Wallet tab over a mock, for tests. */
import { screen, within } from '@testing-library/react'
import type { MockOptions } from './mock-clients.ts'
import { everythingRead, type Rendered, renderWindow } from './render.tsx'

export async function openWallet(options: MockOptions = {}, section?: string): Promise<Rendered> {
  const window = renderWindow(options)
  await window.user.click(within(screen.getByRole('navigation')).getByRole('button', { name: 'Wallet' }))
  await screen.findByRole('heading', { level: 1, name: 'Wallet' })
  await everythingRead()
  if (section !== undefined) await goTo(window, section)
  return window
}

export async function goTo({ user }: Rendered, section: string): Promise<void> {
  await user.click(within(screen.getByRole('group', { name: 'Parts of the wallet' })).getByText(section))
  await everythingRead()
}

/** What stands beside a name in a list of facts. */
export const fact = (name: string | RegExp): string | null | undefined =>
  screen.getByText(name, { selector: 'dt' }).nextElementSibling?.textContent

/** An address of the main network that is in no list of the mock. */
export const STRANGER = 'shl1qw508d6qejxtdg4y5r3zarvary0c5xw7kzwzqh5'
