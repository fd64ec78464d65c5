import { act, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import { CONTACTS } from '../mock/generate-wallet.ts'
import { MOCK_PASSWORD } from '../mock/mock-vault.ts'
import { goTo, openWallet, STRANGER } from '../mock/render-wallet.ts'

const button = (name: string | RegExp) => screen.getByRole('button', { name })
const WALLET = { wallet: { locked: false }, coins: 14, addresses: 40 }

describe('receiving', () => {
  test('shows the next address as text and code; asking for more makes a payment link', async () => {
    const { user, callsOf } = await openWallet(WALLET, 'Receive')
    const code = () => screen.getByRole('img', { name: /^Code of/ })
    expect(code().getAttribute('aria-label')).toBe('Code of the address')
    const plain = code().innerHTML
    await user.type(screen.getByLabelText('Amount in SHL'), '2.5')
    await user.type(screen.getByLabelText('Message for the payer'), 'Tea & cake')
    await waitFor(() => expect(button('Copy payment link').title).toMatch(/\?amount=2\.5&message=Tea%20%26%20cake$/))
    expect(code().getAttribute('aria-label')).toBe('Code of the payment request')
    expect(code().innerHTML).not.toBe(plain)
    expect(callsOf('wallet.newAddress')).toEqual([])
    await user.clear(screen.getByLabelText('Amount in SHL'))
    await user.type(screen.getByLabelText('Amount in SHL'), 'x')
    expect(screen.getByRole('alert').textContent).toContain('plain number')
  })

  test('a new address is asked for by a press, and is the one that is shown', async () => {
    const { user, callsOf } = await openWallet(WALLET, 'Receive')
    const before = button('Copy address').title
    await user.click(button('New address'))
    await waitFor(() => expect(button('Copy address').title).not.toBe(before))
    expect(callsOf('wallet.newAddress')).toHaveLength(1)
  })

  test('earlier addresses say what they got, are labelled, and are shown again', async () => {
    const { user, callsOf } = await openWallet(WALLET, 'Receive')
    const list = screen.getByRole('region', { name: 'Addresses so far' })
    expect(within(list).getByText('1–25 of 40')).toBeTruthy()
    const second = within(list).getAllByRole('row')[2] as HTMLElement
    expect(second.textContent).toContain('1.75000000 SHL')
    await user.click(within(second).getByRole('button', { name: /^Show the code of/ }))
    expect(screen.getByText('An address of yours')).toBeTruthy()
    const label = within(second).getByRole('textbox')
    await user.type(label, 'Bea{Enter}')
    expect(callsOf('wallet.setLabel')).toMatchObject([{ type: 'addr', label: 'Bea' }])
    await user.click(button('Next addresses'))
    expect(await screen.findByText('26–40 of 40')).toBeTruthy()
  })

  test('without an address there is a sentence and the way to one', async () => {
    const { user } = await openWallet({ wallet: { locked: false } }, 'Receive')
    expect(screen.getByText('Addresses to be paid on stand here')).toBeTruthy()
    await user.click(button('New address'))
    expect(await screen.findByText('Your next address')).toBeTruthy()
  })
})

describe('coins', () => {
  const coins = () =>
    within(screen.getByRole('grid', { name: 'Coins' }))
      .getAllByRole('row')
      .slice(1)

  test('are totalled, set aside and freed again', async () => {
    const { user, callsOf } = await openWallet(WALLET, 'Coins')
    expect(screen.getByText('14 coins')).toBeTruthy()
    const available = coins().find(({ textContent }) => textContent?.startsWith('Available')) as HTMLElement
    await user.click(available)
    await user.click(button('Freeze'))
    expect(callsOf('wallet.freeze')).toEqual([{ coin: expect.stringMatching(/:[01]$/), frozen: true }])
    await user.click(await screen.findByRole('button', { name: 'Free for spending' }))
    await waitFor(() => expect(callsOf('wallet.freeze')).toHaveLength(2))
    await screen.findByRole('button', { name: 'Freeze' })
  })

  test('have labels of their own', async () => {
    const { user, callsOf } = await openWallet(WALLET, 'Coins')
    await user.click(coins()[0] as HTMLElement)
    await user.clear(screen.getByRole('textbox', { name: 'Label of this coin' }))
    await user.type(screen.getByRole('textbox', { name: 'Label of this coin' }), 'Old{Enter}')
    expect(callsOf('wallet.setLabel')).toMatchObject([{ type: 'output', label: 'Old' }])
  })
})

describe('contacts', () => {
  test('are added with a checked address, changed, paid and removed', async () => {
    const { user, callsOf } = await openWallet(WALLET, 'Contacts')
    await user.click(button('Add a contact'))
    await user.type(await screen.findByRole('textbox', { name: 'Name' }), 'Eve')
    await user.type(screen.getByLabelText('Address or payment link'), 'bc1qwrong')
    expect(await screen.findByText(/This is no address of the main network/)).toBeTruthy()
    await user.click(button('Save'))
    expect(callsOf('wallet.setContact')).toEqual([])
    await user.clear(screen.getByLabelText('Address or payment link'))
    await user.type(screen.getByLabelText('Address or payment link'), `shoal:${STRANGER}?amount=1`)
    await waitFor(() => expect(screen.queryByRole('alert')).toBeNull())
    await waitFor(() => expect(callsOf('wallet.readTarget').at(-1)).toEqual({ text: `shoal:${STRANGER}?amount=1` }))
    await user.click(button('Save'))
    await waitFor(() => expect(callsOf('wallet.setContact')).toEqual([{ name: 'Eve', address: STRANGER, note: '' }]))
    await user.click(await screen.findByText('Eve'))
    await user.click(button('Remove…'))
    await user.click(await screen.findByRole('button', { name: 'Remove' }))
    await waitFor(() => expect(screen.queryByText('Eve')).toBeNull())
    await user.click(screen.getByText('Dmitri'))
    await user.click(button('Pay'))
    expect((await screen.findByRole<HTMLInputElement>('combobox', { name: 'Recipient' })).value).toBe('Dmitri')
  })

  test('are searched', async () => {
    const { user } = await openWallet(WALLET, 'Contacts')
    await user.type(screen.getByRole('searchbox', { name: 'Search contacts' }), 'cellar')
    expect(screen.getByText('Dmitri')).toBeTruthy()
    expect(screen.queryByText(CONTACTS[0]?.name ?? '')).toBeNull()
  })

  test('none yet', async () => {
    await openWallet({ ...WALLET, walletContacts: [] }, 'Contacts')
    expect(screen.getByText('Whom you pay stands here by name')).toBeTruthy()
  })
})

describe('settings of the wallet', () => {
  test('the password is changed in the vault', async () => {
    const { user, callsOf } = await openWallet(WALLET, 'Settings')
    await user.click(button('Change the password…'))
    await user.type(await screen.findByLabelText('Password so far'), 'wrong')
    await user.type(screen.getByLabelText('Password'), 'another good one')
    await user.type(screen.getByLabelText('Password again'), 'another good one{Enter}')
    expect(await screen.findByText('This is not the password. Try again.')).toBeTruthy()
    await user.clear(screen.getByLabelText('Password so far'))
    await user.type(screen.getByLabelText('Password so far'), `${MOCK_PASSWORD}{Enter}`)
    expect(await screen.findByText(/The password is changed/)).toBeTruthy()
    expect(callsOf('vault.changePassword').at(-1)).toEqual({ from: MOCK_PASSWORD, to: 'another good one' })
  })

  test('the time until it locks is set in minutes', async () => {
    const { user, callsOf } = await openWallet(WALLET, 'Settings')
    const minutes = screen.getByRole('textbox', { name: 'Lock the wallet after, in minutes' })
    await user.clear(minutes)
    await user.type(minutes, '0{Enter}')
    expect(screen.getByRole('alert').textContent).toContain('from 1 to 1,440')
    await user.clear(minutes)
    await user.type(minutes, '30{Enter}')
    expect(callsOf('settings.set')).toEqual([{ walletLockAfter: 30 }])
  })

  test('a rescan says what it costs before it begins', async () => {
    const { user, callsOf } = await openWallet(WALLET, 'Settings')
    await user.click(button('Rescan…'))
    const question = await screen.findByRole('alertdialog', { name: 'Look through the chain again?' })
    expect(question.textContent).toContain('4,312')
    await user.click(within(question).getByRole('button', { name: 'Rescan' }))
    expect(callsOf('wallet.rescan')).toEqual([{}])
    expect(await screen.findByRole('progressbar')).toBeTruthy()
    expect((button('Scanning…') as HTMLButtonElement).disabled).toBe(true)
  })

  test('looks further, backs up, saves and takes labels', async () => {
    const { user, callsOf } = await openWallet(WALLET, 'Settings')
    await user.click(button('Look further'))
    expect(await screen.findByText('Looking 100 addresses further.')).toBeTruthy()
    await user.click(button('Back up…'))
    await waitFor(() => expect(callsOf('wallet.backup')).toEqual([{ path: '/home/ada/River Ouse.torrent' }]))
    await user.click(button('Export labels…'))
    await waitFor(() => expect(callsOf('app.saveText')).toMatchObject([{ name: 'shoal-labels.jsonl' }]))
    const file = new File(['{"type":"tx"}\nnonsense\n'], 'labels.jsonl')
    await user.upload(screen.getByLabelText('File of labels'), file)
    expect(await screen.findByText('1 label taken. 1 line could not be used.')).toBeTruthy()
  })

  test('a person who thinks better of saving is left alone', async () => {
    const { user, callsOf } = await openWallet({ ...WALLET, chosen: undefined }, 'Settings')
    await user.click(button('Back up…'))
    await waitFor(() => expect(callsOf('app.chooseSavePath')).toHaveLength(1))
    expect(callsOf('wallet.backup')).toEqual([])
  })

  test('put aside, another can be made, and no payment is left over', async () => {
    const window = await openWallet(WALLET, 'Send')
    const { user } = window
    await user.type(screen.getByRole('combobox', { name: 'Recipient' }), STRANGER)
    await goTo(window, 'Settings')
    await user.click(button('Put this wallet aside…'))
    await user.click(await screen.findByRole('button', { name: 'Put it aside' }))
    expect(await screen.findByRole('button', { name: 'Create a wallet' })).toBeTruthy()
    act(() => window.mock.wallet.made(true))
    await goTo(window, 'Send')
    expect(screen.getByRole<HTMLInputElement>('combobox', { name: 'Recipient' }).value).toBe('')
  })

  test('words are confirmed after unlocking, where it is locked', async () => {
    const { user } = await openWallet({ ...WALLET, wallet: { wordsConfirmed: false } }, 'Settings')
    await user.click(button('Confirm your words…'))
    await user.type(await screen.findByLabelText('Password'), `${MOCK_PASSWORD}{Enter}`)
    expect(await screen.findByRole('dialog', { name: 'Confirm your words' })).toBeTruthy()
  })
})
