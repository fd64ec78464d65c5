import { screen, within } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import { type Rendered, renderWindow } from '../mock/render.tsx'
import { MAX_NODES, readNode } from './endpoint-list.tsx'
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

describe('finding peers', () => {
  test('the part in the DHT, local discovery and peer exchange count at once', async () => {
    const window = renderWindow()
    await openSettings(window)
    await window.user.click(screen.getByRole('radio', { name: /Ask only/ }))
    await window.user.click(screen.getByRole('checkbox', { name: 'Find peers on the local network' }))
    await window.user.click(screen.getByRole('checkbox', { name: 'Exchange peers with peers' }))
    await window.user.click(screen.getByText('Advanced'))
    await window.user.click(screen.getByRole('radio', { name: /^20/ }))
    const parallel = screen.getByRole('textbox', { name: 'Requests at once in a search' })
    await window.user.clear(parallel)
    await window.user.type(parallel, '3{Enter}')
    expect(window.callsOf('settings.set')).toEqual([
      { dht: 'read-only' },
      { localDiscovery: false },
      { peerExchange: false },
      { dhtBucketSize: 20 },
      { dhtParallelism: 3 },
    ])
  })

  test('with the DHT off its own settings are not shown', async () => {
    const window = renderWindow({ settings: { dht: 'off' } })
    await openSettings(window)
    expect(screen.queryByRole('textbox', { name: 'Nodes to begin with' })).toBeNull()
    expect(screen.queryByText('Advanced')).toBeNull()
  })

  test('the part on the ring, its places and hosts to join by', async () => {
    const window = renderWindow()
    await openSettings(window)
    const places = screen.getByRole('textbox', { name: 'Places on the ring' })
    await window.user.clear(places)
    await window.user.type(places, '17{Enter}')
    expect(screen.getByText('Enter a whole number from 1 to 16.')).toBeTruthy()
    await window.user.clear(places)
    await window.user.type(places, '8{Enter}')
    const hosts = screen.getByRole('textbox', { name: 'Hosts to join the ring by' })
    await window.user.type(hosts, 'shoal.example.org{Enter}')
    expect(screen.getByText('Enter a host and a port, such as shoal.example.org:51413.')).toBeTruthy()
    await window.user.type(hosts, ':51413{Enter}')
    await window.user.click(screen.getByRole('checkbox', { name: 'Take part in the Chord ring' }))
    expect(window.callsOf('settings.set')).toEqual([
      { chordVirtualNodes: 8 },
      { chordNodes: ['shoal.example.org:51413'] },
      { chord: 'off' },
    ])
    expect(screen.queryByRole('textbox', { name: 'Places on the ring' })).toBeNull()
  })

  test('nodes to begin with are added, refused and taken off', async () => {
    const window = renderWindow({ settings: { bootstrapNodes: ['router.example.org:6881'] } })
    await openSettings(window)
    const field = screen.getByRole('textbox', { name: 'Nodes to begin with' })
    await window.user.type(field, 'router.example.org:6881{Enter}')
    expect(screen.getByText('This node is in the list already.')).toBeTruthy()
    await window.user.clear(field)
    await window.user.type(field, '10.0.0.7:7000{Enter}')
    await window.user.click(screen.getByRole('button', { name: 'Take router.example.org:6881 off the list' }))
    expect(window.callsOf('settings.set')).toEqual([
      { bootstrapNodes: ['router.example.org:6881', '10.0.0.7:7000'] },
      { bootstrapNodes: ['10.0.0.7:7000'] },
    ])
    const list = screen.getByRole('list', { name: 'Nodes to begin with' })
    expect(within(list).getAllByRole('listitem')).toHaveLength(1)
  })

  test.each([
    ['Router.Example.org:6881', { node: 'router.example.org:6881' }],
    [' [2001:DB8::1]:1 ', { node: '[2001:db8::1]:1' }],
    ['10.0.0.1:65535', { node: '10.0.0.1:65535' }],
    ['router.example.org', { problem: expect.stringContaining('a host and a port') }],
    ['2001:db8::1:6881', { problem: expect.stringContaining('square brackets') }],
    ['bad host:1', { problem: expect.stringContaining('not a name or address') }],
    ['-x:1', { problem: expect.stringContaining('not a name or address') }],
    ['x:0', { problem: expect.stringContaining('1 to 65,535') }],
    ['x:65536', { problem: expect.stringContaining('1 to 65,535') }],
  ])('the node typed as %j', (typed, expected) => expect(readNode(typed)).toEqual(expected))

  test('the list takes no more than the engine keeps', async () => {
    const bootstrapNodes = Array.from({ length: MAX_NODES }, (_, n) => `n${n}.example.org:6881`)
    const window = renderWindow({ settings: { bootstrapNodes } })
    await openSettings(window)
    await window.user.type(screen.getByRole('textbox', { name: 'Nodes to begin with' }), 'one.more:1{Enter}')
    expect(screen.getByText(/The list holds 50 nodes at most/)).toBeTruthy()
    expect(window.callsOf('settings.set')).toEqual([])
  })
})

