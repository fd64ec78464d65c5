/**
 * Peers of one torrent that are known before any source has been asked: those that a person named, which are tried anew with
 * each start of the swarm, and those that were found while it was a magnet, which are tried once.
 *
 * Limits: `MAX_GIVEN_PEERS` that a person named; the last ones are kept.
 */
import type { Endpoint } from '../../kernel/network.ts'
import type { OriginatedPeer } from '../../torrent/metadata/metadata-swarm-options.ts'
import type { Metainfo } from '../../torrent/metainfo/metainfo.ts'
import type { Swarm } from '../../torrent/swarm/swarm.ts'
import { withAddresses } from './named-peers.ts'
import { addByOrigin } from './originated-peers.ts'
import type { SessionParts, SessionStart } from './session-parts.ts'

const MAX_GIVEN_PEERS = 100

export class KnownPeers {
  readonly #parts: Pick<SessionParts, 'resolver' | 'dhtNodes'>
  readonly #current: () => Swarm | undefined
  #given: readonly Endpoint[]
  #carried: readonly OriginatedPeer[]

  /** @param current the swarm that runs, if one does: who is looked up for one before it is told to nobody */
  constructor(
    parts: Pick<SessionParts, 'resolver' | 'dhtNodes'>,
    { given, carried = [] }: Pick<SessionStart, 'given' | 'carried'>,
    current: () => Swarm | undefined,
  ) {
    this.#parts = parts
    this.#current = current
    this.#given = given
    this.#carried = carried
  }

  /** Further ones that a person named: tried now, if a swarm runs. */
  add(peers: readonly Endpoint[]): void {
    this.#given = [...this.#given, ...peers].slice(-MAX_GIVEN_PEERS)
    this.#try(peers)
  }

  /** All of them, for the swarm that has just been started. */
  tell(swarm: Swarm): void {
    this.#try(this.#given)
    addByOrigin(swarm, this.#carried)
    this.#carried = []
  }

  /** The DHT nodes that a .torrent names (BEP 5). Nobody outside may hear of a private torrent (BEP 27). */
  suggestNodes({ nodes, private: isPrivate }: Metainfo, isOver: () => boolean): void {
    const { dhtNodes, resolver } = this.#parts
    if (!dhtNodes || isPrivate || nodes.length === 0) return
    withAddresses(resolver, nodes, isOver, (endpoints) => endpoints.length > 0 && dhtNodes(endpoints))
  }

  #try(peers: readonly Endpoint[]): void {
    const swarm = this.#current()
    const isOver = () => swarm === undefined || swarm !== this.#current()
    withAddresses(this.#parts.resolver, peers, isOver, (endpoints) => swarm?.addPeers(endpoints, 'given'))
  }
}
