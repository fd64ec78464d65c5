import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import { addressOf, blockHash, TIP_HEIGHT, transactionCount, transactionId } from '../../mock/generate-chain.ts'
import type { MockOptions } from '../../mock/mock-clients.ts'
import { everythingRead, type Rendered, renderWindow } from '../../mock/render.tsx'
import { formatCount } from '../../ui/format.ts'

const OFFLINE = { network: 'local-only', offline: false } as const

async function openChain(options: MockOptions = {}): Promise<Rendered> {
  const window = renderWindow(options)
  await window.user.click(within(screen.getByRole('navigation')).getByRole('button', { name: 'Explorer' }))
  await screen.findByRole('heading', { level: 1, name: 'Explorer' })
  if (options.chainFeed !== 'loading') await everythingRead()
  return window
}

const field = () => screen.getByRole<HTMLInputElement>('textbox', { name: 'Height, hash, transaction or address' })
const grid = () => screen.getByRole('grid', { name: 'Newest blocks' })
const rows = () => within(grid()).getAllByRole('row').slice(1)
const figure = (name: string | RegExp) => screen.getByText(name, { selector: 'dt' }).nextElementSibling?.textContent
const heading = (name: string | RegExp) => screen.findByRole('heading', { level: 2, name })

async function find({ user }: Rendered, text: string): Promise<void> {
  await user.clear(field())
  await user.type(field(), `${text}{Enter}`)
}

describe('the tip', () => {
  test('tells how the chain stands', async () => {
    await openChain()
    expect(figure('Height, main network')).toBe('4,312')
    expect(figure('Difficulty')).toMatch(/^\d+ MH$/)
    expect(figure('Network, about')).toMatch(/MH\/s$/)
    expect(figure('Coins made')).toBe('21,565 SHL')
    expect(figure('Mode')).toBe('Archive keeps every block')
    expect(figure('Peers')).toBe('9')
    expect(screen.getByText('38 transactions waiting')).toBeTruthy()
  })

  test('moves as a block is found', async () => {
    const { mock } = await openChain()
    act(() => mock.chain.mine())
    expect(figure('Height, main network')).toBe('4,313')
    expect(rows()[0]?.textContent).toContain('4,313')
  })

  test.each([
    [{ mode: 'pruned', keptFrom: 4_024 }, 'Pruned keeps blocks from 4,024 on'],
    [{ mode: 'light', light: { filters: 4_312, sources: 1 } }, 'Light, one source'],
    [{ mode: 'light', light: { filters: 4_312, sources: 3 } }, 'Light, 3 sources that agree'],
  ] as const)('says what is kept: %j', async (chain, words) => {
    await openChain({ chain })
    expect(figure('Mode')).toBe(words)
    const warned = screen.queryByText(/^One source: all filters come from a single peer/) !== null
    expect(warned).toBe(words.includes('one source'))
  })
})

describe('the newest blocks', () => {
  test('are listed from the tip down, and older ones come as one nears the end', async () => {
    const { callsOf } = await openChain()
    expect(rows()[0]?.textContent).toContain('4,312')
    await waitFor(() => expect(callsOf('chain.blocks')).toEqual([{ from: TIP_HEIGHT - 20, limit: 100 }]))
    expect(grid().getAttribute('aria-rowcount')).toBe(String(TIP_HEIGHT + 2))
    expect(rows().length).toBeLessThan(60)
    grid().scrollTop = 3_800
    fireEvent.scroll(grid())
    await waitFor(() => expect(callsOf('chain.blocks')).toContainEqual({ from: TIP_HEIGHT - 120, limit: 100 }))
  })

  test('open by a click, and by Enter', async () => {
    const { user } = await openChain()
    await user.click(rows()[2] as HTMLElement)
    expect(await heading('Block 4,310')).toBeTruthy()
    await user.click(screen.getByRole('button', { name: 'Newest blocks' }))
    act(() => grid().focus())
    await user.keyboard('{ArrowDown}{ArrowDown}{Enter}')
    expect(await heading('Block 4,311')).toBeTruthy()
  })

  test('that lost against others leave the list', async () => {
    const { mock } = await openChain()
    const before = blockHash(TIP_HEIGHT)
    expect(within(grid()).getByTitle(before)).toBeTruthy()
    act(() => mock.chain.reorganise(2))
    expect(within(grid()).queryByTitle(before)).toBeNull()
    expect(within(grid()).getByTitle(blockHash(TIP_HEIGHT - 2))).toBeTruthy()
  })
})

