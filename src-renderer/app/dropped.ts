/** What a person has dropped on the window, sorted into what to do with it. */
import { MAX_TORRENT_FILE_BYTES } from '#shared/contract/torrents.ts'
import { findMagnets } from '../torrents/magnets.ts'
import { addMagnets, type DialogRequest } from './state.ts'

const isTorrent = (name: string): boolean => name.toLowerCase().endsWith('.torrent')

export type Dropped =
  | { readonly kind: 'requests'; readonly requests: readonly DialogRequest[] }
  | { readonly kind: 'problem'; readonly message: string }

/**
 * .torrent files are added, one after another; a folder or any other file is shared, one at a time.
 * @param pathOf the path of a file or folder, empty where it has none (then its bytes are taken)
 */
export async function sortDropped(files: readonly File[], pathOf: (file: File) => string): Promise<Dropped> {
  const torrents = files.filter((file) => isTorrent(file.name))
  if (torrents.length > 0) return addAll(torrents, pathOf)
  const [first, second] = files
  if (!first) return problem('Nothing in that can be used. Drop a .torrent, a file or a folder.')
  if (second) return problem('A torrent is made of one file or one folder. Put these into a folder and drop that.')
  const path = pathOf(first)
  if (path === '') return problem(`${first.name} has no place on this disk. Save it first, then drop it.`)
  return { kind: 'requests', requests: [{ kind: 'create', path }] }
}

async function addAll(files: readonly File[], pathOf: (file: File) => string): Promise<Dropped> {
  const requests: DialogRequest[] = []
  for (const file of files) {
    const path = pathOf(file)
    if (path !== '') requests.push({ kind: 'add', source: { path }, origin: file.name })
    else if (file.size > MAX_TORRENT_FILE_BYTES)
      return problem(`${file.name} is larger than 10 MB, which no .torrent is. Choose another file.`)
    else {
      const bytes = new Uint8Array(await file.arrayBuffer())
      requests.push({ kind: 'add', source: { bytes }, origin: file.name })
    }
  }
  return { kind: 'requests', requests }
}

/** The magnet links within dropped text, or within the address of a dropped link. */
export function sortDroppedText(text: string): Dropped {
  const links = findMagnets(text)
  if (links.length === 0)
    return problem('There is no magnet link in that. Drop a magnet link, a .torrent, a file or a folder.')
  return { kind: 'requests', requests: addMagnets(links) }
}

function problem(message: string): Dropped {
  return { kind: 'problem', message }
}
