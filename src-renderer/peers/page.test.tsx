import { screen, within } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import type { PeerRow } from '../client/types.ts'
import { generateChainPeers } from '../mock/generate-chain-peers.ts'
import { contactsOf, generateOverlay } from '../mock/generate-overlay.ts'
import { generatePeers } from '../mock/generate-peers.ts'
import { generateRingHost, ringContactsOf } from '../mock/generate-ring.ts'
import type { MockOptions } from '../mock/mock-clients.ts'
import { everythingRead, type Rendered, renderWindow } from '../mock/render.tsx'
import { sampleRow } from '../mock/sample.ts'

const NOW = Date.now()
const ouse = sampleRow(1, { name: 'River Ouse' })
const notes = sampleRow(2, { name: 'Lecture notes' })

function peer(n: number, changes: Partial<PeerRow> = {}): PeerRow {
  const [base] = generatePeers(1, [ouse], NOW)
  if (!base) throw new Error('no peer')
  return { ...base, id: `p${n}`, address: `198.51.100.${n}:6881`, downRate: 1_000 * n, ...changes }
}

const three = [
  peer(1, { client: 'Shoal 0.1', source: 'kademlia' }),
  peer(2, { client: 'aria2/1.36.0', torrent: notes.id, torrentName: notes.name }),
  peer(3, { client: 'Transmission 4.0.6', address: '[2001:db8::3]:6881' }),
]

async function openPeers(options: MockOptions = {}): Promise<Rendered> {
  const window = renderWindow({ rows: [ouse, notes], ...options })
  await window.user.click(within(screen.getByRole('navigation')).getByRole('button', { name: 'Peers' }))
  await screen.findByRole('heading', { level: 1, name: 'Peers' })
  if (options.peersFeed !== 'loading') await everythingRead()
  return window
}

const grid = (name = 'Connected peers') => screen.getByRole('grid', { name })
const rowsOf = (name?: string) => within(grid(name)).getAllByRole('row').slice(1)
const rowWith = (text: string | RegExp, name?: string) =>
  within(grid(name)).getByRole('row', { name: new RegExp(text) })
const firstCells = (name?: string) => rowsOf(name).map((row) => within(row).getAllByRole('gridcell')[1]?.textContent)