describe('a block', () => {
  test('tells its facts, and leads to its neighbours, its transactions and who was paid', async () => {
    const window = await openChain()
    await find(window, '4,290')
    expect(await heading('Block 4,290')).toBeTruthy()
    expect(window.callsOf('chain.search')).toEqual([{ text: '4290' }])
    expect(figure('Transactions')).toBe(String(transactionCount(4_290)))
    expect(screen.getByText('Settled, 23 blocks deep')).toBeTruthy()
    expect(screen.getByText(`${transactionCount(4_290)} transactions`)).toBeTruthy()
    await window.user.click(screen.getByRole('button', { name: 'Previous block, 4,289' }))
    expect(await heading('Block 4,289')).toBeTruthy()
    await window.user.click(screen.getByRole('button', { name: 'Next block, 4,290' }))
    expect(await heading('Block 4,290')).toBeTruthy()
  })

  test('counts its depth on as blocks come', async () => {
    const window = await openChain()
    await find(window, String(TIP_HEIGHT))
    expect(await screen.findByText('Fresh, 1 block deep')).toBeTruthy()
    act(() => window.mock.chain.mine())
    expect(await screen.findByText('Fresh, 2 blocks deep')).toBeTruthy()
    expect(screen.getByRole('button', { name: `Next block, ${formatCount(TIP_HEIGHT + 1)}` })).toBeTruthy()
  })

  test('shows long lists of transactions a page at a time', async () => {
    const height = [...Array(200).keys()].map((n) => 4_200 - n).find((each) => transactionCount(each) > 30) ?? 0
    const total = transactionCount(height)
    const window = await openChain()
    await find(window, String(height))
    expect(await screen.findByText(`1–25 of ${total}`)).toBeTruthy()
    await window.user.click(screen.getByRole('button', { name: 'Next transactions' }))
    await screen.findByText(`26–${Math.min(50, total)} of ${total}`)
    expect(window.callsOf('chain.blockTransactions').at(-1)).toEqual({ hash: blockHash(height), offset: 25, limit: 25 })
  })

  test('of a side branch says so, and leads to the one that counts', async () => {
    const window = await openChain()
    act(() => window.mock.chain.reorganise(1))
    await window.user.click(rows()[0] as HTMLElement)
    expect(await screen.findByText(/^This block lies on a side branch/)).toBeTruthy()
    await window.user.click(screen.getByRole('button', { name: 'Show the other one' }))
    expect(await screen.findByText('Fresh, 1 block deep')).toBeTruthy()
  })

  test('whose contents are gone says so and lists nothing', async () => {
    const window = await openChain({ chain: { mode: 'pruned', keptFrom: 4_024 } })
    await find(window, '100')
    expect(await screen.findByText(/not kept any more: this node keeps blocks from 4,024 on/)).toBeTruthy()
    expect(screen.queryByRole('table')).toBeNull()
    expect(window.callsOf('chain.blockTransactions')).toEqual([])
  })
})

