import { toHex } from '../kernel/bytes.ts'
import type { Database } from '../kernel/database.ts'
import { StorageError } from './storage-error.ts'

/** The rows' numbers of torrents by info-hash; shared by the repositories that keep something for a torrent. */
export class TorrentKeys {
  private readonly db: Database
  private readonly known = new Map<string, number>()

  constructor(db: Database) {
    this.db = db
  }

  find(infoHash: Uint8Array): number | undefined {
    const name = toHex(infoHash)
    const known = this.known.get(name)
    if (known !== undefined) return known
    const row = this.db.prepare('SELECT id FROM torrent WHERE info_hash = ?').get(infoHash)
    if (!row) return undefined
    const id = Number(row.id)
    this.known.set(name, id)
    return id
  }

  /** @throws StorageError NOT_THERE */
  of(infoHash: Uint8Array): number {
    const id = this.find(infoHash)
    if (id !== undefined) return id
    const name = toHex(infoHash)
    throw new StorageError(
      { code: 'NOT_THERE', infoHash: name },
      `The torrent ${name} is not in the list. Add it again.`,
    )
  }

  forget(infoHash: Uint8Array): void {
    this.known.delete(toHex(infoHash))
  }

  /** A transaction of the database; after one that failed no number is believed any more. */
  transaction<T>(work: () => T): T {
    try {
      return this.db.transaction(work)
    } catch (error) {
      this.known.clear()
      throw error
    }
  }
}
