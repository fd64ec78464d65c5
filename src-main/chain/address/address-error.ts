import { assertNever, CodedError, type Fault } from '../../kernel/errors.ts'

/** `position` counts characters from 0; people are told it from 1. */
export type AddressFault = Fault &
  (
    | { readonly code: 'EMPTY' }
    | { readonly code: 'TOO_LONG'; readonly limit: number }
    | { readonly code: 'BAD_CHARACTER'; readonly position: number; readonly character: string }
    | { readonly code: 'WRONG_CHARACTER'; readonly position: number; readonly character: string }
    | { readonly code: 'MIXED_CASE' }
    | { readonly code: 'BAD_CHECKSUM' }
    | { readonly code: 'OTHER_NETWORK'; readonly found: string; readonly wanted: string }
    | { readonly code: 'UNKNOWN_NETWORK'; readonly wanted: string }
    | { readonly code: 'BAD_WITNESS_PROGRAM' }
  )

/** A text is no address that can be paid to on this network. */
export class AddressError extends CodedError<AddressFault> {
  constructor(fault: AddressFault) {
    super(fault, sentencesOf(fault))
  }
}

function sentencesOf(fault: AddressFault): string {
  switch (fault.code) {
    case 'EMPTY':
      return 'There is no address. Enter one.'
    case 'TOO_LONG':
      return `This address has more than ${fault.limit} characters. Copy the address alone.`
    case 'BAD_CHARACTER':
      return `Character ${fault.position + 1} of this address, "${fault.character}", is in no address. Correct it or copy the address again.`
    case 'WRONG_CHARACTER':
      return `Character ${fault.position + 1} of this address, "${fault.character}", seems to be wrong. Compare it with the original.`
    case 'MIXED_CASE':
      return 'This address mixes capital and small letters. Write it in small letters only.'
    case 'BAD_CHECKSUM':
      return 'This address has a mistake in it that its check digits show. Copy the whole address again.'
    case 'OTHER_NETWORK':
      return `This is an address of ${fault.found}, not of ${fault.wanted}. Ask for an address of ${fault.wanted}.`
    case 'UNKNOWN_NETWORK':
      return `This is no address of ${fault.wanted}. Ask for an address of ${fault.wanted}.`
    case 'BAD_WITNESS_PROGRAM':
      return 'This address has right check digits, but what it stands for cannot be paid to. Ask for another address.'
    default:
      return assertNever(fault)
  }
}
