import type { Migration } from '../../../storage/migrate.ts'

/**
 * The first form of chain.db. Frozen.
 *
 * `header.id` rises from parents to children and names the block in the other tables. `best` is the best chain as of the
 * tip in `state`. `checksum`: CRC-32 of `bytes`. `position` is height × 2^20 + place in the block. `script.script`: first 16 bytes of SHA-256 of the output
 * script. `indexed`: the heights `first` to `next` - 1 of the best chain that an index covers.
 */
export const m0001: Migration = {
  version: 1,
  up: (db) =>
    db.exec(`
      CREATE TABLE state (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        genesis BLOB NOT NULL,
        mode TEXT NOT NULL,
        tip INTEGER,
        tip_height INTEGER NOT NULL,
        kept_from INTEGER NOT NULL,
        coins INTEGER NOT NULL,
        coin_bytes INTEGER NOT NULL,
        coin_check INTEGER NOT NULL,
        supply INTEGER NOT NULL,
        undo_bytes INTEGER NOT NULL,
        rebuild_to INTEGER,
        clean INTEGER NOT NULL,
        suspect TEXT
      );
      CREATE TABLE header (
        id INTEGER PRIMARY KEY,
        hash BLOB NOT NULL UNIQUE,
        header BLOB NOT NULL,
        height INTEGER NOT NULL,
        bad INTEGER NOT NULL,
        kept INTEGER NOT NULL,
        size INTEGER NOT NULL
      );
      CREATE INDEX header_kept ON header (height) WHERE kept = 1;
      CREATE TABLE block (header INTEGER PRIMARY KEY, checksum INTEGER NOT NULL, bytes BLOB NOT NULL);
      CREATE TABLE undo (header INTEGER PRIMARY KEY, checksum INTEGER NOT NULL, bytes BLOB NOT NULL);
      CREATE TABLE coin (outpoint BLOB PRIMARY KEY, coin BLOB NOT NULL) WITHOUT ROWID;
      CREATE TABLE best (
        height INTEGER PRIMARY KEY,
        header INTEGER NOT NULL,
        transactions INTEGER NOT NULL,
        weight INTEGER NOT NULL,
        fees INTEGER NOT NULL
      );
      CREATE TABLE tx (position INTEGER PRIMARY KEY, txid BLOB NOT NULL);
      CREATE INDEX tx_by_id ON tx (txid);
      CREATE TABLE script (
        script BLOB NOT NULL,
        position INTEGER NOT NULL,
        received INTEGER NOT NULL,
        spent INTEGER NOT NULL,
        PRIMARY KEY (script, position)
      ) WITHOUT ROWID;
      CREATE TABLE filter (header INTEGER PRIMARY KEY, filter_header BLOB NOT NULL, filter BLOB);
      CREATE TABLE indexed (name TEXT PRIMARY KEY, first INTEGER NOT NULL, next INTEGER NOT NULL) WITHOUT ROWID;
    `),
}
