import { act, screen, within } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import { generateNode, generateOverlay } from '../mock/generate-overlay.ts'
import type { MockOptions } from '../mock/mock-clients.ts'
import { everythingRead, type Rendered, renderWindow } from '../mock/render.tsx'
import { sampleHash, sampleRow } from '../mock/sample.ts'

const NOW = Date.now()
const KEY = 'c12fe1c06bba254a9dc9f519b335aa7c1367a88a'
/** Longer than any made-up search takes. */
const LONG_MS = 60_000
const KADEMLIA = { overlay: 'kademlia' }

async function openExplorer(options: MockOptions = {}): Promise<Rendered> {
  const window = renderWindow({ now: NOW, ...options })
  await window.user.click(within(screen.getByRole('navigation')).getByRole('button', { name: 'Explorer' }))
  await screen.findByRole('heading', { level: 1, name: 'Explorer' })
  await window.user.click(screen.getByRole('button', { name: 'Overlay' }))
  if (options.overlayFeed !== 'loading') await everythingRead()
  return window
}

const field = () => screen.getByRole('combobox', { name: 'Key, info-hash or magnet link' })
const tree = () => screen.getByRole('tree')
const items = () => within(tree()).getAllByRole('treeitem')
const active = () => document.getElementById(tree().getAttribute('aria-activedescendant') ?? '')
const steps = () => screen.getByRole('grid', { name: 'Steps of the search' })
const figure = (name: string) => screen.getByText(name, { selector: 'dt' }).nextElementSibling?.textContent

async function lookUp({ user }: Rendered, text: string): Promise<void> {
  await user.clear(field())
  await user.type(field(), text)
  await user.click(screen.getByRole('button', { name: 'Look up' }))
  await screen.findByRole('grid', { name: 'Steps of the search' })
}

describe('our node', () => {
  test('tells who it is, how it is seen and how much it knows', async () => {
    await openExplorer()
    const node = generateNode(4, NOW)
    expect(screen.getByText(node.external ?? '')).toBeTruthy()
    expect(figure('State')).toBe('Joined')
    expect(figure('Knows')).toBe(`${node.nodes} nodes of about 9.2 million`)
    expect(figure('Keeps')).toBe('1,341 info-hashes, 6 items')
    expect(screen.getByRole('button', { name: /copy the whole node id/ })).toBeTruthy()
    expect(screen.getByRole('img', { name: /Traffic of the last two minutes/ })).toBeTruthy()
  })

  test('one that does not answer others says why in a line', async () => {
    const { user } = await openExplorer()
    await user.click(screen.getByRole('button', { name: 'IPv6' }))
    expect(figure('Answers others')).toContain('until others have reached it for 15 minutes (BEP 43)')
    expect(tree().getAttribute('aria-label')).toBe('Buckets of the routing table, IPv6')
  })

  test('isolated: says when it tries again, and tries now when told to', async () => {
    const node = { ...generateNode(4, NOW), phase: 'isolated' as const, retryIn: 42 }
    const { user, callsOf } = await openExplorer({ overlay: { nodes: [node] } })
    expect(screen.getByText(/No node of the DHT answers over IPv4. Tried again in 42 s./)).toBeTruthy()
    await user.click(screen.getByRole('button', { name: 'Try now' }))
    expect(callsOf('overlays.rejoin')).toHaveLength(1)
  })

  test('joining is said calmly', async () => {
    await openExplorer({ overlay: { nodes: [{ ...generateNode(4, NOW), phase: 'joining' }] } })
    expect(screen.getByText(/^Joining: /)).toBeTruthy()
  })
})

describe('the tree of buckets', () => {
  test('has a row for each bucket: prefix, how full, how fresh, in words as well', async () => {
    await openExplorer()
    const node = generateNode(4, NOW)
    const [first] = items()
    const [bucket] = node.buckets
    expect(first?.getAttribute('aria-setsize')).toBe(String(node.buckets.length))
    expect(first?.textContent).toContain(`${bucket?.contacts.length} / ${bucket?.capacity}`)
    expect(first?.textContent).toMatch(/\d+ good/)
    expect(within(tree()).getAllByText(/^Fresh/).length).toBeGreaterThan(0)
    expect(within(tree()).getAllByText(/^Due for a refresh/).length).toBeGreaterThan(0)
  })

  test('is walked by the keyboard alone', async () => {
    const { user } = await openExplorer()
    act(() => tree().focus())
    expect(active()?.getAttribute('aria-posinset')).toBe('1')
    await user.keyboard('{ArrowDown}')
    expect(active()?.getAttribute('aria-posinset')).toBe('2')
    expect(active()?.getAttribute('aria-expanded')).toBe('false')
    await user.keyboard('{ArrowRight}')
    expect(active()?.getAttribute('aria-expanded')).toBe('true')
    await user.keyboard('{ArrowRight}')
    expect(active()?.getAttribute('aria-level')).toBe('2')
    expect(active()?.textContent).toMatch(/answered .* ago/)
    await user.keyboard('{ArrowLeft}{ArrowLeft}')
    expect(active()?.getAttribute('aria-expanded')).toBe('false')
    await user.keyboard('{Home}')
    expect(active()?.getAttribute('aria-posinset')).toBe('1')
  })

  test('opens by a click, and draws no more rows than are seen', async () => {
    const { user } = await openExplorer()
    await user.click(items()[0] as HTMLElement)
    expect(items()[1]?.getAttribute('aria-level')).toBe('2')
    act(() => tree().focus())
    await user.keyboard('*')
    expect(items().length).toBeLessThan(60)
  })
})

