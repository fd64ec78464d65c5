/** Renders the window over a mock, for tests. */
import { render, screen, waitFor } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { App } from '../app/app.tsx'
import type { Visibility } from '../client/visibility.ts'
import { createMock, type Mock, type MockOptions } from './mock-clients.ts'

export interface Rendered {
  readonly mock: Mock
  readonly user: ReturnType<typeof userEvent.setup>
  /** Arguments of every call of one name so far. */
  callsOf(name: string): readonly unknown[]
}

export function renderWindow(options: MockOptions = {}, visibility?: Visibility): Rendered {
  const mock = createMock(options)
  const connection = {
    clients: mock.clients,
    vault: mock.vault,
    pathForFile: (file: File) => (file.name.startsWith('nowhere') ? '' : `/home/ada/${file.name}`),
  }
  render(<App connection={connection} {...(visibility ? { visibility } : {})} />)
  return {
    mock,
    user: userEvent.setup(),
    callsOf: (name) => mock.calls.filter(([called]) => called === name).map(([, args]) => args),
  }
}

/** Waits until nothing is being read any more: a feed's first values come a little after the page. */
export async function everythingRead(): Promise<void> {
  await waitFor(() => {
    if (screen.queryByRole('status', { name: /^Reading/ })) throw new Error('still reading')
  })
}
