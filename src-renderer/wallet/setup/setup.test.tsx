import { act, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import { MOCK_PASSWORD, MOCK_WORDS } from '../../mock/mock-vault.ts'
import { renderWindow } from '../../mock/render.tsx'
import { openWallet } from '../../mock/render-wallet.ts'

const button = (name: string | RegExp) => screen.getByRole('button', { name })
const field = (name: string | RegExp) => screen.getByLabelText<HTMLInputElement>(name)
const PASSWORD = 'tidy kelp nine'

describe('without a wallet', () => {
  test('there is the way to one, and mining; nothing is made by itself', async () => {
    const { callsOf, user } = await openWallet({ wallet: 'none' })
    const parts = within(screen.getByRole('group', { name: 'Parts of the wallet' })).getAllByRole('button')
    expect(parts.map(({ textContent }) => textContent)).toEqual(['Overview', 'Mining'])
    expect(button('Create a wallet')).toBeTruthy()
    expect(callsOf('vault.create')).toEqual([])
    await user.click(parts[1] as HTMLElement)
    expect(await screen.findByRole('button', { name: 'Start mining' })).toBeTruthy()
  })

  test('while it is opened its shape is shown', async () => {
    const { mock, user } = renderWindow({ wallet: { state: 'opening' } })
    await user.click(within(screen.getByRole('navigation')).getByRole('button', { name: 'Wallet' }))
    expect(await screen.findByRole('status', { name: 'Reading the wallet' })).toBeTruthy()
    act(() => mock.wallet.change({ state: 'ready' }))
    expect(await screen.findByText('Available')).toBeTruthy()
  })

  test('a feed that fails says so and can be asked again', async () => {
    await openWallet({ wallet: 'none', walletFeed: 'failed' })
    expect(screen.getByText('The wallet cannot be read')).toBeTruthy()
    expect(button('Try again')).toBeTruthy()
  })
})

describe('creating', () => {
  async function form() {
    const window = await openWallet({ wallet: 'none' })
    await window.user.click(button('Create a wallet'))
    await screen.findByRole('dialog', { name: 'Create a wallet' })
    return window
  }

  test('asks for a password twice, hidden, and takes none that is short or differs', async () => {
    const { user, callsOf } = await form()
    expect(field('Password').type).toBe('password')
    expect(field('Password').autocomplete).toBe('off')
    expect(field('Password').getAttribute('spellcheck')).toBe('false')
    await user.type(field('Password'), 'short')
    await user.click(button('Create'))
    expect(screen.getByText('Use 8 characters or more.')).toBeTruthy()
    await user.clear(field('Password'))
    await user.type(field('Password'), PASSWORD)
    expect(screen.getByText(/^Fair/)).toBeTruthy()
    await user.type(field('Password again'), 'tidy kelp ten')
    expect(screen.getByText(/The two differ/)).toBeTruthy()
    await user.click(button('Create'))
    expect(callsOf('vault.create')).toEqual([])
    await user.click(button('Show: Password'))
    expect(field('Password').type).toBe('text')
  })

  test('asks for a passphrase twice as well: a slip in it would be found when the words are needed', async () => {
    const { user, callsOf } = await form()
    await user.click(button(/Add a passphrase/))
    await user.type(field('Passphrase'), 'extra')
    await user.type(field('Passphrase again'), 'extar')
    await user.type(field('Password'), PASSWORD)
    await user.type(field('Password again'), PASSWORD)
    await user.click(button('Create'))
    expect(screen.getByText('The two differ. Type the same passphrase again.')).toBeTruthy()
    expect(callsOf('vault.create')).toEqual([])
  })

  test('shows the words once, in order, and copies nothing by itself', async () => {
    const { user, callsOf } = await form()
    await user.click(screen.getByRole('radio', { name: '24' }))
    await user.click(button(/Add a passphrase/))
    await user.type(field('Passphrase'), 'extra')
    await user.type(field('Passphrase again'), 'extra')
    await user.selectOptions(field('Language of the words'), 'Čeština')
    await user.type(field('Password'), PASSWORD)
    await user.type(field('Password again'), `${PASSWORD}{Enter}`)
    const dialog = await screen.findByRole('dialog', { name: 'Write these 24 words down' })
    expect(callsOf('vault.create')).toEqual([{ words: 24, language: 'czech', passphrase: 'extra', password: PASSWORD }])
    const words = within(within(dialog).getByRole('list')).getAllByRole('listitem')
    expect(words.map(({ textContent }) => textContent)).toEqual(MOCK_WORDS.map((word, n) => `${n + 1}${word}`))
    expect(within(dialog).queryByRole('button', { name: /cop/i })).toBeNull()
    expect(within(dialog).queryByRole('button', { name: 'Close' })).toBeNull()
    await user.keyboard('{Escape}')
    expect(screen.getByRole('dialog', { name: 'Write these 24 words down' })).toBeTruthy()
    expect((button('Continue') as HTMLButtonElement).disabled).toBe(true)
    await user.click(screen.getByRole('checkbox', { name: 'I have written them down' }))
    await user.click(button('Continue'))
    await screen.findByRole('dialog', { name: 'Confirm your words' })
    expect(document.body.textContent).not.toContain(MOCK_WORDS[9])
  })

  async function toConfirmation() {
    const window = await form()
    const { user } = window
    await user.type(field('Password'), PASSWORD)
    await user.type(field('Password again'), `${PASSWORD}{Enter}`)
    await user.click(await screen.findByRole('checkbox', { name: 'I have written them down' }))
    await user.click(button('Continue'))
    await screen.findByLabelText('Word 3')
    return window
  }

  test('is done when three of the words are given back', async () => {
    const { user, callsOf } = await toConfirmation()
    for (const position of [3, 7, 11]) await user.type(field(`Word ${position}`), ` ${MOCK_WORDS[position - 1]} `)
    await user.click(button('Confirm'))
    expect(await screen.findByText(/Your wallet is ready/)).toBeTruthy()
    expect(callsOf('vault.confirm')).toEqual([{ words: ['able', 'absorb', 'access'] }])
    expect(screen.queryByText(/are not confirmed/)).toBeNull()
    expect(button(/^Lock/)).toBeTruthy()
  })

  test('a wrong word is named, and another three are asked for', async () => {
    const { user } = await toConfirmation()
    await user.type(field('Word 3'), 'zoo')
    await user.type(field('Word 7'), 'absorb')
    await user.type(field('Word 11'), 'access{Enter}')
    expect((await screen.findByRole('alert')).textContent).toContain('Word 3 is another one')
    expect(await screen.findByLabelText('Word 4')).toBeTruthy()
    expect(field('Word 4').value).toBe('')
  })

  test('left in the middle, the banner stays until it is done', async () => {
    const { user } = await toConfirmation()
    await user.click(button('Later'))
    expect(screen.getByText(/are not confirmed/).textContent).toMatch(/not written down, put this wallet aside/)
    await user.click(button('Confirm your words'))
    expect(screen.getByRole('dialog').textContent).toMatch(/not written down, put this wallet aside/)
    for (const position of [3, 7, 11])
      await user.type(await screen.findByLabelText(`Word ${position}`), MOCK_WORDS[position - 1] ?? '')
    await user.keyboard('{Enter}')
    expect(await screen.findByText('The words are confirmed.')).toBeTruthy()
    expect(screen.queryByText(/are not confirmed/)).toBeNull()
  })

  test('what the vault refuses stands in the dialog', async () => {
    const message = 'A wallet is kept here already. Put it aside first.'
    const { user } = await openWallet({
      wallet: 'none',
      failures: { 'vault.create': { code: 'WALLET_EXISTS', message } },
    })
    await user.click(button('Create a wallet'))
    await user.type(await screen.findByLabelText('Password'), PASSWORD)
    await user.type(field('Password again'), `${PASSWORD}{Enter}`)
    expect((await screen.findByRole('alert')).textContent).toContain(message)
  })
})

describe('restoring', () => {
  async function form(options = {}) {
    const window = await openWallet({ wallet: 'none', ...options })
    await window.user.click(button('Restore from words'))
    await screen.findByRole('dialog', { name: 'Restore a wallet' })
    return window
  }
  const words = () => screen.getByLabelText<HTMLTextAreaElement>('Words')

  test('suggests while a word is typed, and takes the first by Enter', async () => {
    const { user } = await form()
    expect(words().autocomplete).toBe('off')
    expect(words().getAttribute('spellcheck')).toBe('false')
    await user.type(words(), 'abandon abs')
    expect(await screen.findByRole('button', { name: 'Take “absent”' })).toBeTruthy()
    await user.click(button('Take “absorb”'))
    expect(words().value).toBe('abandon absorb ')
    await user.type(words(), 'accu')
    await screen.findByRole('button', { name: 'Take “accuse”' })
    await user.keyboard('{Enter}')
    expect(words().value).toBe('abandon absorb accuse ')
    expect(await screen.findByText('3 words so far. There are 12, 15, 18, 21 or 24 in all.')).toBeTruthy()
  })

  test('says which word is in no list, and whether they belong together', async () => {
    const { user } = await form()
    await user.type(words(), 'abandon zebra about qq ')
    expect(await screen.findByText(/Word 2/)).toBeTruthy()
    expect(screen.getByText('“zebra”')).toBeTruthy()
    expect(screen.getByText(/and so is one more/)).toBeTruthy()
    await user.clear(words())
    await user.type(words(), MOCK_WORDS.slice(0, 12).reverse().join(' '))
    expect(await screen.findByText(/they do not belong together/)).toBeTruthy()
    await user.clear(words())
    await user.type(words(), MOCK_WORDS.slice(0, 12).join(' '))
    expect(await screen.findByText('12 words, and they belong together.')).toBeTruthy()
  })

  test('gives words, passphrase, birthday and password to the vault and keeps none', async () => {
    const { user, callsOf } = await form()
    const text = MOCK_WORDS.slice(0, 12).join(' ')
    await user.type(words(), text)
    await user.type(field('Password'), PASSWORD)
    await user.type(field('Password again'), PASSWORD)
    await user.type(field('Made on, if you remember'), '2026-03-02')
    await user.click(button(/Add a passphrase/))
    await user.type(field('Passphrase'), 'extra')
    await user.click(button('Restore'))
    expect(await screen.findByText(/The wallet is restored/)).toBeTruthy()
    expect(callsOf('vault.restore')).toEqual([
      { words: text, passphrase: 'extra', password: PASSWORD, birthday: Date.parse('2026-03-01T00:00:00Z') / 1_000 },
    ])
    expect(screen.queryByText(/are not confirmed/)).toBeNull()
    expect(window.localStorage.getItem('shoal.window') ?? '').not.toContain('abandon')
  })

  test('words that do not belong together are refused by the vault', async () => {
    const { user } = await form()
    await user.type(words(), MOCK_WORDS.slice(0, 12).reverse().join(' '))
    await user.type(field('Password'), PASSWORD)
    await user.type(field('Password again'), `${PASSWORD}{Enter}`)
    expect((await screen.findByRole('alert')).textContent).toContain('do not belong together')
  })

  test('nothing typed is said beside its field', async () => {
    const { user, callsOf } = await form()
    await user.click(button('Restore'))
    expect(screen.getByText('Enter the words.')).toBeTruthy()
    expect(callsOf('vault.restore')).toEqual([])
  })
})

describe('locking', () => {
  test('a wrong password is said, the right one unlocks, and a press locks again', async () => {
    const { user, callsOf, mock } = await openWallet({ wallet: {} })
    await user.click(button('Locked'))
    const password = await screen.findByLabelText<HTMLInputElement>('Password')
    await user.type(password, 'wrong')
    await user.click(button('Unlock'))
    expect(await screen.findByText('This is not the password. Try again.')).toBeTruthy()
    expect(password.value).toBe('')
    expect(document.activeElement).toBe(password)
    await user.keyboard(`${MOCK_PASSWORD}{Enter}`)
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(button(/^Lock.*in 10 min/)).toBeTruthy()
    await user.click(button(/^Lock/))
    expect(callsOf('wallet.lock')).toHaveLength(1)
    expect(await screen.findByRole('button', { name: 'Locked' })).toBeTruthy()
    act(() => mock.wallet.change({ locked: false, locksAt: Date.now() + 30_000 }))
    expect(button(/in (29|30) s/)).toBeTruthy()
  })

  test('an empty password is not even tried', async () => {
    const { user, callsOf } = await openWallet({ wallet: {} })
    await user.click(button('Locked'))
    await user.click(await screen.findByRole('button', { name: 'Unlock' }))
    expect(screen.getByText('Enter the password.')).toBeTruthy()
    expect(callsOf('vault.unlock')).toEqual([])
  })
})

describe('a wallet that cannot be read', () => {
  const damaged = {
    state: 'damaged' as const,
    notice: 'wallet.db ends in the middle of a page.',
    previous: { time: 1_795_000_000, path: '/w/wallet.db.previous' },
  }

  test('offers the copy from before', async () => {
    const { user, callsOf } = await openWallet({ wallet: damaged })
    expect(screen.getByText('wallet.db ends in the middle of a page.')).toBeTruthy()
    expect(screen.getByText(/A copy of 18 Nov 2026/)).toBeTruthy()
    await user.click(button('Use the copy from before'))
    expect(callsOf('wallet.usePrevious')).toHaveLength(1)
    expect(await screen.findByText('Available')).toBeTruthy()
  })

  test('or can be put aside, which makes room for the words', async () => {
    const { previous: _, ...alone } = damaged
    const { user, callsOf } = await openWallet({ wallet: alone })
    expect(screen.queryByRole('button', { name: 'Use the copy from before' })).toBeNull()
    await user.click(button('Put it aside…'))
    await user.click(await screen.findByRole('button', { name: 'Put it aside' }))
    expect(callsOf('wallet.putAside')).toHaveLength(1)
    expect(await screen.findByRole('button', { name: 'Restore from words' })).toBeTruthy()
  })
})
