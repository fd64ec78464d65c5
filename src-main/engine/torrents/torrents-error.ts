import { CodedError, type Fault } from '../../kernel/errors.ts'

export type TorrentsFault = Fault &
  (
    | { readonly code: 'NO_SUCH_TORRENT'; readonly id: string }
    | { readonly code: 'ALREADY_PRESENT'; readonly id: string; readonly name: string }
    | { readonly code: 'METADATA_MISSING'; readonly id: string; readonly name: string }
    | { readonly code: 'NO_SUCH_FILE'; readonly file: number; readonly files: number }
    | { readonly code: 'WRONG_METADATA'; readonly id: string }
    | { readonly code: 'UNUSABLE_METADATA'; readonly reason: string }
    | { readonly code: 'NO_SUCH_PUBLICATION'; readonly id: string }
    | { readonly code: 'NO_SUCH_SUBSCRIPTION'; readonly id: string }
    | { readonly code: 'LINK_USED_UP'; readonly id: string }
    | { readonly code: 'TOO_MANY_PUBLICATIONS'; readonly limit: number }
    | { readonly code: 'TOO_MANY_SUBSCRIPTIONS'; readonly limit: number }
    | { readonly code: 'PRIVATE_TORRENT'; readonly id: string; readonly name: string }
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
    case 'METADATA_MISSING':
      return `The description of “${fault.name}” has not arrived yet; wait until it has, or add its .torrent.`
    case 'NO_SUCH_FILE':
      return `There is no file number ${fault.file} among the ${fault.files} of this torrent; choose from 0 to ${fault.files - 1}.`
    case 'WRONG_METADATA':
      return `What arrived does not describe the torrent ${fault.id}; resume it to ask other peers.`
    case 'UNUSABLE_METADATA':
      return `The torrent behind this magnet link cannot be used. ${fault.reason}`
    case 'NO_SUCH_PUBLICATION':
      return `No link ${fault.id} of yours is in the list; choose one of those that are.`
    case 'NO_SUCH_SUBSCRIPTION':
      return `No followed link ${fault.id} is in the list; choose one of those that are.`
    case 'LINK_USED_UP':
      return `The link ${fault.id} cannot be changed any more, as its number is the highest there is; publish under a new one.`
    case 'TOO_MANY_PUBLICATIONS':
      return `There are ${fault.limit} links already; remove one that is no longer needed.`
    case 'TOO_MANY_SUBSCRIPTIONS':
      return `${fault.limit} links are followed already; stop following one first.`
    case 'PRIVATE_TORRENT':
      return `“${fault.name}” is private and must not be made known through the DHT; choose another torrent.`
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
