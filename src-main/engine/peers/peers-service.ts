/** The service `peers`: connected peers of all torrents, the contacts of our DHT nodes and of our hosts on the ring, and bans. */
import type { ChainPeerRow, PeerRow, peers as peersContract } from '#shared/contract/peers.ts'
import type { HandlersOf } from '#shared/contract/service.ts'
import type { ChordNodePort } from '../../chord/overlay.ts'
import type { KademliaNodePort } from '../../kademlia/dht.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Peer } from '../../torrent/swarm/peer.ts'
import type { Heartbeat } from '../heartbeat.ts'
import { contactRows } from '../overlays/projections.ts'
import { ringContactRows } from '../overlays/ring-projections.ts'
import { peerEntry } from '../torrents/rows.ts'
import type { Bans } from './bans.ts'
import { PeersError } from './peers-error.ts'

/** A torrent's connections, as this service sees them. */
export interface PeerGroup {
  /** The info-hash, 40 hex digits, and the name. */
  readonly torrent: string
  readonly torrentName: string
  readonly peers: readonly Peer[]
  /** The one in the optimistic slot. */
  readonly optimistic: Peer | undefined
  /** Closes a peer's connection; it may come back. */
  disconnect(serial: number): void
}

export interface PeersServiceParts {
  readonly clock: Clock
  readonly bans: Bans
  readonly heartbeat: Heartbeat
  /** Every torrent with connections, now. */
  readonly groups: () => readonly PeerGroup[]
  readonly nodes: () => readonly KademliaNodePort[]
  readonly ringHosts: () => readonly ChordNodePort[]
  /** Peers of the chain. */
  readonly chain: {
    rows(): ChainPeerRow[]
    disconnect(id: string): void
  }
}

export function peersService(parts: PeersServiceParts): HandlersOf<typeof peersContract> {
  const { clock, bans, heartbeat, groups } = parts
  return {
    disconnect: async ({ id }) => {
      if (parts.chain.rows().some((row) => row.id === id)) {
        parts.chain.disconnect(id)
        return undefined
      }
      const [torrent, serial] = id.split('/', 2)
      const group = groups().find((each) => each.torrent === torrent)
      const peer = group?.peers.find((each) => String(each.serial) === serial)
      if (!group || !peer) throw new PeersError({ code: 'NO_SUCH_PEER', id })
      group.disconnect(peer.serial)
      return undefined
    },
    ban: async ({ host }) => {
      bans.add(host)
      for (const group of groups())
        for (const { host: at, serial } of group.peers) if (bans.has(at)) group.disconnect(serial)
      for (const { id } of parts.chain.rows()) if (bans.has(hostOf(id))) parts.chain.disconnect(id)
      return undefined
    },
    unban: async ({ host }) => {
      bans.remove(host)
      return undefined
    },
    connected: {
      read: () => groups().flatMap((group) => group.peers.map((peer) => peerRow(group, peer, clock.now()))),
      watch: (_args, changed) => heartbeat.add(changed),
    },
    contacts: {
      read: () => [
        ...parts.nodes().flatMap((node) => contactRows(node, clock)),
        ...parts.ringHosts().flatMap(({ facts }) => ringContactRows(facts, clock)),
      ],
      watch: (_args, changed) => heartbeat.add(changed),
    },
    chain: {
      read: () => parts.chain.rows(),
      watch: (_args, changed) => heartbeat.add(changed),
    },
    bans: {
      read: () => bans.list().map(({ host, bannedAt }) => ({ id: host, bannedAt })),
      watch: (_args, changed) => bans.watchers.add(changed),
    },
  }
}

function peerRow({ torrent, torrentName, optimistic }: PeerGroup, peer: Peer, now: number): PeerRow {
  return {
    ...peerEntry(peer, optimistic === peer, now),
    id: `${torrent}/${peer.serial}`,
    ...{ torrent, torrentName },
  }
}

/** Of `host:port`, an IPv6 host without its brackets. */
function hostOf(id: string): string {
  return id.slice(0, id.lastIndexOf(':')).replace(/^\[|\]$/g, '')
}
