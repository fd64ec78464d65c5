/** What a text that a person pasted stands for: an address or a payment URI, and what the wallet knows of whom it pays. */
import type { PaymentTarget } from '#shared/contract/wallet.ts'
import { decodeAddress, encodeAddress } from '../chain/address/address.ts'
import { scriptOf } from '../chain/address/output-script.ts'
import { knownAddresses } from '../chain/consensus/networks.ts'
import type { RowParts } from './rows/row-parts.ts'
import { decodePaymentUri, isPaymentUri } from './uri/payment-uri.ts'

/** @throws AddressError, PaymentUriError */
export function paymentTarget(text: string, { prefixes, notes, ledger, addresses }: RowParts): PaymentTarget {
  const written = text.trim()
  const { amount, ...uri } = isPaymentUri(written) ? decodePaymentUri(written) : { address: written }
  const destination = decodeAddress(uri.address, prefixes, knownAddresses)
  const address = encodeAddress(destination, prefixes)
  const script = scriptOf(destination)
  const contact = notes.contactOf(address)
  return {
    ...uri,
    address,
    // A link that asks for nothing leaves it to the person.
    ...(amount !== undefined && amount > 0n && { amount }),
    ...(contact !== undefined && { contact }),
    used: ledger.isPaidTo(script),
    own: addresses.pathOf(script) !== undefined,
  }
}
