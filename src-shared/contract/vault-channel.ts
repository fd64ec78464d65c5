/**
 * The channel to the process that holds the wallet's keys: passwords and words cross here and nowhere else. It goes from
 * the window's preload script (a message port) or a `shoal` command (a local socket) to the vault's process directly; the
 * process that does networking never sees what crosses. Messages are those of the contract (`service.ts`), one service, no feeds
 * but its state. Whoever reads an answer with words in it shows it once and keeps it nowhere.
 */
import { z } from 'zod'
import { nothing, service, value } from './service.ts'

const password = z.string().min(1).max(1_024)
/** BIP 39's optional passphrase: other coins for each; empty for none. */
const passphrase = z.string().max(1_024).default('')
const words = z.array(z.string().min(1).max(64)).max(24)
/** Word lists of BIP 39 that are offered. */
export const wordLanguage = z.enum([
  'english',
  'czech',
  'french',
  'italian',
  'japanese',
  'korean',
  'portuguese',
  'simplified-chinese',
  'spanish',
  'traditional-chinese',
])
export type WordLanguage = z.infer<typeof wordLanguage>
const position = z.int().min(1).max(24)

export const vaultState = z.object({
  /** A wallet is kept, whether or not it can be opened. */
  exists: z.boolean(),
  locked: z.boolean(),
  /** Unix milliseconds at which it locks by itself. */
  locksAt: z.number().optional(),
  wordsConfirmed: z.boolean(),
})
export type VaultState = z.infer<typeof vaultState>

export const MIN_PASSWORD_CHARACTERS = 8

export const vault = service({
  name: 'vault',
  calls: {
    /** Makes a wallet; it is kept and unlocked when this resolves. The words are told this once. `WALLET_EXISTS`, `WEAK_PASSWORD`. */
    create: {
      args: z.object({
        words: z.union([z.literal(12), z.literal(24)]).default(12),
        language: wordLanguage.default('english'),
        passphrase,
        password,
      }),
      result: z.object({ words }),
    },
    /** Positions (from 1) of the three words to be asked for; the same until they are answered. `WALLET_LOCKED`, `NO_WALLET`. */
    challenge: { args: nothing, result: z.object({ positions: z.array(position).length(3) }) },
    /** `WRONG_WORD` names the position. After it another three are asked for. */
    confirm: { args: z.object({ words: z.array(z.string().max(64)).length(3) }), result: nothing },
    /** `WALLET_EXISTS`, `BAD_WORDS` says what is wrong with them, `WEAK_PASSWORD`. `birthday`: Unix seconds; undefined scans all. */
    restore: {
      args: z.object({
        words: z.string().min(1).max(2_000),
        passphrase,
        password,
        birthday: z.number().nonnegative().optional(),
      }),
      result: nothing,
    },
    /** What can be said of words while they are typed. */
    check: {
      args: z.object({ words: z.string().max(2_000), language: wordLanguage.optional() }),
      result: z.object({
        count: z.int(),
        /** Positions (from 1) of words that are in no list, the last one left out while it may still become one. */
        unknown: z.array(position).max(24),
        /** `incomplete`: not 12, 15, 18, 21 or 24 words. */
        checksum: z.enum(['right', 'wrong', 'incomplete']),
        language: wordLanguage.optional(),
        /** Words that the last one may become, at most 8. */
        suggestions: z.array(z.string().max(64)).max(8),
      }),
    },
    /** `WRONG_PASSWORD`, `NO_WALLET`, `DAMAGED_KEYS`. */
    unlock: { args: z.object({ password }), result: nothing },
    lock: { args: nothing, result: nothing },
    /** `WRONG_PASSWORD`, `WEAK_PASSWORD`. */
    changePassword: { args: z.object({ from: password, to: password }), result: nothing },
    state: { args: nothing, result: vaultState },
  },
  feeds: { changes: value(vaultState) },
})
export type VaultService = typeof vault
