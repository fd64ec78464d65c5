import { CodedError, type Fault } from '../../kernel/errors.ts'

export type MetainfoFault = Fault &
  (
    | { readonly code: 'TOO_LARGE'; readonly size: number; readonly limit: number }
    /** `reason` is the code of the BencodeError. */
    | { readonly code: 'NOT_BENCODED'; readonly reason: string; readonly offset: number }
    | { readonly code: 'NOT_A_TORRENT' }
    | { readonly code: 'NO_INFO' }
    | { readonly code: 'V2_ONLY' }
    | { readonly code: 'BAD_NAME' }
    | { readonly code: 'BAD_PIECE_LENGTH'; readonly limit: number }
    | { readonly code: 'NO_PIECES' }
    | { readonly code: 'BAD_PIECES'; readonly length: number }
    | { readonly code: 'TOO_MANY_PIECES'; readonly count: number; readonly limit: number }
    | { readonly code: 'WRONG_PIECE_COUNT'; readonly count: number; readonly expected: number }
    | { readonly code: 'NO_FILES' }
    | { readonly code: 'BAD_FILE_LIST' }
    | { readonly code: 'TOO_MANY_FILES'; readonly limit: number }
    /** `file` counts from 1, as in the message. */
    | { readonly code: 'BAD_FILE'; readonly file: number }
    | { readonly code: 'BAD_LENGTH'; readonly file: number }
    | { readonly code: 'BAD_PATH'; readonly file: number }
    | { readonly code: 'PATH_TOO_DEEP'; readonly file: number; readonly limit: number }
    | { readonly code: 'TOO_LONG' }
    | { readonly code: 'NO_DATA' }
  )

/** The bytes are no .torrent that we can use. Never thrown for trouble with the disk. */
export class MetainfoError extends CodedError<MetainfoFault> {
  constructor(fault: MetainfoFault, options?: ErrorOptions) {
    super(fault, `${whatIsWrong(fault)} ${nextStep(fault)}`, options)
  }
}

function whatIsWrong(fault: MetainfoFault): string {
  switch (fault.code) {
    case 'TOO_LARGE':
      return `This .torrent file has ${fault.size} bytes, more than the ${fault.limit} that are accepted.`
    case 'NOT_BENCODED':
      return `This is not a .torrent file, or it is damaged at byte ${fault.offset}.`
    case 'NOT_A_TORRENT':
      return 'This file does not hold what a .torrent file holds.'
    case 'NO_INFO':
      return 'This .torrent file lacks the part that describes the files ("info").'
    case 'V2_ONLY':
      return 'This .torrent file is of version 2 only, which Shoal does not read yet.'
    case 'BAD_NAME':
      return 'This .torrent file gives no name to its content.'
    case 'BAD_PIECE_LENGTH':
      return `This .torrent file has a piece length that is not from 1 to ${fault.limit} bytes.`
    case 'NO_PIECES':
      return 'This .torrent file lacks the hashes of its pieces.'
    case 'BAD_PIECES':
      return `The piece hashes of this .torrent file have ${fault.length} bytes, which is no multiple of 20.`
    case 'TOO_MANY_PIECES':
      return `This .torrent file has ${fault.count} pieces, more than the ${fault.limit} that are accepted.`
    case 'WRONG_PIECE_COUNT':
      return `This .torrent file has the hashes of ${fault.count} pieces, but its files make ${fault.expected}.`
    case 'NO_FILES':
      return 'This .torrent file names no files.'
    case 'BAD_FILE_LIST':
      return 'The list of files in this .torrent file is not a list.'
    case 'TOO_MANY_FILES':
      return `This .torrent file names more than the ${fault.limit} files that are accepted.`
    case 'BAD_FILE':
      return `File ${fault.file} of this .torrent file is not described as a file.`
    case 'BAD_LENGTH':
      return `File ${fault.file} of this .torrent file has no usable length.`
    case 'BAD_PATH':
      return `File ${fault.file} of this .torrent file has no usable path.`
    case 'PATH_TOO_DEEP':
      return `File ${fault.file} of this .torrent file lies more than ${fault.limit} folders deep.`
    case 'TOO_LONG':
      return 'The files of this .torrent file are larger together than any disk.'
    case 'NO_DATA':
      return 'The files of this .torrent file are all empty, so there is nothing to transfer.'
  }
}

function nextStep(fault: MetainfoFault): string {
  switch (fault.code) {
    case 'TOO_LARGE':
    case 'TOO_MANY_PIECES':
    case 'TOO_MANY_FILES':
      return 'Ask its maker for one with larger pieces or fewer files.'
    case 'V2_ONLY':
      return 'Look for a version 1 or hybrid .torrent of the same content.'
    case 'NOT_BENCODED':
    case 'NOT_A_TORRENT':
      return 'Download it again, or choose another file.'
    default:
      return 'Get another .torrent of the same content.'
  }
}