describe('connected peers', () => {
  test('stand over all torrents, the fastest first, and sort by any heading', async () => {
    const { user } = await openPeers({ peers: three })
    expect(firstCells()).toEqual(['[2001:db8::3]:6881', '198.51.100.2:6881', '198.51.100.1:6881'])
    await user.click(screen.getByRole('button', { name: 'Torrent' }))
    expect(rowsOf().map((row) => row.firstElementChild?.textContent)).toEqual([notes.name, ouse.name, ouse.name])
  })

  test('their flags are letters with their meaning, and a legend tells all', async () => {
    const flags = {
      amInterested: true,
      peerChoking: false,
      peerInterested: false,
      amChoking: true,
      snubbed: false,
      optimistic: true,
    }
    await openPeers({ peers: [peer(1, { flags })] })
    const cell = within(grid()).getByTitle(/we receive/)
    expect(cell.title).toBe('D: we receive\nO: on trial for an upload slot')
    expect(cell.textContent).toContain('D O')
    expect(screen.getByText('we want, they hold back')).toBeTruthy()
  })

  test('what is typed narrows them, by every column with text', async () => {
    const { user } = await openPeers({ peers: three })
    await user.keyboard('{Control>}f{/Control}')
    await user.keyboard('lecture aria')
    expect(firstCells()).toEqual(['198.51.100.2:6881'])
    await user.keyboard(' nobody')
    expect(screen.getByRole('heading', { name: /No peer here matches/ })).toBeTruthy()
    await user.click(screen.getByRole('button', { name: 'Show all' }))
    expect(rowsOf()).toHaveLength(3)
  })

  test('thousands are counted whole and drawn as far as they are seen', async () => {
    await openPeers({ peers: generatePeers(4_000, [ouse, notes], NOW) })
    expect(grid().getAttribute('aria-rowcount')).toBe('4001')
    expect(rowsOf().length).toBeLessThan(60)
  })

  test('Delete disconnects the selected ones and says so', async () => {
    const { user, callsOf } = await openPeers({ peers: three })
    await user.click(rowWith('198.51.100.1:'))
    await user.keyboard('{Shift>}{ArrowUp}{/Shift}{Delete}')
    expect(callsOf('peers.disconnect')).toEqual([{ id: 'p1' }, { id: 'p2' }])
    expect(await screen.findByText('Disconnected 2 addresses.')).toBeTruthy()
    expect(firstCells()).toEqual(['[2001:db8::3]:6881'])
  })

  test('B bans an address, and the message takes it back', async () => {
    const { user, callsOf } = await openPeers({ peers: three })
    await user.click(rowWith('2001:db8::3'))
    await user.keyboard('b')
    expect(callsOf('peers.ban')).toEqual([{ host: '2001:db8::3' }])
    expect(await screen.findByText('Banned 2001:db8::3 from all torrents.')).toBeTruthy()
    expect(screen.getByRole('tab', { name: 'Banned 1' })).toBeTruthy()
    await user.click(screen.getByRole('button', { name: 'Undo' }))
    expect(callsOf('peers.unban')).toEqual([{ host: '2001:db8::3' }])
    expect(await screen.findByRole('tab', { name: 'Banned 0' })).toBeTruthy()
    expect(screen.queryByText('Banned 2001:db8::3 from all torrents.')).toBeNull()
  })

  test('the menu copies the address and leads to the torrent', async () => {
    const { user } = await openPeers({ peers: three })
    await user.pointer({ keys: '[MouseRight]', target: rowWith('198.51.100.2:') })
    await user.click(screen.getByRole('menuitem', { name: /Copy address/ }))
    expect(await screen.findByText('Copied 198.51.100.2:6881.')).toBeTruthy()
    expect(await window.navigator.clipboard.readText()).toBe('198.51.100.2:6881')
    await user.pointer({ keys: '[MouseRight]', target: rowWith('198.51.100.2:') })
    await user.click(screen.getByRole('menuitem', { name: /Show the torrent/ }))
    expect(screen.getByRole('heading', { level: 1, name: 'Torrents' })).toBeTruthy()
    expect(screen.getByRole('row', { name: /Lecture notes/, selected: true })).toBeTruthy()
  })

  test('what fails is told in the sentence of the engine', async () => {
    const failures = { 'peers.disconnect': { code: 'NO_SUCH_PEER', message: 'This peer is gone. Look at the list.' } }
    const { user } = await openPeers({ peers: three, failures })
    await user.click(rowWith('2001:db8::3'))
    await user.click(screen.getByRole('button', { name: 'Disconnect' }))
    expect(await screen.findByText('This peer is gone. Look at the list.')).toBeTruthy()
    expect(screen.queryByText(/^Disconnected/)).toBeNull()
    expect(rowsOf()).toHaveLength(3)
  })

  test.each([
    [{ peersFeed: 'loading' } as const, 'status', 'Reading the list of peers'],
    [{ status: { network: 'local-only' } } as const, 'heading', 'Shoal talks to this machine only'],
    [{}, 'heading', 'No peer is connected'],
  ])('without peers: %j', async (options, role, name) => {
    await openPeers(options)
    expect(screen.getByRole(role, { name })).toBeTruthy()
  })

  test('a failure can be tried again', async () => {
    await openPeers({ peersFeed: 'failed' })
    expect(screen.getByRole('alert').textContent).toContain('The engine does not answer.')
    expect(screen.getByRole('button', { name: 'Try again' })).toBeTruthy()
  })
})

