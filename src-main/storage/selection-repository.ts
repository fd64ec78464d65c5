import type { Database } from '../kernel/database.ts'
import type { TorrentKeys } from './torrent-keys.ts'

/** Which files of a torrent are wanted, where not all are. */
export class SelectionRepository {
  private readonly db: Database
  private readonly keys: TorrentKeys

  constructor(db: Database, keys: TorrentKeys) {
    this.db = db
    this.keys = keys
  }

  /**
   * @param wanted a bit for each file, the first one the highest of the first byte; undefined: all are wanted
   * @throws StorageError NOT_THERE
   */
  set(infoHash: Uint8Array, wanted: Uint8Array | undefined): void {
    const id = this.keys.of(infoHash)
    if (wanted === undefined) this.db.prepare('DELETE FROM torrent_selection WHERE torrent_id = ?').run(id)
    else this.db.prepare('INSERT OR REPLACE INTO torrent_selection (torrent_id, wanted) VALUES (?, ?)').run(id, wanted)
  }

  /** Undefined where all are wanted. Its length is the caller's to check. */
  get(infoHash: Uint8Array): Uint8Array | undefined {
    const id = this.keys.find(infoHash)
    if (id === undefined) return undefined
    const wanted = this.db.prepare('SELECT wanted FROM torrent_selection WHERE torrent_id = ?').get(id)?.wanted
    return wanted instanceof Uint8Array ? wanted : undefined
  }
}
