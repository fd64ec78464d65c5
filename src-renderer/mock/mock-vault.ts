/** The vault of the mock: it knows one password and a few words, and is as strict as the real one about them. */
import type { WordLanguage } from '#shared/contract/vault-channel.ts'
import { ClientError } from '../client/client-error.ts'
import type { VaultClient } from '../client/vault.ts'
import type { Call } from './mock-clients.ts'
import { Source } from './source.ts'
import type { MockWallet } from './wallet-model.ts'

export const MOCK_PASSWORD = 'correct horse'
/** Made-up words of the usual shape; their order means nothing. */
export const MOCK_WORDS: readonly string[] =
  'abandon ability able about above absent absorb abstract absurd abuse access accident account accuse achieve acid acoustic acquire across act action actor actress actual'.split(
    ' ',
  )

const LEAST_CHARACTERS = 8
const AUTO_LOCK_MS = 600_000
const COUNTS = [12, 15, 18, 21, 24]

export function mockVault(call: Call, wallet: MockWallet): VaultClient {
  let password = MOCK_PASSWORD
  let words = MOCK_WORDS.slice(0, 12)
  let positions = [3, 7, 11]
  const strong = (given: string): void => {
    if (given.length < LEAST_CHARACTERS)
      throw new ClientError('WEAK_PASSWORD', 'This password has fewer than 8 characters. Choose a longer one.')
  }
  const right = (given: string): void => {
    if (given !== password) throw new ClientError('WRONG_PASSWORD', 'This is not the password. Try again.')
  }
  const client = {
    create: call('vault.create', (args: { words?: 12 | 24; password: string }) => {
      strong(args.password)
      password = args.password
      words = MOCK_WORDS.slice(0, args.words ?? 12)
      wallet.made(false)
      return { words: [...words] }
    }),
    challenge: call('vault.challenge', () => ({ positions })),
    confirm: call('vault.confirm', (args: { words: readonly string[] }) => {
      const wrong = positions.find((position, n) => words[position - 1] !== args.words[n])
      if (wrong !== undefined) {
        positions = positions.map((position) => (position % 12) + 1).sort((a, b) => a - b)
        throw new ClientError('WRONG_WORD', `Word ${wrong} is another one. Look it up, and answer the next three.`)
      }
      wallet.change({ wordsConfirmed: true })
    }),
    restore: call('vault.restore', (args: { words: string; password: string }) => {
      strong(args.password)
      if (checkOf(args.words, undefined).checksum !== 'right')
        throw new ClientError(
          'BAD_WORDS',
          'These words do not belong together: one is wrong, or two have changed places.',
        )
      password = args.password
      wallet.made(true)
    }),
    check: call('vault.check', (args: { words: string; language?: WordLanguage }) =>
      checkOf(args.words, args.language),
    ),
    unlock: call('vault.unlock', (args: { password: string }) => {
      right(args.password)
      wallet.change({ locked: false, locksAt: Date.now() + AUTO_LOCK_MS })
    }),
    lock: call('vault.lock', () => wallet.change({ locked: true })),
    changePassword: call('vault.changePassword', (args: { from: string; to: string }) => {
      right(args.from)
      strong(args.to)
      password = args.to
    }),
    state: call('vault.state', () => ({ exists: true, locked: false, wordsConfirmed: true })),
    changes: new Source([{ exists: true, locked: false, wordsConfirmed: true }]).feed,
  }
  return client as unknown as VaultClient
}

function checkOf(text: string, language: WordLanguage | undefined) {
  const given = text.trim().toLowerCase().split(/\s+/).filter(Boolean)
  const last = given.at(-1) ?? ''
  const typing = !/\s$/.test(text) && last !== '' && !MOCK_WORDS.includes(last)
  const suggestions = typing ? MOCK_WORDS.filter((word) => word.startsWith(last)).slice(0, 8) : []
  const unknown = given
    .map((word, n) => (MOCK_WORDS.includes(word) || (n === given.length - 1 && suggestions.length > 0) ? 0 : n + 1))
    .filter((position) => position > 0)
  const complete = COUNTS.includes(given.length)
  const inOrder = given.every((word, n) => MOCK_WORDS[n] === word)
  return {
    count: given.length,
    unknown,
    checksum: !complete || unknown.length > 0 ? 'incomplete' : inOrder ? 'right' : 'wrong',
    language: language ?? 'english',
    suggestions,
  } as const
}
