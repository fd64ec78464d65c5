import type { Migration } from '../../../storage/migrate.ts'

/**
 * Hashes are 32 bytes in internal byte order; times are Unix seconds. `digest` columns are SHA-256 over what stands beside
 * them (`account-repository.ts`): what cannot be had again is not believed after a byte of it has changed. Everything else
 * about the chain can.
 */
export const m0001: Migration = {
  version: 1,
  up: (db) =>
    db.exec(`
      CREATE TABLE account (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        extended_public_key TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        birthday REAL,
        words_confirmed INTEGER NOT NULL,
        digest BLOB NOT NULL
      );
      CREATE TABLE sealed_keys (
        generation INTEGER PRIMARY KEY,
        sealed BLOB NOT NULL,
        digest BLOB NOT NULL
      );
      CREATE TABLE wallet_transaction (
        txid BLOB PRIMARY KEY,
        raw BLOB NOT NULL,
        height INTEGER,
        block_hash BLOB,
        block_time INTEGER,
        place INTEGER,
        first_seen INTEGER NOT NULL,
        arrival INTEGER NOT NULL,
        abandoned INTEGER NOT NULL,
        gone INTEGER NOT NULL,
        refused TEXT NOT NULL
      );
      CREATE TABLE scan (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        top_height INTEGER,
        top_hash BLOB,
        pass INTEGER NOT NULL
      );
      CREATE TABLE scanned (
        height INTEGER PRIMARY KEY,
        hash BLOB NOT NULL
      );
      CREATE TABLE address (
        chain INTEGER NOT NULL,
        position INTEGER NOT NULL,
        script BLOB NOT NULL,
        handed_out INTEGER,
        purpose TEXT NOT NULL,
        PRIMARY KEY (chain, position)
      );
      CREATE TABLE label (
        type TEXT NOT NULL,
        ref TEXT NOT NULL,
        label TEXT NOT NULL,
        PRIMARY KEY (type, ref)
      );
      CREATE TABLE frozen (
        txid BLOB NOT NULL,
        position INTEGER NOT NULL,
        PRIMARY KEY (txid, position)
      );
      CREATE TABLE contact (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        address TEXT NOT NULL,
        note TEXT NOT NULL
      );
      CREATE TABLE setting (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL
      );
    `),
}
