/** What has to do with the wallet's secrets: each goes from here to the process that holds the keys. */
import type { Clients } from '#shared/contract/index.ts'
import { MIN_PASSWORD_CHARACTERS, wordLanguage } from '#shared/contract/vault-channel.ts'
import type { CommandContext } from '../command.ts'
import { UsageError } from '../command.ts'
import { CommandError } from '../command-error.ts'
import { wordOf } from '../values.ts'
import type { WalletLine } from './line.ts'
import { newPassword, readSecret, secretOf } from './secrets.ts'
import { type VaultClient, withVault } from './with-vault.ts'

const PASSWORD = { flag: '--password-file', question: 'Password: ' }
const NEW_PASSWORD = {
  flag: '--password-file',
  question: `New password (${MIN_PASSWORD_CHARACTERS} letters or more): `,
}
const WORDS = { flag: '--words-file', question: 'The words, in their order: ' }
const FIRST_COLUMN = 3

export async function create({ flags }: WalletLine, clients: Clients, context: CommandContext): Promise<void> {
  const count = wordOf(flags.words ?? '12', '--words', ['12', '24'])
  const language = wordOf(flags.language ?? 'english', '--language', wordLanguage.options)
  const passphrase = await passphraseOf(context, flags['passphrase-file'])
  const password = await newPassword(context, { ...NEW_PASSWORD, file: flags['password-file'] })
  await withVault(context, clients, async (vault) => {
    const { words } = await vault.create({ words: count === '12' ? 12 : 24, language, passphrase, password })
    // The words are told this once: whatever becomes of the address, they are shown.
    const address = await clients.wallet.newAddress({}).then(
      ({ id }) => id,
      () => undefined,
    )
    const numbered = words.map((word, place) => `${String(place + 1).padStart(FIRST_COLUMN)}  ${word}`)
    const text = [
      'These words are the wallet. Write them down on paper, in this order: whoever has them has the coins, they are not shown',
      'again, and without them a lost machine or a forgotten password means lost coins.',
      '',
      ...numbered,
      '',
      'Then show that you have them: shoal wallet confirm',
      address === undefined ? 'An address to be paid at: shoal wallet address' : `First address: ${address}`,
    ].join('\n')
    context.out.done({ words: words.join(' '), ...(address !== undefined && { address }) }, text)
  })
}

export async function confirm({ flags }: WalletLine, clients: Clients, context: CommandContext): Promise<void> {
  await withVault(context, clients, async (vault) => {
    await unlockWhere(vault, flags['password-file'], context)
    const { positions } = await vault.challenge()
    await vault.confirm({ words: await answersTo(positions, flags['words-file'], context) })
    context.out.done({ wordsConfirmed: true }, 'Right: the words are written down.')
  })
}

/** From a file with all words, or asked for one by one. */
async function answersTo(positions: readonly number[], file: string | undefined, context: CommandContext) {
  if (file !== undefined) {
    const words = (await readSecret(context, file)).trim().split(/\s+/)
    return positions.map((position) => words[position - 1] ?? '')
  }
  const answers: string[] = []
  for (const position of positions)
    answers.push(await secretOf(context, { ...WORDS, file: undefined, question: `Word ${position}: ` }))
  return answers
}

export async function restore({ flags }: WalletLine, clients: Clients, context: CommandContext): Promise<void> {
  const birthday = flags.birthday === undefined ? {} : { birthday: birthdayOf(flags.birthday) }
  const words = await secretOf(context, { ...WORDS, file: flags['words-file'] })
  const passphrase = await passphraseOf(context, flags['passphrase-file'])
  const password = await newPassword(context, { ...NEW_PASSWORD, file: flags['password-file'] })
  await withVault(context, clients, async (vault) => {
    await vault.restore({ words, passphrase, password, ...birthday })
    // Which of its addresses were paid to is not known before its blocks were looked through.
    context.out.done(
      { restored: true },
      'The wallet is there. Its blocks are looked through now; see: shoal wallet balance',
    )
  })
}

export async function unlock({ flags }: WalletLine, clients: Clients, context: CommandContext): Promise<void> {
  const password = await secretOf(context, { ...PASSWORD, file: flags['password-file'] })
  await withVault(context, clients, async (vault) => {
    await vault.unlock({ password })
    const { locksAt } = await vault.state()
    const until = locksAt === undefined ? '' : `, until ${new Date(locksAt).toLocaleTimeString()}`
    context.out.done({ locked: false, ...(locksAt !== undefined && { locksAt }) }, `Unlocked${until}.`)
  })
}

export async function lock(_line: WalletLine, clients: Clients, { out }: CommandContext): Promise<void> {
  await clients.wallet.lock()
  out.done({ locked: true }, 'Locked: no key is in memory.')
}

export async function passwd({ flags }: WalletLine, clients: Clients, context: CommandContext): Promise<void> {
  const from = await secretOf(context, { ...PASSWORD, file: flags['password-file'], question: 'Password so far: ' })
  const to = await newPassword(context, {
    ...NEW_PASSWORD,
    flag: '--new-password-file',
    file: flags['new-password-file'],
  })
  await withVault(context, clients, async (vault) => {
    await vault.changePassword({ from, to })
    context.out.done(
      { changed: true },
      'The password is changed. Copies of wallet.db made before still open with the old one.',
    )
  })
}

/** Unlocks for a command where it is locked and a password was named. @returns whether it did */
export async function unlockWhere(
  vault: VaultClient,
  file: string | undefined,
  context: CommandContext,
): Promise<boolean> {
  const { locked } = await vault.state()
  if (!locked) return false
  const { terminal } = context.system
  if (file === undefined && terminal === undefined) {
    const message = 'The wallet is locked; run "shoal wallet unlock" first, or name a file with --password-file.'
    throw new CommandError({ code: 'WALLET_LOCKED' }, message)
  }
  await vault.unlock({ password: await secretOf(context, { ...PASSWORD, file }) })
  return true
}

async function passphraseOf(context: CommandContext, file: string | undefined): Promise<string> {
  return file === undefined ? '' : readSecret(context, file)
}

/** A day, as seconds since 1970. */
function birthdayOf(text: string): number {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  if (Number.isNaN(time)) throw new UsageError(`--birthday: "${text}" is no day like 2026-11-22.`)
  return time / 1_000
}