describe('Overlay contacts', () => {
  const contacts = contactsOf(generateOverlay(NOW))

  async function openContacts(options: MockOptions = {}): Promise<Rendered> {
    const window = await openPeers(options)
    await window.user.click(screen.getByRole('tab', { name: /Overlay contacts/ }))
    await everythingRead()
    return window
  }

  test('stand with state, round trip and how near they are; sorted by id as numbers', async () => {
    const { user } = await openContacts({ contacts })
    const name = 'Overlay contacts'
    expect(grid(name).getAttribute('aria-rowcount')).toBe(String(contacts.length + 1))
    const [nearest] = rowsOf(name)
    expect(nearest?.textContent).toMatch(/Good|Questionable|Failing/)
    expect(nearest?.textContent).toMatch(/\d ms/)
    await user.click(screen.getByRole('button', { name: 'Node id' }))
    const ids = rowsOf(name).map((row) => (row.firstElementChild as HTMLElement).title)
    expect(ids).toEqual([...ids].sort())
  })

  test('Enter looks a node up in the Explorer', async () => {
    const { user, callsOf } = await openContacts({ contacts })
    const [row] = rowsOf('Overlay contacts')
    await user.click(row as HTMLElement)
    await user.keyboard('{Enter}')
    expect(await screen.findByRole('heading', { level: 1, name: 'Explorer' })).toBeTruthy()
    expect(await screen.findByRole('grid', { name: 'Steps of the search' })).toBeTruthy()
    expect(callsOf('overlays.startSearch')).toEqual([
      { overlay: 'kademlia', target: expect.any(String), method: 'find_node' },
    ])
  })

  test('places on the ring stand among them, and are looked up there', async () => {
    const ring = ringContactsOf({ state: 'running', hosts: [generateRingHost(3, NOW)] })
    const { user, callsOf } = await openContacts({ contacts: [...contacts.slice(0, 2), ...ring] })
    await user.type(screen.getByRole('searchbox', { name: 'Search nodes' }), 'chord')
    expect(grid('Overlay contacts').getAttribute('aria-rowcount')).toBe(String(ring.length + 1))
    const [row] = rowsOf('Overlay contacts')
    expect(row?.textContent).toContain('Chord')
    await user.click(row as HTMLElement)
    await user.keyboard('{Enter}')
    expect(callsOf('overlays.startSearch')).toEqual([
      { overlay: 'chord', target: expect.any(String), method: 'find_node' },
    ])
  })

  test('with the DHT off and a part on the ring they may still come', async () => {
    await openContacts({ status: { dht: { state: 'off', nodes: 0, serving: false } } })
    expect(screen.getByRole('heading', { name: 'The nodes that Shoal knows stand here' })).toBeTruthy()
  })

  test.each([
    ['off', 'The DHT is switched off'],
    ['waiting', 'The DHT waits for your leave to use the network'],
    ['joining', 'The nodes that Shoal knows stand here'],
    ['isolated', 'No node of the DHT answers now. Shoal tries again by itself.'],
  ] as const)('while the DHT is %s, one action leads to the settings', async (state, title) => {
    const chord = { state: 'off' as const, places: 0 }
    const { user } = await openContacts({ status: { dht: { state, nodes: 0, serving: false }, chord } })
    expect(screen.getByRole('heading', { name: title })).toBeTruthy()
    await user.click(screen.getByRole('button', { name: 'Open settings' }))
    expect(await screen.findByRole('heading', { level: 1, name: 'Settings' })).toBeTruthy()
  })
})

describe('banned addresses', () => {
  test('are taken back by Delete, which can be undone', async () => {
    const bans = [{ id: '203.0.113.9', bannedAt: NOW - 3_600_000 }]
    const { user, callsOf } = await openPeers({ bans })
    await user.click(screen.getByRole('tab', { name: 'Banned 1' }))
    await everythingRead()
    await user.click(rowWith('203.0.113.9', 'Banned addresses'))
    expect(rowWith('1 h ago', 'Banned addresses')).toBeTruthy()
    await user.keyboard('{Delete}')
    expect(callsOf('peers.unban')).toEqual([{ host: '203.0.113.9' }])
    await user.click(await screen.findByRole('button', { name: 'Undo' }))
    expect(callsOf('peers.ban')).toEqual([{ host: '203.0.113.9' }])
    expect(await screen.findByRole('tab', { name: 'Banned 1' })).toBeTruthy()
  })

  test('nobody banned is said plainly', async () => {
    const { user } = await openPeers()
    await user.click(screen.getByRole('tab', { name: 'Banned 0' }))
    await everythingRead()
    expect(screen.getByRole('heading', { name: 'No address is banned' })).toBeTruthy()
  })
})

