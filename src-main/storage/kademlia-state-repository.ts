import type { Database, SqlRow } from '../kernel/database.ts'
import { amountIn, bytesIn, textIn } from './checked-row.ts'

/** One for each local address; those of addresses that the machine has not had for longest go beyond this. */
export const MAX_KEPT_STATES = 32

export interface KademliaStateRecord {
  /** Names the node of ours, such as its local address. */
  readonly node: string
  /** What the node has saved; the reader checks it. */
  readonly bytes: Uint8Array
  /** Unix milliseconds. */
  readonly savedAt: number
}

/** What each DHT node of ours has saved for its next run. */
export class KademliaStateRepository {
  private readonly db: Database

  constructor(db: Database) {
    this.db = db
  }

  /** Replaces what was kept for that node. */
  put(node: string, bytes: Uint8Array, savedAt: number): void {
    this.db.transaction(() => {
      this.db
        .prepare(
          `INSERT INTO kademlia_state (node, bytes, saved_at) VALUES (?, ?, ?)
           ON CONFLICT (node) DO UPDATE SET bytes = excluded.bytes, saved_at = excluded.saved_at`,
        )
        .run(node, bytes, savedAt)
      this.db
        .prepare(
          `DELETE FROM kademlia_state WHERE node <> ? AND id NOT IN
           (SELECT id FROM kademlia_state ORDER BY saved_at DESC, id DESC LIMIT ?)`,
        )
        .run(node, MAX_KEPT_STATES)
    })
  }

  /** Undefined where there is none or it cannot be read. */
  get(node: string): KademliaStateRecord | undefined {
    const row = this.db.prepare('SELECT node, bytes, saved_at FROM kademlia_state WHERE node = ?').get(node)
    return row && recordOf(row)
  }

  /** Latest first, without those that cannot be read. */
  all(): readonly KademliaStateRecord[] {
    return this.db
      .prepare('SELECT node, bytes, saved_at FROM kademlia_state ORDER BY saved_at DESC, id DESC')
      .all()
      .flatMap((row) => recordOf(row) ?? [])
  }

  remove(node: string): void {
    this.db.prepare('DELETE FROM kademlia_state WHERE node = ?').run(node)
  }
}

function recordOf(row: SqlRow): KademliaStateRecord | undefined {
  try {
    return { node: textIn(row, 'node'), bytes: bytesIn(row, 'bytes'), savedAt: amountIn(row, 'saved_at') }
  } catch {
    return undefined
  }
}
