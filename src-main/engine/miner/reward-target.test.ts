import { expect, test } from 'vitest'
import { networks } from '../../chain/consensus/networks.ts'
import { toHex } from '../../kernel/bytes.ts'
import { RewardTarget, WORDS_NOT_CONFIRMED } from './reward-target.ts'

const NAMED = 'lshl1qqurswpc8qurswpc8qurswpc8qurswpc83lqrqw'
const OTHER = '2MstP8uJfYBsk1HfmCU9MW3qqKgvrw3ESd1'
const OF_WALLET = ['lshl1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq308x8j', 'lshl1qqyqszqgpqyqszqgpqyqszqgpqyqszqgpslx8dn']

function target(wallet?: { next: () => string | undefined; wordsConfirmed?: boolean }, settings = { address: '' }) {
  return new RewardTarget({
    network: networks.local,
    settingsAddress: () => settings.address,
    wallet: wallet && {
      miningAddress: async () => wallet.next(),
      get isThere() {
        return wallet.next() !== undefined
      },
      wordsConfirmed: wallet.wordsConfirmed ?? true,
      watch: () => () => {},
    },
  })
}

test('a named address goes before that of the settings, that before the wallet, that before the last one', async () => {
  const settings = { address: '' }
  let next: string | undefined = OF_WALLET[0]
  const rewards = target({ next: () => next }, settings)
  const paid = async (given?: string) => {
    await rewards.choose(given)
    return [rewards.address, rewards.paysTo(true)]
  }
  expect(rewards.paysTo(false)).toBe('wallet')
  expect(await paid()).toEqual([OF_WALLET[0], 'wallet'])
  settings.address = OTHER
  expect(rewards.paysTo(false)).toBe('address')
  expect(await paid()).toEqual([OTHER, 'address'])
  expect(await paid(NAMED)).toEqual([NAMED, 'address'])
  settings.address = ''
  next = undefined
  expect(await paid()).toEqual([NAMED, 'address'])
})

test('nowhere: said so', async () => {
  const rewards = target({ next: () => undefined })
  expect(rewards.paysTo(false)).toBeUndefined()
  await expect(rewards.choose(undefined)).rejects.toMatchObject({ code: 'NO_ADDRESS' })
  await expect(target().choose('lshl1qqqq')).rejects.toThrow()
})

test('the wallet gives another address once one was paid to', async () => {
  let next = OF_WALLET[0]
  const rewards = target({ next: () => next })
  const first = await rewards.choose(undefined)
  expect(await rewards.next()).toBeUndefined()
  next = OF_WALLET[1]
  const second = await rewards.next()
  expect(second && toHex(second)).not.toBe(toHex(first))
  expect(rewards.address).toBe(OF_WALLET[1])
  await rewards.choose(NAMED)
  next = OF_WALLET[0]
  expect(await rewards.next()).toBeUndefined()
})

test('a wallet whose words are not confirmed is warned of, before mining begins and while it goes on', async () => {
  const rewards = target({ next: () => OF_WALLET[0], wordsConfirmed: false })
  expect(rewards.notice(false)).toBe(WORDS_NOT_CONFIRMED)
  await rewards.choose(undefined)
  expect(rewards.notice(true)).toBe(WORDS_NOT_CONFIRMED)
  await rewards.choose(NAMED)
  expect(rewards.notice(true)).toBe('')
  expect(target({ next: () => OF_WALLET[0] }).notice(false)).toBe('')
})
