/** What a line about the wallet may carry. */
import type { Flags, ValuesOf } from '../command.ts'

export const WALLET_FLAGS = {
  'password-file': { type: 'string', value: 'FILE', summary: 'a file with the password; else it is asked for' },
  'new-password-file': { type: 'string', value: 'FILE', summary: 'passwd: a file with the new password' },
  'words-file': {
    type: 'string',
    value: 'FILE',
    summary: 'restore, confirm: a file with the words; else they are asked for',
  },
  'passphrase-file': {
    type: 'string',
    value: 'FILE',
    summary: 'create, restore: a file with the passphrase of BIP 39',
  },
  words: { type: 'string', value: 'N', summary: 'create: 12 or 24 words' },
  language: { type: 'string', value: 'NAME', summary: 'create: of the words; english' },
  birthday: { type: 'string', value: 'DAY', summary: 'restore: nothing was paid to it before, like 2026-11-22' },
  to: { type: 'string', multiple: true, value: 'ADDRESS=AMOUNT', summary: 'send: a further recipient' },
  target: { type: 'string', value: 'N', summary: 'send, bump, cpfp: confirmed within 1, 3 or 10 blocks; 3' },
  'fee-rate': {
    type: 'string',
    value: 'RATE',
    summary: 'send, bump, cpfp: grains per virtual byte, in place of --target',
  },
  coin: { type: 'string', multiple: true, value: 'TXID:N', summary: 'send: only of these coins' },
  label: { type: 'string', value: 'TEXT', summary: 'address, send: what it is for' },
  amount: { type: 'string', value: 'AMOUNT', summary: 'address: for a payment link, in SHL' },
  message: { type: 'string', value: 'TEXT', summary: 'address: for a payment link' },
  yes: { type: 'boolean', summary: 'send, bump, cpfp: without being asked; put-aside: really' },
  search: { type: 'string', value: 'TEXT', summary: 'history: only what has it in it' },
  change: { type: 'boolean', summary: 'addresses: those for change' },
  limit: { type: 'string', value: 'N', summary: 'history, coins, addresses: how many at most' },
  offset: { type: 'string', value: 'N', summary: 'history, coins, addresses: after so many of them' },
  from: { type: 'string', value: 'HEIGHT', summary: 'rescan: from this block; else from the birthday' },
  file: { type: 'string', value: 'FILE', summary: 'export, import, backup: where' },
  format: { type: 'string', value: 'NAME', summary: 'export: csv (the history) or labels (BIP 329)' },
} as const satisfies Flags

export interface WalletLine {
  /** After the name of the action. */
  readonly positionals: readonly string[]
  readonly flags: ValuesOf<typeof WALLET_FLAGS>
}
