import { act, screen, within } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import { generateLoneHost, generateRingClient, generateRingHost } from '../../mock/generate-ring.ts'
import type { MockOptions } from '../../mock/mock-clients.ts'
import { everythingRead, type Rendered, renderWindow } from '../../mock/render.tsx'
import { sampleHash } from '../../mock/sample.ts'
import { nodesOf } from './ring-nodes.ts'

const NOW = Date.now()
const KEY = 'c12fe1c06bba254a9dc9f519b335aa7c1367a88a'
/** Longer than any made-up lookup takes. */
const LONG_MS = 60_000

async function openChord(options: MockOptions = {}): Promise<Rendered> {
  const window = renderWindow({ now: NOW, ...options })
  await window.user.click(within(screen.getByRole('navigation')).getByRole('button', { name: 'Explorer' }))
  await screen.findByRole('heading', { level: 1, name: 'Explorer' })
  await window.user.click(screen.getByRole('button', { name: 'Overlay' }))
  await window.user.click(screen.getByRole('button', { name: 'Chord' }))
  if (options.overlayFeed !== 'loading') await everythingRead()
  return window
}

const ringOf = (host: ReturnType<typeof generateRingHost>) => ({ ring: { state: 'running' as const, hosts: [host] } })
const ring = () => screen.getByRole('listbox', { name: 'Places on the ring' })
const chosen = () => within(ring()).getByRole('option', { selected: true })
const pointers = () => screen.getByRole('grid', { name: /points to$/ })
const figure = (name: string) => screen.getAllByText(name, { selector: 'dt' })[0]?.nextElementSibling?.textContent
const steps = () => screen.getByRole('grid', { name: 'Steps of the search' })

async function lookUp({ user }: Rendered, text: string): Promise<void> {
  await user.type(screen.getByRole('combobox', { name: 'Key, info-hash or magnet link' }), text)
  await user.click(screen.getByRole('button', { name: 'Look up' }))
  await screen.findByRole('grid', { name: 'Steps of the search' })
}

describe('the ring', () => {
  const host = generateRingHost(12, NOW)
  const nodes = nodesOf(host)
  const firstOwn = nodes.find(({ own }) => own)

  test('tells how our host stands on it', async () => {
    await openChord()
    expect(figure('State')).toBe('Member')
    expect(figure('Our places')).toBe('4')
    expect(figure('Known places')).toBe('48')
    expect(figure('On the ring')).toBe('about 54')
    expect(figure('Values')).toBe('6')
    expect(figure('Info-hashes')).toBe('41')
    expect(figure('Seen from outside')).toBe('198.51.100.23:51413')
  })

  test('has every place as an option, ours named as such, and opens at the first of ours', async () => {
    await openChord()
    expect(within(ring()).getAllByRole('option')).toHaveLength(nodes.length)
    expect(within(ring()).getAllByRole('option', { name: /, ours$/ })).toHaveLength(4)
    expect(chosen().textContent).toContain(firstOwn?.id.slice(0, 8))
    expect(ring().getAttribute('aria-activedescendant')).toBe(chosen().id)
  })

  test('is walked by the keyboard alone', async () => {
    const { user } = await openChord()
    act(() => ring().focus())
    await user.keyboard('{PageDown}')
    expect(chosen().textContent).toMatch(/, ours$/)
    const second = chosen().textContent
    await user.keyboard('{PageUp}')
    expect(chosen().textContent).not.toBe(second)
    await user.keyboard('{End}')
    expect(chosen().textContent).toContain(nodes.at(-1)?.id.slice(0, 8))
    await user.keyboard('{ArrowRight}')
    expect(chosen().textContent).toContain(nodes[0]?.id.slice(0, 8))
    await user.keyboard('{ArrowUp}{Home}')
    expect(chosen().textContent).toContain(nodes[0]?.id.slice(0, 8))
  })

  test('the details name what the chosen place points to; Enter goes there', async () => {
    const { user } = await openChord()
    const own = firstOwn?.own
    expect(figure('Owns')).toContain(`${own?.keys} keys`)
    const rows = within(pointers()).getAllByRole('row').slice(1)
    expect(rows[0]?.textContent).toContain('Predecessor')
    expect(rows[1]?.textContent).toContain('Successor 1')
    expect(Number(pointers().getAttribute('aria-rowcount'))).toBe(2 + 16 + (own?.fingers.length ?? 0))
    await user.click(rows[1] as HTMLElement)
    expect(chosen().textContent).toContain(firstOwn?.id.slice(0, 8))
    await user.keyboard('{Enter}')
    expect(chosen().textContent).toContain(own?.successors[0]?.nodeId.slice(0, 8))
    expect(figure('Pointed to as')).toContain(`Successor 1 of slot ${own?.slot}`)
  })

  test('another host’s place can be looked up', async () => {
    const { user, callsOf } = await openChord()
    act(() => ring().focus())
    await user.keyboard('{ArrowRight}')
    const other = nodes[(nodes.findIndex(({ id }) => id === firstOwn?.id) + 1) % nodes.length]
    await user.click(screen.getByRole('button', { name: 'Look it up' }))
    expect(callsOf('overlays.startSearch')).toEqual([{ overlay: 'chord', target: other?.id, method: 'find_node' }])
  })

  test('a place that leaves while it is looked at gives way to one of ours', async () => {
    const { user, mock } = await openChord()
    act(() => ring().focus())
    await user.keyboard('{Home}')
    const without = { ...host, virtualNodes: host.virtualNodes.slice(0, 1), contacts: [] }
    act(() => mock.overlays.ring.set([{ state: 'running', hosts: [without] }]))
    expect(chosen().textContent).toContain(', ours')
  })

  test('with a ring in each address family there is a choice', async () => {
    const hosts = [host, generateRingHost(3, NOW, 6)]
    const { user } = await openChord({ ring: { state: 'running', hosts } })
    await user.click(screen.getByRole('button', { name: 'IPv6' }))
    expect(figure('Seen from outside')).toBe('[2001:db8:17::23]:51413')
    expect(figure('Known places')).toBe('12')
  })

  test('a ring of fifty hosts shows the two hundred places that are told of', async () => {
    await openChord(ringOf(generateRingHost(50, NOW)))
    expect(figure('Known places')).toBe('200')
    expect(within(ring()).getAllByRole('option').length).toBeGreaterThanOrEqual(200)
  })
})

