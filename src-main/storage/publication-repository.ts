import type { Database, SqlRow } from '../kernel/database.ts'
import { bigCountIn, bytesIn, countIn, optionalAmountIn, textIn } from './checked-row.ts'

/** A link of ours whose torrent can be changed (BEP 46). */
export interface PublicationRecord {
  /** 32 bytes, ed25519. */
  readonly publicKey: Uint8Array
  /** 0 to 64 bytes. */
  readonly salt: Uint8Array
  /** 32 bytes: the private key. */
  readonly seed: Uint8Array
  readonly name: string
  /** 20 bytes: the torrent that it points to, and that torrent's name. */
  readonly infoHash: Uint8Array
  readonly torrentName: string
  readonly seq: bigint
  /** Nodes that took it at `publishedAt` (Unix milliseconds); undefined before the first time. */
  readonly stored: number
  readonly publishedAt: number | undefined
}

export type PublicationKey = Pick<PublicationRecord, 'publicKey' | 'salt'>

export class PublicationRepository {
  private readonly db: Database

  constructor(db: Database) {
    this.db = db
  }

  /** Adds it, or replaces what was kept of it; key and place in the list stay. */
  put(publication: PublicationRecord): void {
    const { publicKey, salt, seed, name, infoHash, torrentName, seq, stored, publishedAt } = publication
    this.db
      .prepare(
        `INSERT INTO publication
         (public_key, salt, seed, name, info_hash, torrent_name, seq, stored, published_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (public_key, salt) DO UPDATE SET name = excluded.name, info_hash = excluded.info_hash,
         torrent_name = excluded.torrent_name, seq = excluded.seq, stored = excluded.stored,
         published_at = excluded.published_at`,
      )
      .run(publicKey, salt, seed, name, infoHash, torrentName, String(seq), stored, publishedAt ?? null)
  }

  remove({ publicKey, salt }: PublicationKey): void {
    this.db.prepare('DELETE FROM publication WHERE public_key = ? AND salt = ?').run(publicKey, salt)
  }

  /** In the order they were made, and how many cannot be read. */
  list(): { readonly publications: readonly PublicationRecord[]; readonly unreadable: number } {
    const rows = this.db.prepare('SELECT * FROM publication ORDER BY id').all()
    const publications = rows.flatMap((row) => publicationOf(row) ?? [])
    return { publications, unreadable: rows.length - publications.length }
  }
}

function publicationOf(row: SqlRow): PublicationRecord | undefined {
  try {
    return {
      publicKey: bytesIn(row, 'public_key', 32),
      salt: bytesIn(row, 'salt'),
      seed: bytesIn(row, 'seed', 32),
      name: textIn(row, 'name'),
      infoHash: bytesIn(row, 'info_hash', 20),
      torrentName: textIn(row, 'torrent_name'),
      seq: bigCountIn(row, 'seq'),
      stored: countIn(row, 'stored'),
      publishedAt: optionalAmountIn(row, 'published_at'),
    }
  } catch {
    return undefined
  }
}
