/** Peers that are handed on with where they were heard of: from a magnet to its torrent, and from one run to the next. */
import type { MagnetPeer } from '../../storage/magnet-peer-repository.ts'
import type { OriginatedPeer } from '../../torrent/metadata/metadata-swarm-options.ts'
import type { PeerOrigin } from '../../torrent/swarm/peer-list.ts'

/** By name, so that the compiler sees that none is missing. */
const ORIGINS: Readonly<Record<PeerOrigin, PeerOrigin>> = {
  tracker: 'tracker',
  kademlia: 'kademlia',
  chord: 'chord',
  local: 'local',
  pex: 'pex',
  incoming: 'incoming',
  given: 'given',
}

/** What was recorded; peers of an origin that is not known are left out. */
export function originatedPeers(recorded: readonly MagnetPeer[]): OriginatedPeer[] {
  return recorded.flatMap(({ endpoint, origin }) => {
    const known = Object.values(ORIGINS).find((name) => name === origin)
    return known ? [{ endpoint, origin: known }] : []
  })
}

export function addByOrigin(
  swarm: { addPeers(endpoints: readonly OriginatedPeer['endpoint'][], origin: PeerOrigin): void },
  peers: readonly OriginatedPeer[],
): void {
  for (const origin of new Set(peers.map((peer) => peer.origin)))
    swarm.addPeers(
      peers.filter((peer) => peer.origin === origin).map(({ endpoint }) => endpoint),
      origin,
    )
}
