/** Brings a magnet link into the engine of this process; the engine fetches the metadata. */
import type { Clients } from '#shared/contract/index.ts'
import type { SubscriptionRow } from '#shared/contract/torrents.ts'
import type { Magnet } from '../codec/magnet.ts'
import { toHex } from '../kernel/bytes.ts'
import { codeOf } from '../kernel/errors.ts'
import type { Resolver } from '../kernel/network.ts'
import { type AddedTorrent, takeUp } from './add-torrent.ts'
import { CommandError } from './command-error.ts'
import { follow } from './follow.ts'
import { type NodeOptions, peerAddresses } from './node-options.ts'

export interface MagnetWish {
  readonly magnet: Magnet
  readonly link: string
  readonly directory: string
  readonly useExisting: boolean
  readonly node: NodeOptions
}

/**
 * A link whose torrent changes (BEP 46) is looked up first. @param signal ends the waiting for that
 * @param looking told what the search for such a link has come to
 * @throws ClientError; CommandError OTHER_FOLDER; the signal's reason
 */
export async function addMagnet(
  resolver: Resolver,
  clients: Clients,
  { magnet, link, directory, useExisting, node }: MagnetWish,
  signal: AbortSignal,
  looking: (link: SubscriptionRow) => void,
): Promise<AddedTorrent> {
  const peers = await peerAddresses(resolver, node.peers)
  try {
    const { id, subscription } = await clients.torrents.add({ source: { magnet: link }, directory, useExisting, peers })
    const added = id ?? (await torrentUnder(clients, subscription as string, signal, looking))
    if (id === undefined) await clients.torrents.addPeers({ id: added, peers })
    return { id: added, downloadedBefore: 0 }
  } catch (error) {
    if (codeOf(error) !== 'ALREADY_PRESENT' || !magnet.infoHash) throw error
    const id = toHex(magnet.infoHash)
    const downloadedBefore = await takeUp(clients, id, directory, false)
    await clients.torrents.addPeers({ id, peers })
    return { id, downloadedBefore }
  }
}

/** The torrent that the link stands for now, once somebody has said so. */
function torrentUnder(
  clients: Clients,
  subscription: string,
  signal: AbortSignal,
  looking: (link: SubscriptionRow) => void,
): Promise<string> {
  return follow<SubscriptionRow, string>(
    (listener) => clients.torrents.subscriptions(undefined, listener),
    (rows) => {
      const row = rows.find(({ id }) => id === subscription)
      if (!row) throw new CommandError({ code: 'NO_SUCH_LINK' }, 'The link is no longer followed; add it again.')
      if (row.torrent === undefined) looking(row)
      return row.torrent
    },
    signal,
  )
}
