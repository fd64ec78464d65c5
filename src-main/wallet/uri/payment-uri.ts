/**
 * Payment URIs (BIP 21) of Shoal: `shoal:ADDRESS?amount=12.5&label=…&message=…`. Scheme and names of parameters in either
 * case; an amount is strict decimal text in SHL; a `req-` parameter that is not known makes the whole URI unusable; other
 * unknown ones are passed over. A parameter that counts and is there twice is refused: two amounts mean none.
 * Whether the address is one is for the caller. Labels and messages are text only, cleaned and cut.
 */
import { type AmountFault, coins, parseAmount } from '#shared/amounts.ts'
import { MAX_LABEL_CHARACTERS } from '#shared/contract/wallet.ts'
import { assertNever, CodedError, type Fault } from '../../kernel/errors.ts'
import { plainText } from '../plain-text.ts'

export const PAYMENT_SCHEME = 'shoal'
export const MAX_URI_CHARACTERS = 2_000
/** Longer names are not repeated in an error. */
const MAX_NAME_CHARACTERS = 40

export interface PaymentUri {
  readonly address: string
  /** Grains; 0 and more. */
  readonly amount?: bigint
  readonly label?: string
  readonly message?: string
}

export type PaymentUriFault = Fault & { readonly code: 'BAD_URI' } & (
    | { readonly reason: 'too-long' | 'other-scheme' | 'no-address' | 'bad-escape' }
    | { readonly reason: 'bad-amount'; readonly fault: AmountFault }
    | { readonly reason: 'twice' | 'required'; readonly name: string }
  )

/** A text is no payment URI that can be used. */
export class PaymentUriError extends CodedError<PaymentUriFault> {
  constructor(fault: PaymentUriFault) {
    super(fault, sentencesOf(fault))
  }
}

export function isPaymentUri(text: string): boolean {
  return text.slice(0, PAYMENT_SCHEME.length + 1).toLowerCase() === `${PAYMENT_SCHEME}:`
}

/** @throws PaymentUriError */
export function decodePaymentUri(text: string): PaymentUri {
  if (text.length > MAX_URI_CHARACTERS) throw new PaymentUriError({ code: 'BAD_URI', reason: 'too-long' })
  if (!isPaymentUri(text)) throw new PaymentUriError({ code: 'BAD_URI', reason: 'other-scheme' })
  const rest = text
    .slice(PAYMENT_SCHEME.length + 1)
    .replace(/^\/\//, '')
    .split('#', 1)[0] as string
  const mark = rest.indexOf('?')
  const address = unescaped(mark < 0 ? rest : rest.slice(0, mark)).replace(/\/$/, '')
  if (address === '') throw new PaymentUriError({ code: 'BAD_URI', reason: 'no-address' })
  const found = parametersOf(mark < 0 ? '' : rest.slice(mark + 1))
  const amount = found.get('amount')
  const label = found.get('label')
  const message = found.get('message')
  return {
    address,
    ...(amount !== undefined && { amount: amountOf(amount) }),
    ...(label !== undefined && { label: plainText(label, MAX_LABEL_CHARACTERS) }),
    ...(message !== undefined && { message: plainText(message, MAX_LABEL_CHARACTERS) }),
  }
}

/** What `decodePaymentUri` reads back. */
export function encodePaymentUri({ address, amount, label, message }: PaymentUri): string {
  const parameters = [
    ...(amount === undefined ? [] : [`amount=${coins(amount)}`]),
    ...escaped('label', label),
    ...escaped('message', message),
  ]
  return `${PAYMENT_SCHEME}:${address}${parameters.length > 0 ? `?${parameters.join('&')}` : ''}`
}

const KNOWN: ReadonlySet<string> = new Set(['amount', 'label', 'message'])

/** Those that are known, by their names in small letters. */
function parametersOf(query: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const parameter of query.split('&')) {
    const [written = '', ...value] = parameter.split('=')
    const name = unescaped(written).toLowerCase()
    if (name.startsWith('req-') && !KNOWN.has(name.slice(4)))
      throw new PaymentUriError({ code: 'BAD_URI', reason: 'required', name: shownName(name) })
    const known = name.startsWith('req-') ? name.slice(4) : name
    if (!KNOWN.has(known)) continue
    if (found.has(known)) throw new PaymentUriError({ code: 'BAD_URI', reason: 'twice', name: known })
    found.set(known, unescaped(value.join('=')))
  }
  return found
}

function amountOf(text: string): bigint {
  const amount = parseAmount(text, { zero: true })
  if (typeof amount === 'string') throw new PaymentUriError({ code: 'BAD_URI', reason: 'bad-amount', fault: amount })
  return amount
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new PaymentUriError({ code: 'BAD_URI', reason: 'bad-escape' })
  }
}

function escaped(name: string, text: string | undefined): string[] {
  const clean = plainText(text ?? '', MAX_LABEL_CHARACTERS)
  return clean === '' ? [] : [`${name}=${encodeURIComponent(clean)}`]
}

function shownName(name: string): string {
  return plainText(name, MAX_NAME_CHARACTERS)
}

function sentencesOf(fault: PaymentUriFault): string {
  switch (fault.reason) {
    case 'too-long':
      return `This payment link has more than ${MAX_URI_CHARACTERS} characters. Ask for a shorter one.`
    case 'other-scheme':
      return `This is no payment link of Shoal, which begins with "${PAYMENT_SCHEME}:". Copy the link again, or enter the address.`
    case 'no-address':
      return 'This payment link has no address. Ask for another one.'
    case 'bad-escape':
      return 'This payment link has a % that nothing readable follows. Copy the whole link again.'
    case 'bad-amount':
      return `The amount in this payment link ${amountTrouble(fault.fault)}. Ask for another link, or enter the address and the amount.`
    case 'twice':
      return `This payment link says "${fault.name}" twice. Ask for another one.`
    case 'required':
      return `This payment link asks for "${fault.name}", which this Shoal does not know. Update Shoal, or ask for a plain link.`
    default:
      return assertNever(fault)
  }
}

function amountTrouble(fault: AmountFault): string {
  switch (fault) {
    case 'empty':
      return 'is missing'
    case 'not-a-number':
      return 'is no plain number with a dot'
    case 'too-many-decimals':
      return 'has more than eight decimals'
    case 'too-much':
      return 'is more than there will ever be'
    case 'zero':
      return 'is nothing'
    default:
      return assertNever(fault)
  }
}
