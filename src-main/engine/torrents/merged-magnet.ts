/** What two links to the same torrent know together. */
import { MAX_MAGNET_PEERS, MAX_MAGNET_TRACKERS, MAX_MAGNET_WEB_SEEDS, type Magnet } from '../../codec/magnet.ts'
import { type Endpoint, formatEndpoint } from '../../kernel/network.ts'

/** The first one's name and choice of files count where it has them; its trackers, web seeds and peers come first. */
export function mergedMagnet(known: Magnet, other: Magnet): Magnet {
  return {
    infoHash: known.infoHash,
    mutable: known.mutable ?? other.mutable,
    name: known.name || other.name,
    trackers: merged(known.trackers, other.trackers, MAX_MAGNET_TRACKERS),
    webSeeds: merged(known.webSeeds, other.webSeeds, MAX_MAGNET_WEB_SEEDS),
    peers: mergedPeers(known.peers, other.peers),
    files: known.files ?? other.files,
  }
}

function merged(first: readonly string[], second: readonly string[], limit: number): string[] {
  return [...new Set([...first, ...second])].slice(0, limit)
}

function mergedPeers(first: readonly Endpoint[], second: readonly Endpoint[]): Endpoint[] {
  const byAddress = new Map([...first, ...second].map((peer) => [formatEndpoint(peer), peer]))
  return [...byAddress.values()].slice(0, MAX_MAGNET_PEERS)
}