describe('a host that is not simply a member', () => {
  test.each([
    [generateRingClient('address', NOW), 'Client', /^Our address is not known yet/],
    [generateRingClient('reach', NOW), 'Client', /^Nobody has reached this host unasked yet/],
    [generateLoneHost('joining'), 'Joining', /^Joining: /],
    [generateRingHost(0, NOW), 'Member', /^Alone on the ring/],
    [generateRingHost(2, NOW), 'Member', /^A small ring/],
  ])('says what is missing: %#', async (host, state, sentence) => {
    await openChord(ringOf(host))
    expect(figure('State')).toBe(state)
    expect(screen.getByText(sentence)).toBeTruthy()
  })

  test('isolated: says when it tries again, and tries now when told to', async () => {
    const { user, callsOf } = await openChord(ringOf(generateLoneHost('isolated')))
    expect(screen.getByText(/No host of the ring answers over IPv4. Tried again in 42 s./)).toBeTruthy()
    expect(screen.getByRole('heading', { name: 'No place on the ring is known yet' })).toBeTruthy()
    await user.click(screen.getByRole('button', { name: 'Try now' }))
    expect(callsOf('overlays.rejoin')).toEqual([{ overlay: 'chord' }])
  })

  test('off: one action leads to the settings, and nothing can be looked up', async () => {
    const { user } = await openChord({ ring: { state: 'off', hosts: [] } })
    expect(screen.getByRole('heading', { name: 'Chord is switched off' })).toBeTruthy()
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Look up' }).disabled).toBe(true)
    await user.click(screen.getByRole('button', { name: 'Open settings' }))
    expect(await screen.findByRole('heading', { level: 1, name: 'Settings' })).toBeTruthy()
  })

  test('starting, reading and failing each have their words', async () => {
    const { mock } = await openChord({ ring: { state: 'running', hosts: [] } })
    expect(screen.getByRole('status', { name: 'Starting the host' })).toBeTruthy()
    act(() => mock.overlays.ring.set([{ state: 'running', hosts: [generateRingHost(2, NOW)] }]))
    expect(figure('State')).toBe('Member')
  })

  test('while it is read there is its shape', async () => {
    await openChord({ overlayFeed: 'loading' })
    expect(screen.getByRole('status', { name: 'Reading the ring' })).toBeTruthy()
  })

  test('a failure can be tried again', async () => {
    await openChord({ overlayFeed: 'failed' })
    expect(screen.getByRole('alert').textContent).toContain('The engine does not answer.')
    expect(screen.getByRole('button', { name: 'Try again' })).toBeTruthy()
  })
})

