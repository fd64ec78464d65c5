import { act, fireEvent, screen, waitFor } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import { addressOf, COIN } from '../../mock/generate-chain.ts'
import type { MockOptions } from '../../mock/mock-clients.ts'
import { type Rendered, renderWindow } from '../../mock/render.tsx'
import { openWallet } from '../../mock/render-wallet.ts'

const openMining = (options: MockOptions = {}): Promise<Rendered> => openWallet(options, 'Mining')

const MINING: MockOptions = { miner: { state: 'mining', address: addressOf(3), attempts: 1e9 }, mined: 60 }
const field = () => screen.getByRole<HTMLInputElement>('textbox', { name: 'Address for rewards' })
const figure = (name: string | RegExp) => screen.getByText(name, { selector: 'dt' }).nextElementSibling?.textContent
const start = () => screen.getByRole('button', { name: 'Start mining' })

describe('mining', () => {
  test('is off until a person starts it, and honest', async () => {
    const { callsOf } = await openMining()
    expect(screen.getByText('Off')).toBeTruthy()
    expect(figure('Hash rate')).toBe('0 H/s')
    expect(figure('Time to a block')).toBe('–')
    expect(screen.getByText(/One cheap mining machine \(an ASIC\) outruns every desktop/)).toBeTruthy()
    expect(callsOf('miner.start')).toEqual([])
  })

  test('starts with the address that was given, and stops', async () => {
    const { user, callsOf } = await openMining()
    await user.type(field(), ` ${addressOf(3)} `)
    await user.click(start())
    expect(callsOf('miner.start')).toEqual([{ address: addressOf(3) }])
    expect(await screen.findByText('Mining', { selector: '[role=status]' })).toBeTruthy()
    expect(field().readOnly).toBe(true)
    expect(figure('Hash rate')).toBe('21.4 MH/s')
    expect(figure('Time to a block')).toBe('about 21 s on average')
    await user.click(screen.getByRole('button', { name: 'Stop mining' }))
    expect(callsOf('miner.stop')).toHaveLength(1)
    expect(await screen.findByText('Off')).toBeTruthy()
  })

  test('takes the address of the settings where none is typed', async () => {
    const { user, callsOf } = await openMining({ settings: { minerAddress: addressOf(9) } })
    expect(field().value).toBe(addressOf(9))
    await user.click(start())
    expect(callsOf('miner.start')).toEqual([{ address: addressOf(9) }])
  })

  test('pays to the wallet where no address is named', async () => {
    const { user, callsOf } = await openMining({ miner: { paysTo: 'wallet' } })
    expect(field().placeholder).toBe('This wallet')
    expect(screen.getByText(/Empty pays to this wallet/)).toBeTruthy()
    await user.click(start())
    expect(callsOf('miner.start')).toEqual([{}])
    expect(await screen.findByText(/An address of this wallet/)).toBeTruthy()
    expect(field().value).toMatch(/^shl1/)
  })

  test.each([
    ['', 'Mining needs an address for its rewards.'],
    ['bc1qwrong', 'This is no address of this network'],
  ])('an address that the engine refuses is said beside its field: %j', async (typed, sentence) => {
    const { user } = await openMining()
    if (typed) await user.type(field(), typed)
    await user.click(start())
    expect((await screen.findByRole('alert')).textContent).toContain(sentence)
    expect(field().getAttribute('aria-invalid')).toBe('true')
    await user.type(field(), 'x')
    expect(screen.queryByRole('alert')).toBeNull()
  })

  test('what is no fault of the address stands apart from it', async () => {
    const message = 'The chain is switched off; switch it on in Settings.'
    const { user } = await openMining({ failures: { 'miner.start': { code: 'CHAIN_OFF', message } } })
    await user.click(start())
    expect((await screen.findByRole('alert')).textContent).toContain(message)
    expect(field().getAttribute('aria-invalid')).toBeNull()
  })

  test('threads and share are adjusted while it runs, once the slider stands still', async () => {
    const { callsOf } = await openMining(MINING)
    const threads = screen.getByRole('slider', { name: 'Threads' })
    expect(threads.getAttribute('aria-valuetext')).toBe('2 of 8 threads')
    for (const value of [3, 4, 5]) fireEvent.change(threads, { target: { value } })
    expect(threads.getAttribute('aria-valuetext')).toBe('5 of 8 threads')
    await waitFor(() => expect(callsOf('miner.adjust')).toEqual([{ threads: 5 }]))
    fireEvent.change(screen.getByRole('slider', { name: 'Share of each thread' }), { target: { value: 80 } })
    await waitFor(() => expect(callsOf('miner.adjust')).toEqual([{ threads: 5 }, { share: 80 }]))
    await waitFor(() => expect(figure('Hash rate')).toBe('85.6 MH/s'))
  })

  test.each([
    ['battery', /runs on its battery/],
    ['user-active', /You are using this machine/],
    ['chain-not-synced', /The chain has to catch up first/],
    ['no-address', /There is nowhere to pay rewards to/],
  ] as const)('paused by %s says why', async (pausedBecause, sentence) => {
    await openMining({ miner: { state: 'paused', pausedBecause } })
    expect(screen.getByText('Paused')).toBeTruthy()
    expect(screen.getByText(sentence)).toBeTruthy()
    expect(screen.getByRole('button', { name: 'Stop mining' })).toBeTruthy()
    const bySettings = pausedBecause === 'battery' || pausedBecause === 'user-active'
    expect(screen.queryByRole('button', { name: 'Change this in Settings' }) !== null).toBe(bySettings)
  })

  test('rewards stand apart by whether they can be spent', async () => {
    await openMining({
      miner: {
        matured: 15n * COIN,
        immature: 10n * COIN + 1n,
        immatureBlocks: 2,
        orphaned: 5n * COIN,
        orphanedBlocks: 1,
      },
    })
    expect(figure('Matured rewards')).toBe('15 SHL')
    expect(figure('Immature, 2 blocks')).toBe('10.00000001 SHL')
    expect(figure('Orphaned, 1 block')).toBe('5 SHL')
  })

  test('what went wrong with a kernel is told', async () => {
    await openMining({
      miner: { kernel: 'JavaScript', notice: 'The native kernel failed its check: another one runs.' },
    })
    expect(screen.getByText(/failed its check/)).toBeTruthy()
    expect(figure('Kernel')).toBe('JavaScript')
  })
})

