import { screen, waitFor, within } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import { fact, goTo, openWallet } from '../../mock/render-wallet.ts'

const button = (name: string | RegExp) => screen.getByRole('button', { name })
const grid = () => screen.getByRole('grid', { name: 'Transactions' })
const rows = () => within(grid()).getAllByRole('row').slice(1)
const row = (n: number): HTMLElement => rows()[n] as HTMLElement
const UNLOCKED = { wallet: { locked: false }, history: 60 }

describe('the overview', () => {
  test('tells each kind of balance apart, and the rare ones only when there are any', async () => {
    const { mock } = await openWallet({ history: 60, wallet: {} })
    expect(fact('Available')).toBe('48.12345678 SHL')
    expect(fact('Pending')).toBe('0.4 SHL')
    expect(fact('Immature')).toBe('5.0004123 SHL')
    expect(screen.queryByText('Frozen', { selector: 'dt' })).toBeNull()
    const { balance } = mock.wallet.info.all[0] ?? { balance: undefined }
    if (!balance) throw new Error('no balance')
    mock.wallet.change({ balance: { ...balance, frozen: 1n, orphaned: 500_000_000n } })
    await waitFor(() => expect(fact('Frozen')).toBe('0.00000001 SHL'))
    expect(fact('Orphaned')).toBe('5 SHL')
  })

  test('shows the newest transactions, which lead to the Explorer', async () => {
    const { user } = await openWallet(UNLOCKED)
    const lines = within(screen.getByRole('region', { name: 'Overview' })).getAllByRole('listitem')
    expect(lines).toHaveLength(12)
    expect(lines[0]?.textContent).toContain('For the recordings')
    expect(lines[4]?.querySelector('s')?.textContent).toBe('5.00000000 SHL')
    await user.click(within(lines[0] as HTMLElement).getByRole('button'))
    expect(await screen.findByRole('heading', { level: 1, name: 'Explorer' })).toBeTruthy()
  })

  test('an empty wallet says what belongs here', async () => {
    const { user } = await openWallet({ wallet: { locked: false } })
    await user.click(button('Get an address'))
    expect(await screen.findByText('Addresses to be paid on stand here')).toBeTruthy()
  })

  test('a scan tells per cent and time left', async () => {
    const progress = { done: 1_120, total: 3_562, rate: 212.4, remaining: 11.5 }
    await openWallet({ wallet: { scan: { height: 1_870, target: 4_312, progress, stuck: '' } } })
    const scan = screen.getByRole('region', { name: 'Progress' })
    expect(scan.textContent).toContain('31.4 %')
    expect(scan.textContent).toContain('2,442 blocks left')
    expect(scan.textContent).toContain('about 12 s left')
    expect(within(scan).getByRole('progressbar').getAttribute('aria-valuenow')).toBe('31')
  })

  test.each([
    [{ scan: { height: 9, target: 20, stuck: 'Block 10 is to be had from nobody.' } }, {}, /Block 10 is to be had/],
    [{ light: { oneSource: true } }, {}, /One source/],
    [{ notice: 'A backup is two months old.' }, {}, /A backup is two months old/],
    [{}, { chain: { state: 'off' as const } }, /The chain is switched off. The wallet stands as of block 4,312/],
    [{}, { chain: { state: 'failed' as const } }, /The chain cannot be opened/],
    [{}, { chain: { peers: 0 } }, /No peer of the chain is connected/],
    [{}, { chain: { peers: 0 }, status: { network: 'local-only' as const } }, /Shoal talks to this machine only/],
  ])('what a person must know stands above: %o %o', async (wallet, options, sentence) => {
    await openWallet({ wallet, ...options })
    expect(await screen.findByText(sentence)).toBeTruthy()
  })
})

