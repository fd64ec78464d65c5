import { CodedError, type Fault } from '../../kernel/errors.ts'

export type CreationFault = Fault &
  (
    | { readonly code: 'NOT_FOUND'; readonly path: string }
    | { readonly code: 'NOT_A_FILE_OR_FOLDER'; readonly path: string }
    | { readonly code: 'NO_NAME'; readonly path: string }
    | { readonly code: 'NO_FILES'; readonly path: string }
    | { readonly code: 'NO_DATA'; readonly path: string }
    /** `cause` is the system's code. */
    | { readonly code: 'UNREADABLE'; readonly path: string; readonly cause: string }
    | { readonly code: 'UNSAFE_NAME'; readonly path: string; readonly suggestion: string }
    | { readonly code: 'TOO_DEEP'; readonly path: string; readonly limit: number }
    | { readonly code: 'TOO_MANY_FILES'; readonly path: string; readonly limit: number }
    | { readonly code: 'CHANGED'; readonly path: string }
    | { readonly code: 'BAD_PIECE_LENGTH'; readonly pieceLength: number }
    | { readonly code: 'BAD_URL'; readonly url: string }
    | { readonly code: 'TORRENT_TOO_LARGE'; readonly size: number; readonly limit: number }
    | { readonly code: 'CANCELLED' }
  )

/** A .torrent cannot be made from this file or folder. */
export class CreationError extends CodedError<CreationFault> {
  constructor(fault: CreationFault, options?: ErrorOptions) {
    super(fault, sentenceOf(fault), options)
  }
}

function sentenceOf(fault: CreationFault): string {
  switch (fault.code) {
    case 'NOT_FOUND':
      return `There is nothing at "${fault.path}". Choose another file or folder.`
    case 'NOT_A_FILE_OR_FOLDER':
      return `"${fault.path}" is neither a file nor a folder. Choose another one.`
    case 'NO_NAME':
      return `"${fault.path}" has no name that a torrent could have. Choose a folder within it.`
    case 'NO_FILES':
      return `There are no files in "${fault.path}". Put some in or choose another folder.`
    case 'NO_DATA':
      return `The files in "${fault.path}" are all empty, so there is nothing to share. Choose another file or folder.`
    case 'UNREADABLE':
      return `"${fault.path}" cannot be read (${fault.cause}). Allow reading it, or move it out of the folder.`
    case 'UNSAFE_NAME':
      return `"${fault.path}" has a name that other systems cannot hold. Rename it, for example to "${fault.suggestion}".`
    case 'TOO_DEEP':
      return `"${fault.path}" lies more than ${fault.limit} folders deep. Move it up or share a folder within.`
    case 'TOO_MANY_FILES':
      return `"${fault.path}" holds more than ${fault.limit} files. Pack them into an archive or share a folder within.`
    case 'CHANGED':
      return `"${fault.path}" changed while it was being read. Wait until nothing writes to it and try again.`
    case 'BAD_PIECE_LENGTH':
      return `A piece length of ${fault.pieceLength} bytes is not possible. Choose a power of two from 16 KiB to 16 MiB.`
    case 'BAD_URL':
      return `"${fault.url}" is not an address that can be used here. Trackers begin with http, https or udp, web seeds with http or https.`
    case 'TORRENT_TOO_LARGE':
      return `The .torrent file would have ${fault.size} bytes, more than the ${fault.limit} that are accepted. Choose larger pieces or fewer files.`
    case 'CANCELLED':
      return 'Making the .torrent was cancelled. Start again when you like.'
  }
}
