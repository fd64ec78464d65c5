import type { Database, SqlRow } from '../kernel/database.ts'
import { bytesIn, flagIn, optionalAmountIn, optionalBigCountIn, optionalBytesIn, textIn } from './checked-row.ts'

/** A link of someone else that is followed (BEP 46). */
export interface SubscriptionRecord {
  /** 32 bytes, ed25519. */
  readonly publicKey: Uint8Array
  /** 0 to 64 bytes. */
  readonly salt: Uint8Array
  readonly uri: string
  /** Absolute path of the folder into which each new torrent goes. */
  readonly directory: string
  /** New torrents are added paused. */
  readonly paused: boolean
  /** The newest version that was found, as it was signed. */
  readonly latest: SubscribedVersion | undefined
  /** Unix milliseconds of the last search that came to an end. */
  readonly checkedAt: number | undefined
}

export interface SubscribedVersion {
  /** 20 bytes. */
  readonly infoHash: Uint8Array
  readonly seq: bigint
  /** Bencoded, at most 1,000 bytes. */
  readonly value: Uint8Array
  /** 64 bytes. */
  readonly signature: Uint8Array
}

export type SubscriptionKey = Pick<SubscriptionRecord, 'publicKey' | 'salt'>

export class SubscriptionRepository {
  private readonly db: Database

  constructor(db: Database) {
    this.db = db
  }

  /** Adds it, or replaces what was kept of it; key and place in the list stay. */
  put({ publicKey, salt, uri, directory, paused, latest, checkedAt }: SubscriptionRecord): void {
    this.db
      .prepare(
        `INSERT INTO subscription
         (public_key, salt, uri, directory, paused, info_hash, seq, value, signature, checked_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (public_key, salt) DO UPDATE SET uri = excluded.uri, directory = excluded.directory,
         paused = excluded.paused, info_hash = excluded.info_hash, seq = excluded.seq, value = excluded.value,
         signature = excluded.signature, checked_at = excluded.checked_at`,
      )
      .run(
        publicKey,
        salt,
        uri,
        directory,
        paused ? 1 : 0,
        latest?.infoHash ?? null,
        latest ? String(latest.seq) : null,
        latest?.value ?? null,
        latest?.signature ?? null,
        checkedAt ?? null,
      )
  }

  remove({ publicKey, salt }: SubscriptionKey): void {
    this.db.prepare('DELETE FROM subscription WHERE public_key = ? AND salt = ?').run(publicKey, salt)
  }

  /** In the order they were made, and how many cannot be read. */
  list(): { readonly subscriptions: readonly SubscriptionRecord[]; readonly unreadable: number } {
    const rows = this.db.prepare('SELECT * FROM subscription ORDER BY id').all()
    const subscriptions = rows.flatMap((row) => subscriptionOf(row) ?? [])
    return { subscriptions, unreadable: rows.length - subscriptions.length }
  }
}

function subscriptionOf(row: SqlRow): SubscriptionRecord | undefined {
  try {
    return {
      publicKey: bytesIn(row, 'public_key', 32),
      salt: bytesIn(row, 'salt'),
      uri: textIn(row, 'uri'),
      directory: textIn(row, 'directory'),
      paused: flagIn(row, 'paused'),
      latest: latestOf(row),
      checkedAt: optionalAmountIn(row, 'checked_at'),
    }
  } catch {
    return undefined
  }
}

/** @throws RangeError */
function latestOf(row: SqlRow): SubscribedVersion | undefined {
  const infoHash = optionalBytesIn(row, 'info_hash', 20)
  const seq = optionalBigCountIn(row, 'seq')
  if (infoHash === undefined || seq === undefined) return undefined
  return { infoHash, seq, value: bytesIn(row, 'value'), signature: bytesIn(row, 'signature', 64) }
}
