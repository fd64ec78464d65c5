/** A payment while it is written, and what it comes to: pure, so that every way to be wrong can be tried. */
import type { FeeChoice, PaymentDraft, WalletContact } from '../../client/types.ts'
import { readAmount } from '../read-amount.ts'

/** As many as the contract takes. */
export const MAX_RECIPIENTS = 100
const MAX_FEE_RATE = 1_000_000

export interface RecipientForm {
  /** Tells the rows of the form apart. */
  readonly key: number
  /** An address, a payment URI, or the name of a contact. */
  readonly to: string
  readonly amount: string
  /** All that is left goes here; at most one has it. */
  readonly everything: boolean
  readonly label: string
}

export type FeeForm =
  | { readonly kind: 'target'; readonly target: 1 | 3 | 10 }
  | { readonly kind: 'custom'; readonly rate: string }

export interface PaymentForm {
  readonly recipients: readonly RecipientForm[]
  readonly fee: FeeForm
  /** Only these are spent; undefined: the wallet chooses. */
  readonly coins: readonly string[] | undefined
  readonly nextKey: number
}

const emptyRecipient = (key: number): RecipientForm => ({ key, to: '', amount: '', everything: false, label: '' })

export const EMPTY_PAYMENT: PaymentForm = {
  recipients: [emptyRecipient(0)],
  fee: { kind: 'target', target: 3 },
  coins: undefined,
  nextKey: 1,
}

export function withRecipient(form: PaymentForm): PaymentForm {
  if (form.recipients.length >= MAX_RECIPIENTS) return form
  return { ...form, recipients: [...form.recipients, emptyRecipient(form.nextKey)], nextKey: form.nextKey + 1 }
}

/** The last one is emptied rather than taken away. */
export function withoutRecipient(form: PaymentForm, key: number): PaymentForm {
  const left = form.recipients.filter((recipient) => recipient.key !== key)
  if (left.length > 0) return { ...form, recipients: left }
  return { ...form, recipients: [emptyRecipient(form.nextKey)], nextKey: form.nextKey + 1 }
}

export function withChanges(form: PaymentForm, key: number, changes: Partial<Omit<RecipientForm, 'key'>>): PaymentForm {
  return {
    ...form,
    recipients: form.recipients.map((recipient) => {
      if (recipient.key === key) return { ...recipient, ...changes }
      return changes.everything ? { ...recipient, everything: false } : recipient
    }),
  }
}

/** A payment to somebody, and else empty. */
export function paymentTo(to: string): PaymentForm {
  return { ...EMPTY_PAYMENT, recipients: [{ ...emptyRecipient(0), to }] }
}

/** The contact whose name was typed, whatever its capitals. None where several with other addresses have that name. */
export function contactNamed(contacts: readonly WalletContact[], typed: string): WalletContact | undefined {
  const name = typed.trim().toLowerCase()
  const named = name === '' ? [] : contacts.filter((contact) => contact.name.toLowerCase() === name)
  return named.every(({ address }) => address === named[0]?.address) ? named[0] : undefined
}

/** What the engine is asked about: the address of a contact, else what was typed. */
export function targetText(contacts: readonly WalletContact[], typed: string): string {
  return contactNamed(contacts, typed)?.address ?? typed.trim()
}

/** `recipient` by its key and field, or the fee. */
export interface FormProblem {
  readonly at: { readonly key: number; readonly field: 'to' | 'amount' } | 'fee'
  readonly sentence: string
}

export type ReadForm =
  | { readonly outcome: 'draft'; readonly draft: PaymentDraft }
  | { readonly outcome: 'problems'; readonly problems: readonly FormProblem[] }

/** What was written as the engine takes it, or everything that is wrong with it. */
export function readForm(form: PaymentForm, contacts: readonly WalletContact[]): ReadForm {
  const problems: FormProblem[] = []
  const recipients = form.recipients.map(({ key, to, amount, everything, label }) => {
    const text = targetText(contacts, to)
    if (text === '')
      problems.push({ at: { key, field: 'to' }, sentence: 'Enter an address, a payment link or a name.' })
    const read = everything ? undefined : readAmount(amount)
    if (read?.outcome === 'fault') problems.push({ at: { key, field: 'amount' }, sentence: read.sentence })
    return {
      to: text,
      amount: read?.outcome === 'amount' ? read.grains : ('everything' as const),
      ...(label.trim() === '' ? {} : { label: label.trim() }),
    }
  })
  const fee = readFee(form.fee)
  if (typeof fee === 'string') problems.push({ at: 'fee', sentence: fee })
  if (typeof fee === 'string' || problems.length > 0) return { outcome: 'problems', problems }
  return {
    outcome: 'draft',
    draft: { recipients, fee, ...(form.coins === undefined ? {} : { coins: [...form.coins] }) },
  }
}

/** The choice, or what is wrong with it. */
export function readFee(fee: FeeForm): FeeChoice | string {
  if (fee.kind === 'target') return { target: fee.target }
  const text = fee.rate.trim()
  const rate = /^\d{1,7}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN
  if (rate > 0 && rate <= MAX_FEE_RATE) return { feeRate: rate }
  return 'Enter grains for each virtual byte, such as 2.5.'
}
