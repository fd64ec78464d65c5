import type { Database } from '../kernel/database.ts'
import type { Endpoint } from '../kernel/network.ts'
import { MAX_KEPT_PEERS } from './peer-repository.ts'

/** A peer of a magnet, and where it was heard of: a private torrent may not use all of them. */
export interface MagnetPeer {
  readonly endpoint: Endpoint
  /** A name that the reader checks. */
  readonly origin: string
}

/** Peers of magnets, so that they are not looked for anew after each start. They go with the magnet. */
export class MagnetPeerRepository {
  private readonly db: Database

  constructor(db: Database) {
    this.db = db
  }

  /** Replaces what was kept. Best first; those beyond `MAX_KEPT_PEERS` are left out. Nothing where the magnet is not there. */
  save(infoHash: Uint8Array, peers: readonly MagnetPeer[]): void {
    const kept = peers.slice(0, MAX_KEPT_PEERS).map(({ endpoint: { host, port }, origin }) => [host, port, origin])
    this.db.prepare('UPDATE magnet SET peers = ? WHERE info_hash = ?').run(JSON.stringify(kept), infoHash)
  }

  /** Best first. What cannot be read is left out. */
  list(infoHash: Uint8Array): readonly MagnetPeer[] {
    const text = this.db.prepare('SELECT peers FROM magnet WHERE info_hash = ?').get(infoHash)?.peers
    return rowsOf(text).slice(0, MAX_KEPT_PEERS).flatMap(peerOf)
  }
}

function rowsOf(text: unknown): readonly unknown[] {
  if (typeof text !== 'string') return []
  try {
    const rows: unknown = JSON.parse(text)
    return Array.isArray(rows) ? rows : []
  } catch {
    return []
  }
}

function peerOf(row: unknown): readonly MagnetPeer[] {
  if (!Array.isArray(row)) return []
  const [host, port, origin]: unknown[] = row
  if (typeof host !== 'string' || typeof origin !== 'string') return []
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65_535) return []
  return [{ endpoint: { host, port }, origin }]
}