describe('a transaction', () => {
  test('tells from where to where, what it pays and how deep it lies', async () => {
    const window = await openChain()
    await find(window, transactionId(4_290, 1))
    expect(await heading('Transaction')).toBeTruthy()
    expect(figure('Block')).toBe('4,290')
    expect(figure('Fee')).toMatch(/^0\.0000\d+ SHL, \d+\.\d gr\/vB$/)
    const inputs = screen.getByRole('region', { name: /inputs?$/ })
    const outputs = screen.getByRole('region', { name: /outputs?$/ })
    expect(within(inputs).getAllByRole('button', { name: /^Show address/ }).length).toBeGreaterThan(1)
    expect(within(outputs).getAllByRole('listitem').length).toBeGreaterThan(1)
    expect(screen.getByRole('button', { name: /copy the whole transaction in hexadecimal digits/ })).toBeTruthy()
    await window.user.click(within(inputs).getAllByRole('button', { name: /^output 0 of/ })[0] as HTMLElement)
    await waitFor(() => expect(figure('Block')).not.toBe('4,290'))
  })

  test('text in it is text, whatever it holds', async () => {
    const height = [...Array(60).keys()].map((n) => 4_300 - n).find((each) => (each + 1) % 13 === 0) ?? 0
    const window = await openChain()
    await find(window, transactionId(height, 1))
    expect(await screen.findByText('“Thanks for the fish <b>& the recordings</b>”')).toBeTruthy()
  })

  test('a reward that is not mature says how long it takes', async () => {
    const window = await openChain()
    await find(window, transactionId(4_290, 0))
    expect(await heading('Coinbase transaction')).toBeTruthy()
    expect(screen.getByText(/cannot be spent yet: 77 more blocks/)).toBeTruthy()
    expect(figure('Fee')).toBe('None: it collects them')
  })

  test('one that waits may still be replaced', async () => {
    const window = await openChain()
    await find(window, transactionId(TIP_HEIGHT + 1, 3))
    expect(await screen.findByText(/another transaction in its place that pays more/)).toBeTruthy()
    expect(screen.getByText('Unconfirmed')).toBeTruthy()
    expect(figure('Block')).toBe('None yet, in the mempool')
  })

  test('whose block is gone is said in the sentence of the engine, and can be asked for again', async () => {
    const window = await openChain({ chain: { mode: 'pruned', keptFrom: 4_024 } })
    await find(window, transactionId(4_000, 1))
    expect((await screen.findByRole('alert')).textContent).toContain('not kept any more')
    await window.user.click(screen.getByRole('button', { name: 'Try again' }))
    await waitFor(() => expect(window.callsOf('chain.transaction')).toHaveLength(2))
  })
})

describe('an address', () => {
  test('tells what it has and every change of it, a page at a time', async () => {
    const window = await openChain({ chain: { height: 400 } })
    await find(window, addressOf(5))
    expect(await heading('Address')).toBeTruthy()
    expect(figure('Balance')).toMatch(/ SHL$/)
    const table = screen.getByRole('table', { name: 'Transactions of this address' })
    expect(within(table).getAllByRole('row')).toHaveLength(26)
    expect(within(table).getAllByText(/^[+−]/).length).toBeGreaterThan(0)
    await window.user.click(screen.getByRole('button', { name: 'Next transactions' }))
    await screen.findByText(/^26–50 of/)
    expect(window.callsOf('chain.address').at(-1)).toEqual({ address: addressOf(5), offset: 25, limit: 25 })
  })

  test('says from where on it knows', async () => {
    const window = await openChain({ chain: { height: 400, mode: 'pruned', keptFrom: 350 } })
    await find(window, addressOf(5))
    expect(await screen.findByText(/^Only blocks from 350 on are kept here/)).toBeTruthy()
  })
})

describe('the mempool', () => {
  test('tells its sums, its bands in figures beside the bars, and the newest', async () => {
    const { user } = await openChain()
    await user.click(screen.getByRole('button', { name: 'Mempool' }))
    expect(await heading('Mempool')).toBeTruthy()
    expect(figure('Waiting')).toBe('38')
    const bands = within(screen.getByRole('region', { name: 'By fee rate' }))
    expect(bands.getByRole('row', { name: /^60 gr\/vB and more .* vB \d+$/ })).toBeTruthy()
    expect(within(screen.getByRole('table', { name: 'Newest transactions' })).getAllByRole('row')).toHaveLength(26)
  })

  test('empty, it says what belongs there', async () => {
    const { user } = await openChain({ mempool: 0 })
    expect(screen.getByText('Empty')).toBeTruthy()
    await user.click(screen.getByRole('button', { name: 'Mempool' }))
    expect(await screen.findByText(/^Nothing waits/)).toBeTruthy()
  })
})

describe('finding', () => {
  test('what names nothing is said beside the field, in the sentence of the engine', async () => {
    const window = await openChain()
    await window.user.keyboard('{Control>}f{/Control}')
    expect(document.activeElement).toBe(field())
    await window.user.keyboard('nonsense{Enter}')
    expect((await screen.findByRole('alert')).textContent).toContain('“nonsense” is no height up to 4312')
    expect(field().getAttribute('aria-invalid')).toBe('true')
    await window.user.keyboard('{Escape}')
    expect(screen.queryByRole('alert')).toBeNull()
    expect(field().value).toBe('')
  })

  test('nothing, or too much, is not asked for', async () => {
    const { user, callsOf } = await openChain()
    await user.click(screen.getByRole('button', { name: 'Find' }))
    expect(screen.getByRole('alert').textContent).toContain('Enter a height')
    fireEvent.change(field(), { target: { value: 'a'.repeat(201) } })
    await user.click(screen.getByRole('button', { name: 'Find' }))
    expect(screen.getByRole('alert').textContent).toContain('200 characters at most')
    expect(callsOf('chain.search')).toEqual([])
  })
})