test('the page comes back as it was left: list, order and widths', async () => {
  const { user } = await openPeers({ peers: three })
  await user.click(screen.getByRole('button', { name: 'Program' }))
  await user.click(screen.getByRole('tab', { name: /Banned/ }))
  const kept = JSON.parse(window.localStorage.getItem('shoal.window') ?? '{}')
  expect(kept.peersView).toBe('banned')
  expect(kept.tables.peers.sort).toEqual({ by: 'client', direction: 'asc' })
})

describe('peers of the chain', () => {
  const CHAIN = 'Peers of the chain'

  async function openChainPeers(options: MockOptions = {}): Promise<Rendered> {
    const window = await openPeers({ chainPeers: generateChainPeers(9, NOW), ...options })
    await window.user.click(screen.getByRole('tab', { name: /^Chain/ }))
    if (options.peersFeed !== 'loading') await everythingRead()
    return window
  }

  test('stand with what they do and how far they are, and sort by any heading', async () => {
    const { user } = await openChainPeers()
    expect(screen.getByRole('tab', { name: 'Chain 9' })).toBeTruthy()
    expect(rowsOf(CHAIN)).toHaveLength(9)
    const trial = rowWith('203.0.113.6:9533', CHAIN)
    expect(trial.textContent).toContain('On trial')
    expect(trial.textContent).toContain('Connecting')
    await user.click(within(grid(CHAIN)).getByRole('button', { name: 'Address' }))
    expect(rowsOf(CHAIN)[1]?.textContent).toContain('203.0.113.1:9533')
  })

  test('the one that is selected tells what it offers', async () => {
    const { user } = await openChainPeers()
    await user.click(rowWith('203.0.113.2:9533', CHAIN))
    const offers = screen.getByRole('region', { name: 'Services of the selected peer' })
    expect(offers.textContent).toContain('NETWORK_LIMITED: has the newest 288 blocks (BIP 159)')
    await user.click(rowWith('203.0.113.4:9533', CHAIN))
    expect(offers.textContent).toContain('It offers nothing, as light nodes do')
  })

  test('are disconnected and banned by key, and a ban can be taken back', async () => {
    const { user, callsOf } = await openChainPeers()
    await user.click(rowWith('203.0.113.1:9533', CHAIN))
    await user.keyboard('{Delete}')
    expect(callsOf('peers.disconnect')).toEqual([{ id: '203.0.113.1:9533' }])
    expect(await screen.findByText('Disconnected 203.0.113.1:9533.')).toBeTruthy()
    await user.click(rowWith('2001:db8::5', CHAIN))
    await user.click(screen.getByRole('button', { name: 'Ban from the chain and all torrents' }))
    expect(callsOf('peers.ban')).toEqual([{ host: '2001:db8::5' }])
    expect(await screen.findByText('Banned 2001:db8::5 from the chain and all torrents.')).toBeTruthy()
    await user.click(screen.getByRole('button', { name: 'Undo' }))
    expect(callsOf('peers.unban')).toEqual([{ host: '2001:db8::5' }])
  })

  test('what they call themselves cannot steer the window', async () => {
    const [first] = generateChainPeers(1, NOW)
    if (!first) throw new Error('no peer')
    await openChainPeers({ chainPeers: [{ ...first, userAgent: '/evil\u202E<b>/' }] })
    expect(within(grid(CHAIN)).getByText('/evil\uFFFD<b>/')).toBeTruthy()
  })

  test.each([
    [{ chain: { state: 'off', height: 0, headers: 0, peers: 0 } } as const, 'The chain is switched off'],
    [{ network: 'local-only' } as const, 'Shoal talks to this machine only'],
    [{}, 'No peer of the chain is connected'],
  ])('none: %j', async (status, title) => {
    await openChainPeers({ chainPeers: [], status })
    expect(screen.getByRole('heading', { name: title })).toBeTruthy()
  })
})