describe('the history', () => {
  test('lists everything, more as one comes near the end', async () => {
    const { callsOf } = await openWallet({ wallet: {}, history: 450 }, 'History')
    expect(grid().getAttribute('aria-rowcount')).toBe('451')
    expect(screen.getByText('450 transactions')).toBeTruthy()
    expect(callsOf('wallet.history')).toEqual([{ search: '', offset: 0, limit: 200 }])
    expect(row(0).textContent).toContain('Pending')
  })

  test('is searched by the engine', async () => {
    const { user, callsOf } = await openWallet(UNLOCKED, 'History')
    await user.type(screen.getByRole('searchbox', { name: 'Search the history' }), 'dmitri')
    await waitFor(() => expect(screen.queryByText('60 transactions')).toBeNull())
    expect(await screen.findByText(/^\d+ transactions$/)).toBeTruthy()
    expect(rows().length).toBeLessThan(20)
    expect(callsOf('wallet.history').at(-1)).toEqual({ search: 'dmitri', offset: 0, limit: 200 })
    await user.type(screen.getByRole('searchbox'), ' zebra')
    expect(await screen.findByText('No transaction matches “dmitri zebra”')).toBeTruthy()
    await user.click(button('Show all'))
    expect(await screen.findByText('60 transactions')).toBeTruthy()
  })

  test('details tell depth as trust, and the label is written where it stands', async () => {
    const { user, callsOf } = await openWallet(UNLOCKED, 'History')
    await user.click(row(6))
    const details = screen.getByRole('region', { name: 'Details' })
    expect(details.textContent).toContain('Fresh, 2 blocks')
    expect(details.textContent).toContain('A reorganisation could still undo it.')
    expect(within(details).queryByRole('button', { name: 'Speed up' })).toBeNull()
    const label = within(details).getByRole<HTMLInputElement>('textbox', { name: 'Label of this transaction' })
    await user.clear(label)
    await user.type(label, 'Cake{Escape}')
    expect(label.value).toBe('Tea')
    await user.clear(label)
    await user.type(label, 'Cake{Enter}')
    expect(callsOf('wallet.setLabel')).toEqual([
      { type: 'tx', ref: expect.stringMatching(/^[0-9a-f]{64}$/), label: 'Cake' },
    ])
    await waitFor(() => expect(row(6).textContent).toContain('Cake'))
  })

  test('one press speeds up what waits, by a dearer one or a child, after a review', async () => {
    const window = await openWallet(UNLOCKED, 'History')
    const { user, callsOf } = window
    await user.click(row(0))
    await user.click(within(screen.getByRole('region', { name: 'Details' })).getByRole('button', { name: 'Speed up' }))
    expect(await screen.findByText('Replace it by a dearer one')).toBeTruthy()
    expect(fact('Fee')).toContain('so far 0.00000282 SHL')
    await user.click(screen.getByRole('radio', { name: /In 10 blocks/ }))
    await waitFor(() => expect(callsOf('wallet.planFaster')).toHaveLength(2))
    expect(callsOf('wallet.planFaster').map((args) => (args as { fee: unknown }).fee)).toEqual([
      { target: 1 },
      { target: 10 },
    ])
    await user.click(button('Back'))
    await goTo(window, 'History')
    await user.click(row(1))
    await user.click(within(screen.getByRole('toolbar')).getByRole('button', { name: 'Speed up' }))
    expect(await screen.findByText('Speed it up by a payment to yourself')).toBeTruthy()
    await user.click(button('Sign and send'))
    expect(await screen.findByText('Sped up')).toBeTruthy()
  })

  test('what was refused is said with the rule, and can be offered again or abandoned', async () => {
    const { user, callsOf } = await openWallet(UNLOCKED, 'History')
    await user.click(row(2))
    const details = screen.getByRole('region', { name: 'Details' })
    expect(details.textContent).toContain('mempool min fee not met')
    await user.click(within(details).getByRole('button', { name: 'Offer it again' }))
    expect(await screen.findByText('Offered to the network again.')).toBeTruthy()
    await user.click(within(details).getByRole('button', { name: 'Abandon…' }))
    const question = await screen.findByRole('alertdialog', { name: 'Abandon this transaction?' })
    expect(callsOf('wallet.abandon')).toEqual([])
    await user.click(within(question).getByRole('button', { name: 'Abandon it' }))
    expect(callsOf('wallet.abandon')).toHaveLength(1)
    await waitFor(() => expect(row(2).textContent).toContain('Abandoned'))
  })

  test('rewards stand apart by whether they can be spent, and what was replaced names what took its place', async () => {
    const { user } = await openWallet(UNLOCKED, 'History')
    expect(row(3).textContent).toContain('Immature, 57 to go')
    expect(row(4).textContent).toContain('Orphaned')
    await user.click(row(5))
    expect(fact('Replaced by')).toBeTruthy()
  })

  test('is saved as a table, put together from its pages', async () => {
    const { user, callsOf } = await openWallet(UNLOCKED, 'History')
    await user.click(button('Save CSV'))
    expect(await screen.findByText('Saved /home/ada/Documents/saved.txt.')).toBeTruthy()
    expect(callsOf('app.saveText')).toEqual([
      { title: 'Save the history', name: 'shoal-history.csv', text: 'Date,Amount\r\n2026-11-01,2.5\r\n' },
    ])
    expect(callsOf('wallet.exportHistory')).toEqual([{}, { from: 1 }])
  })

  test('a history that cannot be read can be asked for again', async () => {
    await openWallet(
      { ...UNLOCKED, failures: { 'wallet.history': { code: 'NO_ENGINE', message: 'The engine does not answer.' } } },
      'History',
    )
    expect(await screen.findByText('The history cannot be read')).toBeTruthy()
    expect(button('Try again')).toBeTruthy()
  })
})