describe('the chain', () => {
  test('another network counts from the next start, and says that each has its own files', async () => {
    const window = renderWindow()
    await openSettings(window)
    await window.user.click(screen.getByRole('radio', { name: /^Test ?The same rules/ }))
    expect(window.callsOf('settings.set')).toEqual([{ network: 'test' }])
    expect(
      await screen.findByText(/Main network until you start Shoal again, then test network\. Each network has files/),
    ).toBeTruthy()
  })

  test('another mode is asked about with what it costs, and left alone unless confirmed', async () => {
    const window = renderWindow()
    await openSettings(window)
    await window.user.click(screen.getByRole('radio', { name: /^Pruned ?Checks/ }))
    const dialog = await screen.findByRole('alertdialog', { name: 'Change the mode to pruned?' })
    expect(await within(dialog).findByText(/All but the newest 288 blocks are deleted/)).toBeTruthy()
    expect(dialog.textContent).toContain('Becomes free33.4 MB')
    await window.user.click(within(dialog).getByRole('button', { name: 'Leave it' }))
    expect(window.callsOf('chain.setMode')).toEqual([])
    await window.user.click(screen.getByRole('radio', { name: /^Light ?Keeps/ }))
    await window.user.click(await screen.findByRole('button', { name: 'Change the mode' }))
    expect(window.callsOf('chain.setMode')).toEqual([{ mode: 'light' }])
    expect(await screen.findByText('The mode of the chain is light now.')).toBeTruthy()
  })

  test('a cost that cannot be told is no ground to go on', async () => {
    const message = 'The chain is switched off; switch it on in Settings.'
    const window = renderWindow({ failures: { 'chain.modeCost': { code: 'CHAIN_OFF', message } } })
    await openSettings(window)
    await window.user.click(screen.getByRole('radio', { name: /^Light ?Keeps/ }))
    expect(await screen.findByText(message)).toBeTruthy()
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Change the mode' }).disabled).toBe(true)
  })

  test('is rebuilt once confirmed, and its progress is shown', async () => {
    const window = renderWindow()
    await openSettings(window)
    await window.user.click(screen.getByRole('button', { name: 'Rebuild the chain…' }))
    await window.user.click(await screen.findByRole('button', { name: 'Rebuild' }))
    expect(window.callsOf('chain.rebuild')).toHaveLength(1)
    expect(await screen.findByRole('progressbar', { name: /Working out the coins again/ })).toBeTruthy()
  })

  test('blocks kept, port and peers are set; switched off, nothing but the switch and the network is left', async () => {
    const window = renderWindow({ settings: { chainMode: 'pruned' } })
    await openSettings(window)
    const kept = screen.getByRole('textbox', { name: 'Blocks kept' })
    await window.user.clear(kept)
    await window.user.type(kept, '100')
    expect(screen.getByText('Enter a whole number from 288 to 10,000,000.')).toBeTruthy()
    await window.user.clear(kept)
    await window.user.type(kept, '1000{Enter}')
    await window.user.type(screen.getByRole('textbox', { name: 'Peers of the chain to keep to' }), 'nowhere{Enter}')
    expect(screen.getByText(/such as 192\.0\.2\.7:9533/)).toBeTruthy()
    await window.user.click(screen.getByRole('checkbox', { name: 'Take part in the chain' }))
    expect(window.callsOf('settings.set')).toEqual([{ chainKeepBlocks: 1_000 }, { chain: false }])
    expect(screen.queryByRole('textbox', { name: 'Port for peers of the chain' })).toBeNull()
  })
})

test('mining: where rewards go and when it rests', async () => {
  const window = renderWindow()
  await openSettings(window)
  await window.user.type(screen.getByRole('textbox', { name: 'Address for rewards' }), ' shl1qaddress {Enter}')
  await window.user.click(screen.getByRole('checkbox', { name: /^Pause on battery/ }))
  await window.user.click(screen.getByRole('checkbox', { name: 'Pause while I use this machine' }))
  expect(window.callsOf('settings.set')).toEqual([
    { minerAddress: 'shl1qaddress' },
    { minerPausesOnBattery: false },
    { minerPausesWhileActive: false },
  ])
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
