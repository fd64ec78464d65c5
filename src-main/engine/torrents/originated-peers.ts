/** Peers that are handed on with where they were heard of: from a magnet to its torrent, and from one run to the next. */
import { toHex } from '../../kernel/bytes.ts'
import { codeOf } from '../../kernel/errors.ts'
import type { MagnetPeer } from '../../storage/magnet-peer-repository.ts'
import type { OriginatedPeer } from '../../torrent/metadata/metadata-swarm-options.ts'
import type { PeerOrigin } from '../../torrent/swarm/peer-list.ts'
import type { SessionParts } from './session-parts.ts'

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

/** The peers of one magnet in the database, which stops nothing when it cannot be written. */
export class RecordedPeers {
  private readonly parts: Pick<SessionParts, 'store' | 'log'>
  private readonly infoHash: Uint8Array

  constructor(parts: Pick<SessionParts, 'store' | 'log'>, infoHash: Uint8Array) {
    this.parts = parts
    this.infoHash = infoHash
  }

  /** Best first. */
  save(peers: readonly OriginatedPeer[]): void {
    try {
      this.parts.store.magnetPeers.save(this.infoHash, peers)
    } catch (error) {
      this.complain('peers of a magnet not recorded', error)
    }
  }

  list(): OriginatedPeer[] {
    try {
      return originatedPeers(this.parts.store.magnetPeers.list(this.infoHash))
    } catch (error) {
      this.complain('peers of a magnet not read', error)
      return []
    }
  }

  private complain(event: string, error: unknown): void {
    this.parts.log.write('error', event, { id: toHex(this.infoHash), code: codeOf(error) })
  }
}
