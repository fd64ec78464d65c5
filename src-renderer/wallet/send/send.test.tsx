import { act, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import { CONTACTS } from '../../mock/generate-wallet.ts'
import { MOCK_PASSWORD } from '../../mock/mock-vault.ts'
import { fact, goTo, openWallet, STRANGER } from '../../mock/render-wallet.ts'

const button = (name: string | RegExp) => screen.getByRole('button', { name })
const to = (name = 'Recipient') => screen.getByRole<HTMLInputElement>('combobox', { name })
const amount = () => screen.getByLabelText<HTMLInputElement>('Amount in SHL')
const UNLOCKED = { wallet: { locked: false } }
const [BEA] = CONTACTS

describe('the form', () => {
  test('checks the recipient as it is typed and points at the wrong character', async () => {
    const { user } = await openWallet(UNLOCKED, 'Send')
    await user.type(to(), STRANGER.replace('8d6q', '8b6q'))
    expect(await screen.findByText(/Character 10 of this address, "b", is in no address/)).toBeTruthy()
    expect(to().getAttribute('aria-invalid')).toBe('true')
    await user.clear(to())
    await user.type(to(), STRANGER)
    expect(await screen.findByText('shl1qw508d6q…xw7kzwzqh5'.replace('xw7kzwzqh5', '7kzwzqh5'))).toBeTruthy()
    expect(to().getAttribute('aria-invalid')).toBeNull()
  })

  test('a payment link fills in what it says, and nothing that was typed already', async () => {
    const { user } = await openWallet(UNLOCKED, 'Send')
    await user.type(to(), `shoal:${STRANGER}?amount=2.5&message=Tea%20%26%20cake`)
    await waitFor(() => expect(amount().value).toBe('2.5'))
    const label = screen.getByLabelText<HTMLInputElement>('Label, for yourself')
    expect(label.value).toBe('Tea & cake')
    await user.clear(amount())
    await user.type(amount(), '1')
    await user.clear(to())
    await user.type(to(), `shoal:${STRANGER}?amount=9`)
    await screen.findByText(/7kzwzqh5/)
    expect(amount().value).toBe('1')
  })

  test('a contact is found by a part of the name, taken by keyboard, paid at its address', async () => {
    const { user, callsOf } = await openWallet(UNLOCKED, 'Send')
    await user.type(to(), 'thorn')
    expect(screen.getByRole('listbox', { name: 'Contacts' })).toBeTruthy()
    expect(to().getAttribute('aria-expanded')).toBe('true')
    await user.keyboard('{ArrowDown}{Enter}')
    expect(to().value).toBe('Bea Thornton')
    expect(screen.queryByRole('listbox')).toBeNull()
    await user.type(amount(), '0.5{Enter}')
    await screen.findByRole('form', { name: 'Review' })
    expect(callsOf('wallet.plan')).toEqual([
      { recipients: [{ to: BEA?.address, amount: 50_000_000n }], fee: { target: 3 } },
    ])
  })

  test('says everything that is wrong, beside its field, and plans nothing', async () => {
    const { user, callsOf } = await openWallet(UNLOCKED, 'Send')
    await user.type(amount(), '1,5')
    await user.click(screen.getByRole('radio', { name: /Your own/ }))
    await user.click(button('Review'))
    expect(screen.getAllByRole('alert').map(({ textContent }) => textContent)).toEqual([
      'Enter an address, a payment link or a name.',
      'Enter a plain number with a dot, such as 12.5.',
      'Enter grains for each virtual byte, such as 2.5.',
    ])
    expect(callsOf('wallet.plan')).toEqual([])
  })

  test('pays several, everything to one of them, at a rate of one’s own, with chosen coins', async () => {
    const { user, callsOf } = await openWallet({ ...UNLOCKED, coins: 14 }, 'Send')
    await user.type(to(), STRANGER)
    await user.type(amount(), '1')
    await user.click(button('Add a recipient'))
    await user.type(to('Recipient 2'), BEA?.address ?? '')
    await user.click(within(screen.getByRole('group', { name: 'Recipient 2' })).getByRole('checkbox'))
    await user.click(screen.getByRole('radio', { name: /Your own/ }))
    await user.type(screen.getByLabelText('Grains for each virtual byte'), '2.5')
    await user.click(button('Choose coins…'))
    const dialog = await screen.findByRole('dialog', { name: 'Choose coins' })
    const boxes = await within(dialog).findAllByRole('checkbox')
    // Of fourteen coins two wait for others and two are no money yet.
    expect(boxes).toHaveLength(10)
    await user.click(boxes[1] as HTMLElement)
    expect(within(dialog).getByRole('status').textContent).toMatch(/^1 coin, [\d.]+ SHL$/)
    await user.click(within(dialog).getByRole('button', { name: 'Use these' }))
    expect(button('Only 1 coin…')).toBeTruthy()
    await user.click(button('Review'))
    await screen.findByRole('form', { name: 'Review' })
    expect(callsOf('wallet.plan')).toEqual([
      {
        recipients: [
          { to: STRANGER, amount: 100_000_000n },
          { to: BEA?.address, amount: 'everything' },
        ],
        fee: { feeRate: 2.5 },
        coins: [expect.stringMatching(/^[0-9a-f]{64}:1$/)],
      },
    ])
  })

  test('is kept while a person looks elsewhere', async () => {
    const window = await openWallet(UNLOCKED, 'Send')
    await window.user.type(to(), STRANGER)
    await goTo(window, 'Coins')
    await goTo(window, 'Send')
    expect(to().value).toBe(STRANGER)
  })

  test('what the engine refuses is said', async () => {
    const { user } = await openWallet(UNLOCKED, 'Send')
    await user.type(to(), STRANGER)
    await user.type(amount(), '1000{Enter}')
    expect((await screen.findByRole('alert')).textContent).toContain('There is not enough to spend')
  })

  test('too little to estimate from is called minimum fee', async () => {
    await openWallet(
      { ...UNLOCKED, estimates: [1, 3, 10].map((target) => ({ target, feeRate: 1, basis: 'minimum' as const })) },
      'Send',
    )
    expect(screen.getAllByText('minimum fee')).toHaveLength(3)
    expect(screen.getByText(/too little here to estimate from/)).toBeTruthy()
  })
})

async function toReview(options: Parameters<typeof openWallet>[0] = UNLOCKED) {
  const window = await openWallet(options, 'Send')
  await window.user.type(to(), STRANGER)
  await window.user.type(amount(), '1.25{Enter}')
  await screen.findByRole('form', { name: 'Review' })
  return window
}

describe('the review', () => {
  test('states recipient, amount, fee, rate, change and what remains, and signs nothing by itself', async () => {
    const { callsOf, user } = await toReview()
    expect(screen.getByText(STRANGER)).toBeTruthy()
    expect(fact('Paid')).toBe('1.25 SHL')
    expect(fact('Fee')).toBe('0.00000297 SHL for 141 vB')
    expect(fact('Rate')).toBe('2.1 grains/vB')
    expect(fact('Paid in all')).toBe('1.25000297 SHL')
    expect(fact('Change')).toMatch(/^8\.12 SHL/)
    expect(fact('Remains')).toBe('46.87345381 SHL')
    expect(callsOf('wallet.send')).toEqual([])
    await user.click(button('Back'))
    expect(to().value).toBe(STRANGER)
  })

  test('warns', async () => {
    await toReview({
      ...UNLOCKED,
      planChanges: {
        warnings: [
          { code: 'address-used', message: 'You have paid to this address before.' },
          { code: 'unconfirmed-coins', message: 'Some of the coins are unconfirmed.' },
        ],
      },
    })
    expect(screen.getByText('You have paid to this address before.')).toBeTruthy()
    expect(screen.getByText('Some of the coins are unconfirmed.')).toBeTruthy()
  })

  test('a locked wallet is unlocked first, then it is sent, and leads to the Explorer', async () => {
    const { user, callsOf } = await toReview({ wallet: {} })
    await user.click(button('Unlock, sign and send'))
    await user.type(await screen.findByLabelText('Password'), `${MOCK_PASSWORD}{Enter}`)
    expect(await screen.findByText('On its way')).toBeTruthy()
    expect(callsOf('wallet.send')).toEqual([{ plan: 1 }])
    await user.click(button(/^Show transaction/))
    expect(await screen.findByRole('heading', { level: 1, name: 'Explorer' })).toBeTruthy()
  })

  test('another payment begins with an empty form', async () => {
    const { user } = await toReview()
    await user.click(button('Sign and send'))
    await user.click(await screen.findByRole('button', { name: 'Another payment' }))
    expect(to().value).toBe('')
    expect(amount().value).toBe('')
  })

  test('a wallet that locks itself meanwhile is unlocked and sent', async () => {
    const { user, callsOf, mock } = await toReview({ ...UNLOCKED, walletFeed: 'ready' })
    const send = button('Sign and send')
    act(() => mock.wallet.change({ locked: true }))
    await user.click(send)
    await user.type(await screen.findByLabelText('Password'), `${MOCK_PASSWORD}{Enter}`)
    expect(await screen.findByText('On its way')).toBeTruthy()
    expect(callsOf('wallet.send').length).toBeGreaterThan(0)
  })

  test('coins that changed in the meantime make another plan, to be looked over again', async () => {
    const { user, callsOf } = await toReview({ ...UNLOCKED, outdated: 1 })
    await user.click(button('Sign and send'))
    expect(await screen.findByText(/The coins have changed in the meantime, and so has this/)).toBeTruthy()
    expect(callsOf('wallet.plan')).toHaveLength(2)
    await user.click(button('Sign and send'))
    expect(await screen.findByText('On its way')).toBeTruthy()
    expect(callsOf('wallet.send')).toEqual([{ plan: 1 }, { plan: 2 }])
  })

  test('what the network refuses stands in the review', async () => {
    const message = 'Our mempool refused it: min relay fee not met. Choose a higher fee.'
    const { user } = await toReview({
      ...UNLOCKED,
      failures: { 'wallet.send': { code: 'TRANSACTION_REFUSED', message } },
    })
    await user.click(button('Sign and send'))
    expect((await screen.findByRole('alert')).textContent).toContain(message)
    expect(button('Sign and send')).toBeTruthy()
  })
})
