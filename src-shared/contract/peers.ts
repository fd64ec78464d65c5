import { z } from 'zod'
import { nothing, rows, service } from './service.ts'
import { infoHash, peerEntry } from './torrents.ts'

/** A connected BitTorrent peer; `id` names it among all torrents. */
export const peerRow = peerEntry.extend({ id: z.string().max(100), torrent: infoHash, torrentName: z.string() })
export type PeerRow = z.infer<typeof peerRow>

/** A node in a routing table of ours, or a member of the ring that we know. */
export const contactRow = z.object({
  /** Unique among all tables. */
  id: z.string().max(100),
  overlay: z.enum(['kademlia', 'chord']),
  /** 40 hex digits. */
  nodeId: z.string(),
  address: z.string(),
  /** `good`: answered within 15 minutes. `questionable`: longer ago. `failing`: the last query was not answered. `spare`: waits for a place. */
  state: z.enum(['good', 'questionable', 'failing', 'spare']),
  /** Milliseconds, smoothed. */
  rtt: z.number().optional(),
  /** Unix milliseconds of its last answer. */
  lastSeen: z.number().optional(),
  /** Leading bits that it shares with our id. */
  sharedBits: z.int(),
  /** Its id fits its address (BEP 42); on the ring it always does. */
  secure: z.boolean(),
})
export type ContactRow = z.infer<typeof contactRow>

/** An address that a person has banned from all torrents, until it is taken back. */
export const banRow = z.object({ id: z.string().max(64), bannedAt: z.number() })
export type BanRow = z.infer<typeof banRow>

const host = z.object({ host: z.string().min(1).max(64) })

/** A peer of the chain. */
export const chainPeerRow = z.object({
  /** `host:port`, unique. */
  id: z.string().max(100),
  direction: z.enum(['outgoing', 'incoming', 'manual', 'feeler']),
  state: z.enum(['connecting', 'handshake', 'connected']),
  /** What it calls itself: from outside, text only. */
  userAgent: z.string().max(256),
  /** Such as `NETWORK`, `WITNESS`, `NETWORK_LIMITED`, `COMPACT_FILTERS`. */
  services: z.array(z.string().max(32)).max(16),
  /** Newest block that it is known to have. */
  height: z.int().optional(),
  /** Milliseconds. */
  ping: z.number().optional(),
  bytesReceived: z.number(),
  bytesSent: z.number(),
  /** Unix milliseconds. */
  connectedAt: z.number().optional(),
  /** Where its address came from. */
  source: z.enum(['manual', 'kademlia', 'local', 'chord', 'gossip', 'incoming']),
  /** What we are doing with it, in words. */
  activity: z.string().max(200),
})
export type ChainPeerRow = z.infer<typeof chainPeerRow>

export const peers = service({
  name: 'peers',
  calls: {
    /** Closes the connection; the peer may come back. `NO_SUCH_PEER` where it is gone. */
    disconnect: { args: z.object({ id: z.string().max(100) }), result: nothing },
    /** Bans an IP address from all torrents, now and after a restart, and closes its connections. */
    ban: { args: host, result: nothing },
    unban: { args: host, result: nothing },
  },
  feeds: {
    connected: rows(peerRow),
    contacts: rows(contactRow),
    bans: rows(banRow),
    chain: rows(chainPeerRow),
  },
})
