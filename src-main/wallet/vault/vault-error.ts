/** What can go wrong with the keys. Never holds a secret: no word, no password, no key. */
import { CodedError } from '../../kernel/errors.ts'
import type { BadWords } from '../keys/words.ts'

export type VaultFault =
  | { readonly code: 'NO_WALLET' | 'WALLET_EXISTS' | 'WALLET_LOCKED' | 'WORDS_CONFIRMED' }
  | { readonly code: 'WEAK_PASSWORD'; readonly least: number }
  | { readonly code: 'WRONG_PASSWORD' }
  /** The sealed keys were changed, cut short, or are those of another account. */
  | { readonly code: 'DAMAGED_KEYS' }
  /** Made by a newer Shoal. */
  | { readonly code: 'NEWER_KEYS'; readonly version: number }
  /** Positions count from 1. */
  | { readonly code: 'BAD_WORDS'; readonly reason: BadWords }
  | { readonly code: 'WRONG_WORD'; readonly position: number }
  /** No transaction that this account's keys can sign. */
  | { readonly code: 'NOT_OURS' }
  | { readonly code: 'SIGNING_FAILED' }
  /** Somebody else is trying a password, and others wait already. */
  | { readonly code: 'BUSY' }
  /** The sealed keys could not be written; the previous ones still hold. */
  | { readonly code: 'NOT_KEPT' }
  /** The process that holds the keys does not run. */
  | { readonly code: 'VAULT_ENDED' | 'VAULT_FAILED' }

export class VaultError extends CodedError<VaultFault> {
  constructor(fault: VaultFault, options?: ErrorOptions) {
    super(fault, sentence(fault), options)
  }
}

function sentence(fault: VaultFault): string {
  switch (fault.code) {
    case 'WEAK_PASSWORD':
      return `The password is too short. Choose one of at least ${fault.least} characters.`
    case 'NEWER_KEYS':
      return `The keys were sealed by a newer Shoal (version ${fault.version} of the form). Install that Shoal.`
    case 'BAD_WORDS':
      return badWords(fault.reason)
    case 'WRONG_WORD':
      return `Word ${fault.position} is not the one that was shown. Look at your paper again, then answer the next three.`
    default:
      return sentences[fault.code]
  }
}

function badWords(reason: BadWords): string {
  switch (reason.what) {
    case 'count':
      return `These are ${reason.count} words. Enter all 12, 15, 18, 21 or 24.`
    case 'unknown': {
      const others = reason.more > 0 ? `, and ${reason.more} more,` : ''
      return `Word ${reason.position}${others} is in no list of words. Correct its spelling.`
    }
    case 'checksum':
      return 'All words are in the list, but they do not belong together. Check each word and their order.'
  }
}

const sentences: Readonly<
  Record<Exclude<VaultFault['code'], 'WEAK_PASSWORD' | 'NEWER_KEYS' | 'BAD_WORDS' | 'WRONG_WORD'>, string>
> = {
  NO_WALLET: 'There is no wallet on this network yet. Create one, or restore one from its words.',
  WALLET_EXISTS: 'There is a wallet on this network already. Put it aside first.',
  WALLET_LOCKED: 'The wallet is locked. Unlock it with its password.',
  WORDS_CONFIRMED: 'The words of this wallet have been confirmed. There is nothing left to do.',
  WRONG_PASSWORD: 'The password is wrong. Check the keyboard’s layout and capitals, then try again.',
  DAMAGED_KEYS:
    'The sealed keys of this wallet are damaged. Take the previous copy, or restore the wallet from its words.',
  NOT_OURS: 'The transaction spends coins that are not this wallet’s. Plan the payment again.',
  SIGNING_FAILED: 'The transaction could not be signed. Plan the payment again.',
  BUSY: 'Other passwords are being tried at this moment. Wait a few seconds, then try again.',
  NOT_KEPT: 'The keys could not be written to the disk. Free some space on it, then try again; nothing was changed.',
  VAULT_ENDED: 'The process that holds the keys has ended. Unlock the wallet again.',
  VAULT_FAILED: 'The process that holds the keys keeps ending by itself. Start Shoal again.',
}