describe('back and forward', () => {
  test('by keyboard, mouse and buttons, and kept while another page is shown', async () => {
    const window = await openChain()
    const { user } = window
    await find(window, '4000')
    await heading('Block 4,000')
    await find(window, '3000')
    await heading('Block 3,000')
    await user.keyboard('{Alt>}{ArrowLeft}{/Alt}')
    await heading('Block 4,000')
    fireEvent.mouseUp(document.body, { button: 4 })
    await heading('Block 3,000')
    fireEvent.mouseUp(document.body, { button: 3 })
    await heading('Block 4,000')
    const to = (name: string) => user.click(within(screen.getByRole('navigation')).getByRole('button', { name }))
    await to('Torrents')
    await to('Explorer')
    await heading('Block 4,000')
    await user.click(screen.getByRole('button', { name: 'Forward' }))
    await heading('Block 3,000')
    await user.keyboard('{Alt>}{Home}{/Alt}')
    expect(grid()).toBeTruthy()
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Forward' }).disabled).toBe(true)
  })
})

describe('how the chain stands', () => {
  const progress = { done: 1_120, total: 3_562, rate: 212.4, remaining: 11.5 }

  test.each([
    ['initial-sync', 'Catching up with the chain'],
    ['rebuilding', 'Working out the coins again from the blocks'],
  ] as const)('%s: share, blocks left, rate and time, of this run', async (state, name) => {
    await openChain({ chain: { state, progress } })
    const part = screen.getByRole('region', { name: 'Progress' })
    expect(part.textContent).toBe(`${name}31.4 %2,442 blocks left212 blocks/sabout 12 s left`)
    expect(within(part).getByRole('progressbar', { name }).getAttribute('aria-valuenow')).toBe('31')
  })

  test('before anything can be told, nothing is made up', async () => {
    await openChain({ chain: { state: 'initial-sync' } })
    expect(screen.getByText(/How much there is to do is not known yet/)).toBeTruthy()
  })

  test('a full disk is said calmly, with the way to the settings', async () => {
    const { user } = await openChain({ chain: { state: 'no-space' } })
    expect(screen.getByText(/^The disk is full/)).toBeTruthy()
    await user.click(screen.getByRole('button', { name: 'Open settings' }))
    expect(await screen.findByRole('heading', { level: 1, name: 'Settings' })).toBeTruthy()
  })

  test.each([
    [OFFLINE, /talks to this machine only: the chain stands as it was last, at block 4,312/],
    [{}, /^No peer of the chain is connected/],
  ] as const)('without peers: %j', async (status, sentence) => {
    await openChain({ chain: { peers: 0 }, status })
    expect(screen.getByText(sentence)).toBeTruthy()
    expect(rows().length).toBeGreaterThan(3)
  })

  test('off: one action switches it on', async () => {
    const { user, callsOf } = await openChain({ chain: { state: 'off' } })
    expect(screen.getByRole('heading', { name: 'The chain is switched off' })).toBeTruthy()
    expect(field().disabled).toBe(true)
    await user.click(screen.getByRole('button', { name: 'Switch it on' }))
    expect(callsOf('settings.set')).toEqual([{ chain: true }])
  })

  test('failed: the reason, and a notice of the engine while it runs', async () => {
    await openChain({ chain: { state: 'failed', notice: 'chain.db was written by a newer Shoal. Start that one.' } })
    expect(screen.getByRole('alert').textContent).toContain('chain.db was written by a newer Shoal.')
  })

  test('its shape while it is read', async () => {
    await openChain({ chainFeed: 'loading' })
    expect(screen.getByRole('status', { name: 'Reading the chain' })).toBeTruthy()
  })

  test('a failure can be tried again', async () => {
    await openChain({ chainFeed: 'failed' })
    expect(screen.getByRole('alert').textContent).toContain('The engine does not answer.')
    expect(screen.getByRole('button', { name: 'Try again' })).toBeTruthy()
  })
})
