import { CodedError, type Fault } from '../kernel/errors.ts'

/** What is wrong with bencoded bytes; `offset` is where, in bytes from the start of what was given. */
export type BencodeSyntaxFault =
  | { readonly code: 'TRUNCATED'; readonly offset: number }
  | { readonly code: 'BAD_TOKEN'; readonly offset: number }
  | { readonly code: 'BAD_INTEGER'; readonly offset: number }
  | { readonly code: 'BAD_LENGTH'; readonly offset: number }
  | { readonly code: 'KEY_NOT_BYTES'; readonly offset: number }
  | { readonly code: 'DUPLICATE_KEY'; readonly offset: number }
  | { readonly code: 'TRAILING_BYTES'; readonly offset: number }
  | { readonly code: 'TOO_DEEP'; readonly offset: number; readonly limit: number }
  | { readonly code: 'TOO_MANY_ITEMS'; readonly offset: number; readonly limit: number }
  | { readonly code: 'TOO_LARGE'; readonly offset: number; readonly limit: number }

/** What is wrong with a well-formed value; `key` names the dictionary entry, empty for the value itself. */
export type BencodeShapeFault =
  | { readonly code: 'MISSING'; readonly key: string }
  | { readonly code: 'WRONG_TYPE'; readonly key: string; readonly expected: string }
  | { readonly code: 'OUT_OF_RANGE'; readonly key: string; readonly expected: string }

export type BencodeFault = Fault & (BencodeSyntaxFault | BencodeShapeFault)

/** Bytes from outside that are not the bencoding they should be. Never thrown for a mistake of ours. */
export class BencodeError extends CodedError<BencodeFault> {
  constructor(fault: BencodeFault) {
    super(fault, sentenceOf(fault))
  }
}

function sentenceOf(fault: BencodeFault): string {
  switch (fault.code) {
    case 'TRUNCATED':
      return `The bencoded data ends in the middle of a value at byte ${fault.offset}; get a complete copy of it.`
    case 'BAD_TOKEN':
      return `Byte ${fault.offset} starts no bencoded value; check that this is bencoded data at all.`
    case 'BAD_INTEGER':
      return `The bencoded integer at byte ${fault.offset} is not in the one allowed form; ask its maker for a correct one.`
    case 'BAD_LENGTH':
      return `The string length at byte ${fault.offset} is not in the one allowed form; ask its maker for a correct one.`
    case 'KEY_NOT_BYTES':
      return `The dictionary key at byte ${fault.offset} is not a byte string; ask its maker for a correct one.`
    case 'DUPLICATE_KEY':
      return `The dictionary key at byte ${fault.offset} stands there twice; ask its maker for a correct one.`
    case 'TRAILING_BYTES':
      return `Something follows the bencoded value from byte ${fault.offset} on; remove it and try again.`
    case 'TOO_DEEP':
      return `The bencoded data is nested more than ${fault.limit} deep at byte ${fault.offset}; it is not accepted.`
    case 'TOO_MANY_ITEMS':
      return `The bencoded data holds more than ${fault.limit} items; it is not accepted.`
    case 'TOO_LARGE':
      return `The bencoded data is larger than ${fault.limit} bytes; it is not accepted.`
    case 'MISSING':
      return `The bencoded entry "${fault.key}" is missing; ask its maker for a complete one.`
    case 'WRONG_TYPE':
    case 'OUT_OF_RANGE':
      return `The bencoded ${fault.key === '' ? 'value' : `entry "${fault.key}"`} is not ${fault.expected}; ask its maker for a correct one.`
  }
}
