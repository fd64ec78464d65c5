import type { Database } from '../kernel/database.ts'
import type { Endpoint } from '../kernel/network.ts'
import { countIn, textIn } from './checked-row.ts'
import type { TorrentKeys } from './torrent-keys.ts'

/** Good peers kept for each torrent, so that it finds its swarm again without a tracker. */
export const MAX_KEPT_PEERS = 100

export class PeerRepository {
  private readonly db: Database
  private readonly keys: TorrentKeys

  constructor(db: Database, keys: TorrentKeys) {
    this.db = db
    this.keys = keys
  }

  /** Replaces what was kept. Best first; those beyond `MAX_KEPT_PEERS` are left out. @param seenAt Unix milliseconds */
  save(infoHash: Uint8Array, peers: readonly Endpoint[], seenAt: number): void {
    const id = this.keys.of(infoHash)
    this.db.transaction(() => {
      this.db.prepare('DELETE FROM peer WHERE torrent_id = ?').run(id)
      const insert = this.db.prepare('INSERT OR IGNORE INTO peer (torrent_id, host, port, seen_at) VALUES (?, ?, ?, ?)')
      for (const peer of peers.slice(0, MAX_KEPT_PEERS)) insert.run(id, peer.host, peer.port, seenAt)
    })
  }

  /** Best first; empty for a torrent that is not there. */
  list(infoHash: Uint8Array): readonly Endpoint[] {
    const id = this.keys.find(infoHash)
    if (id === undefined) return []
    const rows = this.db
      .prepare('SELECT host, port FROM peer WHERE torrent_id = ? ORDER BY id LIMIT ?')
      .all(id, MAX_KEPT_PEERS)
    return rows.flatMap((row) => {
      try {
        const peer = { host: textIn(row, 'host'), port: countIn(row, 'port') }
        return peer.port >= 1 && peer.port <= 65_535 ? [peer] : []
      } catch {
        return []
      }
    })
  }
}
