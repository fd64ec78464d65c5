import { CodedError } from '../kernel/errors.ts'

export type CommandFault =
  /** The data is not all there: bytes that are, of those that should be. */
  | { readonly code: 'INCOMPLETE'; readonly done: number; readonly size: number }
  | { readonly code: 'INTERRUPTED' }
  | { readonly code: 'FILES_EXIST'; readonly path: string }
  | { readonly code: 'NOT_FOUND'; readonly path: string }
  | { readonly code: 'NOT_WRITABLE'; readonly path: string }
  | { readonly code: 'CANNOT_LISTEN'; readonly at: string }
  | { readonly code: 'NO_SUCH_TORRENT'; readonly id: string }
  | { readonly code: 'AMBIGUOUS_ID'; readonly id: string }
  | { readonly code: 'OTHER_FOLDER'; readonly directory: string }
  /** A torrent came to a stop: `code` is that of its trouble. */
  | { readonly code: TorrentTrouble }
  | { readonly code: 'NO_ANSWER' }
  | { readonly code: 'NO_SUCH_LINK' }
  | { readonly code: 'NO_SUCH_PEER'; readonly id: string }
  | { readonly code: 'BAD_KEY_FILE'; readonly path: string }
  | { readonly code: 'DEMO_FAILED' }
  /** The Shoal on the profile runs another chain than `--network` names. */
  | { readonly code: 'OTHER_NETWORK'; readonly network: string }
  /** Something would be lost, and nobody has said yes to it. */
  | { readonly code: 'NOT_CONFIRMED' }
  | { readonly code: 'REBUILD_FAILED' }
  | { readonly code: 'NOT_MINING' }
  /** Neither a file with the secret nor somebody to ask. */
  | { readonly code: 'NO_SECRET' }
  | { readonly code: 'BAD_SECRET_FILE'; readonly path: string }
  /** Two passwords that were to be the same. */
  | { readonly code: 'NOT_THE_SAME' }
  | { readonly code: 'WALLET_LOCKED' }
  | { readonly code: 'NO_AMOUNT' }
  | { readonly code: 'TOO_LARGE'; readonly path: string }

export type TorrentTrouble = 'DISK_FULL' | 'DATA_MISSING' | 'TORRENT_ERROR'

/** A command could not do what it was asked. */
export class CommandError extends CodedError<CommandFault> {}
