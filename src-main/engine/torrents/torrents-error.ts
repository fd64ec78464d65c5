import { CodedError, type Fault } from '../../kernel/errors.ts'

export type TorrentsFault = Fault &
  (
    | { readonly code: 'NO_SUCH_TORRENT'; readonly id: string }
    | { readonly code: 'ALREADY_PRESENT'; readonly id: string; readonly name: string }
    | { readonly code: 'NO_SUCH_CREATION'; readonly id: string }
    | { readonly code: 'CREATION_NOT_READY'; readonly id: string }
    | { readonly code: 'TOO_MANY_CREATIONS'; readonly limit: number }
    | { readonly code: 'NOT_ABSOLUTE'; readonly path: string }
    | { readonly code: 'BAD_ENDPOINT'; readonly text: string }
    | { readonly code: 'UNREADABLE_FILE'; readonly path: string; readonly cause: string }
    | { readonly code: 'UNWRITABLE_FILE'; readonly path: string; readonly cause: string }
    | { readonly code: 'TORRENT_FILE_TOO_LARGE'; readonly path: string }
    | { readonly code: 'NOT_A_TORRENT_NAME'; readonly path: string }
  )

/** A call about torrents that cannot be carried out as asked. */
export class TorrentsError extends CodedError<TorrentsFault> {
  constructor(fault: TorrentsFault, options?: ErrorOptions) {
    super(fault, sentenceOf(fault), options)
  }
}

function sentenceOf(fault: TorrentsFault): string {
  switch (fault.code) {
    case 'NO_SUCH_TORRENT':
      return `No torrent ${fault.id} is in the list; look for it with "torrents list".`
    case 'ALREADY_PRESENT':
      return `“${fault.name}” is already in the list; look for it there.`
    case 'NO_SUCH_CREATION':
      return 'This new torrent is no longer here; create it again.'
    case 'CREATION_NOT_READY':
      return 'This new torrent is not finished; wait until its files are hashed.'
    case 'TOO_MANY_CREATIONS':
      return `${fault.limit} torrents are being created already; finish or cancel one first.`
    case 'NOT_ABSOLUTE':
      return `"${fault.path}" is no absolute path; give the whole path.`
    case 'BAD_ENDPOINT':
      return `"${fault.text}" is no HOST:PORT; write it like 192.0.2.7:6881.`
    case 'UNREADABLE_FILE':
      return `"${fault.path}" cannot be read (${fault.cause}); check that it is there and that you may read it.`
    case 'UNWRITABLE_FILE':
      return `"${fault.path}" cannot be written (${fault.cause}); choose another place.`
    case 'NOT_A_TORRENT_NAME':
      return `"${fault.path}" does not end in .torrent; give the file such a name.`
    case 'TORRENT_FILE_TOO_LARGE':
      return `"${fault.path}" is over 10 MB, which no .torrent should be; check that it is the right file.`
  }
}
