/** Brings a torrent into the engine of this process: taken up where an earlier run left it, or added. */
import type { Clients } from '#shared/contract/index.ts'
import type { TorrentRow } from '#shared/contract/torrents.ts'
import type { TorrentFile } from '../engine/torrents/torrent-file.ts'
import { verifyFiles } from '../engine/torrents/verify-files.ts'
import { toHex } from '../kernel/bytes.ts'
import { codeOf } from '../kernel/errors.ts'
import type { CommandHost } from './command.ts'
import { CommandError } from './command-error.ts'
import { readOnce } from './follow.ts'
import { type NodeOptions, peerAddresses } from './node-options.ts'

export interface TorrentWish {
  readonly torrent: TorrentFile
  readonly directory: string
  readonly paused: boolean
  /** `when-right`: files that are there and not of an earlier run are used only where nothing of them would change. */
  readonly useExisting: true | 'when-right'
  readonly node: NodeOptions
}

export interface AddedTorrent {
  readonly id: string
  /** Payload bytes received in earlier runs. */
  readonly downloadedBefore: number
}

/** @throws ClientError; CommandError FILES_EXIST, OTHER_FOLDER */
export async function addTorrent(host: CommandHost, clients: Clients, wish: TorrentWish): Promise<AddedTorrent> {
  const { torrent, directory, paused, node } = wish
  const id = toHex(torrent.metainfo.infoHash)
  const peers = await peerAddresses(host.resolver, node.peers)
  const add = (useExisting: boolean) =>
    clients.torrents.add({ source: { bytes: torrent.bytes.slice() }, directory, paused, useExisting, peers })
  try {
    await add(wish.useExisting === true)
  } catch (error) {
    if (codeOf(error) === 'ALREADY_PRESENT') {
      const downloadedBefore = await takeUp(clients, id, directory, paused)
      await clients.torrents.addPeers({ id, peers })
      return { id, downloadedBefore }
    } else if (codeOf(error) === 'FILES_EXIST' && wish.useExisting === 'when-right') {
      await refuseForeign(host, wish)
      await add(true)
    } else throw error
  }
  return { id, downloadedBefore: 0 }
}

/** It is in the profile's list from an earlier run. @returns bytes received until now */
export async function takeUp(clients: Clients, id: string, directory: string, paused: boolean): Promise<number> {
  const rows = await readOnce<TorrentRow>((listener) => clients.torrents.rows(undefined, listener))
  const row = rows.find((other) => other.id === id)
  if (row && row.directory !== directory) {
    const message = `This torrent is in the profile's list already, in the folder ${row.directory}; name that one with --dir, or another profile.`
    throw new CommandError({ code: 'OTHER_FOLDER', directory: row.directory }, message)
  }
  if (!paused) await clients.torrents.resume({ id })
  return row?.downloaded ?? 0
}

/** Files that nobody of ours made may stay as they are, or not be touched at all. @throws CommandError FILES_EXIST */
async function refuseForeign(host: CommandHost, { torrent, directory }: TorrentWish): Promise<void> {
  const { files } = await verifyFiles(host, torrent.metainfo, directory, {})
  const foreign = files.find(({ state }) => state === 'damaged' || state === 'wrong-size')
  if (!foreign) return
  const message = `${foreign.path} in ${directory} is there already and is not what the torrent holds. Choose another folder, or give --use-existing to write over what differs.`
  throw new CommandError({ code: 'FILES_EXIST', path: foreign.path }, message)
}