describe('a lookup', () => {
  test('walks the ring step by step, and tells who owns the key and who has copies', async () => {
    const window = await openChord()
    await lookUp(window, KEY)
    expect(window.callsOf('overlays.startSearch')).toEqual([{ overlay: 'chord', target: KEY, method: 'find_node' }])
    expect(figure('State')).toBe('Running')
    act(() => window.mock.overlays.advance(LONG_MS))
    expect(figure('State')).toBe('Done')
    const count = Number(steps().getAttribute('aria-rowcount')) - 1
    expect(figure('Requests')).toBe(String(count))
    expect(screen.getByText(/^The key lives at /)).toBeTruthy()
    await window.user.click(screen.getByRole('button', { name: 'Step back' }))
    expect(screen.getByText(new RegExp(`^Step ${count - 1} of ${count}, hop `))).toBeTruthy()
    await window.user.click(screen.getByRole('button', { name: 'To the start' }))
    expect(screen.getByText('Before the first step')).toBeTruthy()
    await window.user.click(screen.getByRole('tab', { name: 'Owner, copies 4' }))
    await everythingRead()
    expect(screen.getAllByRole('row').map((row) => row.firstElementChild?.textContent)).toEqual([
      ...['Role', 'Owner', 'Copy 1', 'Copy 2', 'Copy 3'],
    ])
  })

  test('a step chosen in the table is ringed in the drawing', async () => {
    const window = await openChord()
    await lookUp(window, KEY)
    act(() => window.mock.overlays.advance(LONG_MS))
    const rings = () => screen.getByRole('img', { name: /Drawing of the search/ }).querySelectorAll('.stroke-focus')
    expect(rings()).toHaveLength(0)
    await window.user.click(within(steps()).getAllByRole('row')[1] as HTMLElement)
    expect(rings()).toHaveLength(1)
  })

  test('what it cannot look for is not offered', async () => {
    await openChord()
    const methods = within(screen.getByRole('combobox', { name: 'What to look for' })).getAllByRole('option')
    expect(methods.map(({ textContent }) => textContent)).toEqual([
      'Owner of a key',
      'Peers of a torrent',
      'Stored value',
    ])
  })

  test('each overlay keeps its own search', async () => {
    const window = await openChord()
    await lookUp(window, KEY)
    await window.user.click(screen.getByRole('button', { name: 'Kademlia' }))
    expect(screen.getByRole('heading', { name: 'Look up a key and watch how it is found' })).toBeTruthy()
    await window.user.click(screen.getByRole('button', { name: 'Chord' }))
    expect(steps()).toBeTruthy()
  })

  test('before the first one, our own place can be looked up', async () => {
    const { user, callsOf } = await openChord()
    await user.click(screen.getByRole('tab', { name: 'Search' }))
    await user.click(screen.getByRole('button', { name: 'Look up our own place' }))
    expect(callsOf('overlays.startSearch')).toHaveLength(1)
  })
})

describe('stored items', () => {
  test('say whether we own them, have a copy, or only put them', async () => {
    const { user, callsOf } = await openChord()
    await user.click(screen.getByRole('tab', { name: 'Stored items 6' }))
    await everythingRead()
    const grid = screen.getByRole('grid', { name: 'Stored items' })
    expect(within(grid).getByRole('row', { name: /Hello World/ }).textContent).toContain('Owner')
    expect(within(grid).getByRole('row', { name: /li1ei2ei3ee/ }).textContent).toContain('Copy')
    expect(within(grid).getByRole('row', { name: /abce/ }).textContent).toContain('Elsewhere')
    await user.click(within(grid).getByRole('row', { name: /Hello World/ }))
    await user.keyboard('{Enter}')
    expect(callsOf('overlays.startSearch')).toEqual([{ overlay: 'chord', target: sampleHash(5_600), method: 'get' }])
  })

  test('none is said plainly, and the way back is offered', async () => {
    const { user } = await openChord({ ringItems: [] })
    await user.click(screen.getByRole('tab', { name: 'Stored items 0' }))
    await everythingRead()
    await user.click(screen.getByRole('button', { name: 'Show the ring' }))
    expect(ring()).toBeTruthy()
  })
})

test('the status bar tells of the ring and opens it', async () => {
  const { user } = renderWindow({ now: NOW, status: { chord: { state: 'member', places: 4 } } })
  await user.click(screen.getByRole('button', { name: 'Chord ring: 4 places' }))
  expect(await screen.findByRole('listbox', { name: 'Places on the ring' })).toBeTruthy()
})
