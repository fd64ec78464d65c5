/** An amount as people type it, and what to say where it is none. */
import { type AmountFault, parseAmount } from '#shared/amounts.ts'

export type ReadAmount =
  | { readonly outcome: 'amount'; readonly grains: bigint }
  | { readonly outcome: 'fault'; readonly sentence: string }

const SENTENCES: Readonly<Record<AmountFault, string>> = {
  empty: 'Enter an amount.',
  'not-a-number': 'Enter a plain number with a dot, such as 12.5.',
  'too-many-decimals': 'An amount has eight decimals at most: a grain is the smallest part.',
  'too-much': 'There will never be more than 21,000,000 SHL.',
  zero: 'Enter more than nothing.',
}

export function readAmount(typed: string): ReadAmount {
  const read = parseAmount(typed.trim())
  return typeof read === 'bigint'
    ? { outcome: 'amount', grains: read }
    : { outcome: 'fault', sentence: SENTENCES[read] }
}
