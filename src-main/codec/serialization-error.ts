import { assertNever, CodedError, type Fault } from '../kernel/errors.ts'

/** `what` names the thing that was being read, as a plural noun ("inputs", "bytes of a script"). */
export type SerializationFault = Fault &
  (
    | { readonly code: 'TOO_SHORT'; readonly wanted: number; readonly left: number }
    | { readonly code: 'SIZE_NOT_MINIMAL'; readonly size: number }
    | { readonly code: 'TOO_MANY'; readonly what: string; readonly count: number; readonly limit: number }
    | { readonly code: 'TRAILING_BYTES'; readonly count: number }
    | { readonly code: 'UNKNOWN_FLAGS'; readonly flags: number }
    | { readonly code: 'SUPERFLUOUS_WITNESS' }
  )

/** Bytes are not what Bitcoin's serialisation allows. Says nothing about consensus: only that no object can be read from them. */
export class SerializationError extends CodedError<SerializationFault> {
  constructor(fault: SerializationFault) {
    super(fault, sentencesOf(fault))
  }
}

function sentencesOf(fault: SerializationFault): string {
  switch (fault.code) {
    case 'TOO_SHORT':
      return `The data ends early: ${fault.wanted} bytes are wanted and ${fault.left} are left. Check that it was copied whole.`
    case 'SIZE_NOT_MINIMAL':
      return `The count ${fault.size} is written in more bytes than it needs. Write it in its shortest form.`
    case 'TOO_MANY':
      return `The data announces ${fault.count} ${fault.what}, and at most ${fault.limit} are possible here. Check that it was copied whole.`
    case 'TRAILING_BYTES':
      return `The data has ${fault.count} bytes after its end. Remove what does not belong to it.`
    case 'UNKNOWN_FLAGS':
      return `The transaction has the unknown flags ${fault.flags}. It may be for a newer version of Shoal.`
    case 'SUPERFLUOUS_WITNESS':
      return 'The transaction has a witness part in which every witness is empty. Write it without that part.'
    default:
      return assertNever(fault)
  }
}