describe('a search', () => {
  test('is drawn and listed step by step while it goes on, then tells what it cost', async () => {
    const window = await openExplorer()
    await lookUp(window, KEY)
    expect(window.callsOf('overlays.startSearch')).toEqual([{ ...KADEMLIA, target: KEY, method: 'find_node' }])
    const before = Number(steps().getAttribute('aria-rowcount'))
    expect(figure('State')).toBe('Running')
    act(() => window.mock.overlays.advance(600))
    expect(Number(steps().getAttribute('aria-rowcount'))).toBeGreaterThan(before)
    expect(screen.getByRole('img', { name: /requests, \d+ answered/ })).toBeTruthy()
    act(() => window.mock.overlays.advance(LONG_MS))
    expect(figure('State')).toBe('Done')
    expect(Number(figure('Hops'))).toBeGreaterThan(2)
    expect(figure('Requests')).toBe(String(Number(steps().getAttribute('aria-rowcount')) - 1))
    await window.user.click(screen.getByRole('tab', { name: 'Nearest 8' }))
    await everythingRead()
    expect(screen.getAllByRole('button', { name: /copy the whole node id/ })).toHaveLength(8)
  })

  test('a magnet link asks for the peers of its torrent, and they are listed', async () => {
    const window = await openExplorer()
    await lookUp(window, `magnet:?xt=urn:btih:${KEY}`)
    expect(window.callsOf('overlays.startSearch')).toEqual([{ ...KADEMLIA, target: KEY, method: 'get_peers' }])
    act(() => window.mock.overlays.advance(LONG_MS))
    await window.user.click(screen.getByRole('tab', { name: /Found \d+/ }))
    await everythingRead()
    expect(within(screen.getByRole('list', { name: 'Found' })).getAllByRole('listitem').length).toBeGreaterThan(3)
  })

  test('a link whose torrent changes asks for the value of its owner, and so does its repetition', async () => {
    const window = await openExplorer()
    const publicKey = 'ab'.repeat(32)
    await lookUp(window, `magnet:?xs=urn:btpk:${publicKey}&s=6e`)
    act(() => window.mock.overlays.advance(LONG_MS))
    await window.user.click(screen.getByRole('button', { name: 'Again' }))
    const asked = { ...KADEMLIA, publicKey, salt: '6e', method: 'get' }
    expect(window.callsOf('overlays.startSearch')).toEqual([asked, asked])
  })

  test('can be cancelled, and begun again', async () => {
    const window = await openExplorer()
    await lookUp(window, KEY)
    await window.user.click(screen.getByRole('button', { name: 'Cancel' }))
    expect(figure('State')).toBe('Cancelled')
    await window.user.click(screen.getByRole('button', { name: 'Again' }))
    expect(figure('State')).toBe('Running')
    expect(window.callsOf('overlays.startSearch')).toHaveLength(2)
  })

  test('a step chosen in the table is ringed in the drawing', async () => {
    const window = await openExplorer()
    await lookUp(window, KEY)
    act(() => window.mock.overlays.advance(LONG_MS))
    const rings = () => screen.getByRole('img', { name: /Drawing of the search/ }).querySelectorAll('.stroke-focus')
    expect(rings()).toHaveLength(0)
    await window.user.click(within(steps()).getAllByRole('row')[3] as HTMLElement)
    expect(rings()).toHaveLength(1)
    await window.user.keyboard('{ArrowDown}')
    expect(rings()).toHaveLength(1)
    expect(within(steps()).getAllByRole('row')[4]?.getAttribute('aria-selected')).toBe('true')
  })

  test('goes on while another page is shown', async () => {
    const window = await openExplorer()
    await lookUp(window, KEY)
    const to = (name: string) => window.user.click(within(screen.getByRole('navigation')).getByRole('button', { name }))
    await to('Torrents')
    act(() => window.mock.overlays.advance(LONG_MS))
    await to('Explorer')
    expect(figure('State')).toBe('Done')
  })

  test('what is no key is refused beside the field', async () => {
    const { user, callsOf } = await openExplorer()
    await user.type(field(), 'abc{Enter}')
    expect(screen.getByRole('alert').textContent).toContain('40 hex digits, this has 3')
    expect(field().getAttribute('aria-invalid')).toBe('true')
    expect(callsOf('overlays.startSearch')).toEqual([])
    await user.type(field(), 'd')
    expect(screen.queryByRole('alert')).toBeNull()
  })

  test('the torrents of the list are offered by name', async () => {
    const { user } = await openExplorer({ rows: [sampleRow(1, { name: 'River Ouse' })] })
    const list = document.getElementById(field().getAttribute('list') ?? '')
    expect([...(list?.children ?? [])].map((one) => one.getAttribute('label'))).toEqual(['River Ouse'])
    await user.click(screen.getByRole('tab', { name: 'Search' }))
    await everythingRead()
    expect(screen.getByRole('heading', { name: 'Look up a key and watch how it is found' })).toBeTruthy()
  })

  test('what the engine refuses is told in its sentence', async () => {
    const window = await openExplorer({
      failures: { 'overlays.startSearch': { code: 'BUSY', message: 'Too many searches. Wait for one to end.' } },
    })
    await window.user.type(field(), `${KEY}{Enter}`)
    expect(await screen.findByText('Too many searches. Wait for one to end.')).toBeTruthy()
  })
})

