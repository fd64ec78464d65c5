import { assertNever, CodedError, type Fault } from '../kernel/errors.ts'

export type MagnetFault = Fault &
  (
    | { readonly code: 'NOT_A_MAGNET' }
    | { readonly code: 'TOO_LARGE'; readonly limit: number }
    | { readonly code: 'NO_HASH' }
    | { readonly code: 'V2_ONLY' }
    | { readonly code: 'BAD_HASH' }
    | { readonly code: 'SEVERAL_HASHES' }
    | { readonly code: 'BAD_PUBLIC_KEY' }
    | { readonly code: 'BAD_SALT'; readonly limit: number }
    | { readonly code: 'BAD_FILES'; readonly limit: number }
  )

/** The text is no magnet link that we can use. */
export class MagnetError extends CodedError<MagnetFault> {
  constructor(fault: MagnetFault) {
    super(fault, sentencesOf(fault))
  }
}

function sentencesOf(fault: MagnetFault): string {
  switch (fault.code) {
    case 'NOT_A_MAGNET':
      return 'This is not a magnet link. Copy the whole link, from "magnet:" on.'
    case 'TOO_LARGE':
      return `This magnet link has more than the ${fault.limit} bytes that are accepted. Remove some of its trackers.`
    case 'NO_HASH':
      return 'This magnet link names no torrent. Copy the whole link, with "xt=urn:btih:" in it.'
    case 'V2_ONLY':
      return 'This magnet link is for version 2 of BitTorrent only, which Shoal does not read yet. Look for a version 1 or hybrid link of the same content.'
    case 'BAD_HASH':
      return 'The info-hash in this magnet link is not one of 40 hexadecimal or 32 base32 characters. Copy the whole link again.'
    case 'SEVERAL_HASHES':
      return 'This magnet link names more than one torrent. Open one link for each torrent.'
    case 'BAD_PUBLIC_KEY':
      return 'The public key in this magnet link is not one of 64 hexadecimal characters. Copy the whole link again.'
    case 'BAD_SALT':
      return `The salt in this magnet link is not hexadecimal of at most ${fault.limit} bytes. Copy the whole link again.`
    case 'BAD_FILES':
      return `The choice of files in this magnet link ("so") is not a list of at most ${fault.limit} numbers and ranges. Remove that part to choose from all files.`
    default:
      return assertNever(fault)
  }
}