describe('the chart', () => {
  test('shows one figure at a time and says the same in words', async () => {
    const { user } = await openMining(MINING)
    const chart = () => screen.getByRole('img', { name: /^The last ten minutes/ }).getAttribute('aria-label')
    await waitFor(() => expect(chart()).toMatch(/Hash rate [\d.]+ MH\/s now, from [\d.]+ MH\/s to [\d.]+ MH\/s/))
    await user.click(screen.getByRole('button', { name: 'Found and expected' }))
    expect(chart()).toMatch(/Blocks found 0 now.* Expected of the attempts [\d.]+ now/)
    await user.click(screen.getByRole('button', { name: 'Time to a block' }))
    expect(chart()).toMatch(/Time to a block, on average \d+ s now/)
    await user.click(screen.getByRole('button', { name: 'Difficulty' }))
    expect(chart()).toMatch(/Hashes to a block \d+ MH now/)
  })

  test('moves as time passes', async () => {
    const { mock } = await openMining(MINING)
    const before = figure('Attempts, this run')
    act(() => mock.tick())
    expect(figure('Attempts, this run')).not.toBe(before)
  })
})

describe('blocks at once', () => {
  test('are only for the local network', async () => {
    await openMining()
    expect(screen.queryByRole('button', { name: 'Generate blocks' })).toBeNull()
  })

  test('are generated and counted', async () => {
    const { user, callsOf } = await openMining({ chain: { network: 'local' } })
    const count = screen.getByRole('textbox', { name: 'Blocks at once' })
    await user.clear(count)
    await user.type(count, '0{Enter}')
    expect(screen.getByRole('alert').textContent).toContain('from 1 to 10,000')
    await user.clear(count)
    await user.type(count, '5{Enter}')
    expect(callsOf('miner.generate')).toEqual([{ blocks: 5 }])
    expect(await screen.findByText('Generated 5 blocks.')).toBeTruthy()
    expect(figure('Immature, 5 blocks')).toBe('250 SHL')
  })

  test('a refusal stands beside its field', async () => {
    const message = 'The miner needs an address. Enter one above.'
    const { user } = await openMining({
      chain: { network: 'local' },
      failures: { 'miner.generate': { code: 'NO_ADDRESS', message } },
    })
    await user.click(screen.getByRole('button', { name: 'Generate blocks' }))
    expect((await screen.findByRole('alert')).textContent).toContain(message)
  })
})

describe('the status bar', () => {
  test('tells the hash rate while mining, and leads here', async () => {
    const { user } = renderWindow({ status: { hashesPerSecond: 21_400_000 } })
    await user.click(screen.getByRole('button', { name: 'Mining: 21.4 MH/s' }))
    expect(await screen.findByRole('heading', { level: 1, name: 'Wallet' })).toBeTruthy()
  })

  test('says nothing of mining that rests, and tells how far the chain is', async () => {
    const chain = { state: 'initial-sync', height: 100, headers: 400, peers: 2 } as const
    const { user } = renderWindow({ status: { chain } })
    expect(screen.queryByRole('button', { name: /^Mining/ })).toBeNull()
    const part = screen.getByRole('button', { name: 'Chain: syncing 25.0 %' })
    expect(part.title).toBe('Chain. Block 100, 300 blocks left; 2 peers.')
    await user.click(part)
    expect(await screen.findByRole('button', { name: 'Chain', pressed: true })).toBeTruthy()
  })
})