describe('stored items', () => {
  test('stand with kind, size and who they are kept for; Enter looks one up', async () => {
    const { user, callsOf } = await openExplorer()
    await user.click(screen.getByRole('tab', { name: 'Stored items 6' }))
    await everythingRead()
    const grid = screen.getByRole('grid', { name: 'Stored items' })
    const row = within(grid).getByRole('row', { name: /weather in York/ })
    expect(row.textContent).toContain('Immutable')
    await user.click(row)
    await user.keyboard('{Enter}')
    expect(callsOf('overlays.startSearch')).toEqual([{ ...KADEMLIA, target: sampleHash(5_004), method: 'get' }])
  })

  test('none is said plainly', async () => {
    const { user } = await openExplorer({ items: [] })
    await user.click(screen.getByRole('tab', { name: 'Stored items 0' }))
    await everythingRead()
    expect(screen.getByRole('heading', { name: 'Nothing is stored here' })).toBeTruthy()
  })
})

describe('without the DHT', () => {
  test.each([
    ['off', 'The DHT is switched off'],
    ['waiting', 'The DHT waits for your leave to use the network'],
  ] as const)('%s: one action leads to the settings, and nothing can be looked up', async (state, title) => {
    const { user } = await openExplorer({
      overlay: { state: state === 'off' ? 'off' : 'running', nodes: [] },
      status: { dht: { state, nodes: 0, serving: false } },
    })
    expect(screen.getByRole('heading', { name: title })).toBeTruthy()
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Look up' }).disabled).toBe(true)
    await user.click(screen.getByRole('button', { name: 'Open settings' }))
    expect(await screen.findByRole('heading', { level: 1, name: 'Settings' })).toBeTruthy()
  })

  test('started with --offline it does not ask for a leave that would change nothing', async () => {
    await openExplorer({ status: { dht: { state: 'waiting', nodes: 0, serving: false }, offline: true } })
    expect(screen.getByRole('heading', { name: 'The DHT has nobody to join on this machine' })).toBeTruthy()
  })

  test('its shape while it is read, and what to do where it cannot be', async () => {
    await openExplorer({ overlayFeed: 'loading' })
    expect(screen.getByRole('status', { name: 'Reading the overlay' })).toBeTruthy()
  })

  test('a failure can be tried again', async () => {
    await openExplorer({ overlayFeed: 'failed' })
    expect(screen.getByRole('alert').textContent).toContain('The engine does not answer.')
    expect(screen.getByRole('button', { name: 'Try again' })).toBeTruthy()
  })
})

describe('the status bar', () => {
  test.each([
    [{ state: 'joined', nodes: 312, serving: true } as const, '312 nodes', 'Other nodes ask us, too.'],
    [{ state: 'joined', nodes: 1, serving: false } as const, '1 node', 'We only ask'],
    [{ state: 'isolated', nodes: 0, serving: false } as const, 'isolated', 'No node of the DHT answers now.'],
    [{ state: 'off', nodes: 0, serving: false } as const, 'off', 'The DHT is switched off'],
  ])('tells of the DHT and opens the Explorer: %j', async (dht, words, hint) => {
    const { user } = renderWindow({ status: { dht }, overlay: generateOverlay(NOW) })
    const part = screen.getByRole('button', { name: `Distributed hash table: ${words}` })
    expect(part.title).toContain(hint)
    await user.click(part)
    expect(await screen.findByRole('heading', { level: 1, name: 'Explorer' })).toBeTruthy()
  })
})
