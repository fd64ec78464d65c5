import type { Migration } from '../migrate.ts'

/**
 * Magnets whose metadata is still missing, the choice of files, bans, the DHT's state, and links whose torrent changes
 * (BEP 46). Frozen.
 */
export const m0002: Migration = {
  version: 2,
  up: (db) =>
    db.exec(`
      CREATE TABLE magnet (
        id INTEGER PRIMARY KEY,
        info_hash BLOB NOT NULL UNIQUE,
        uri TEXT NOT NULL,
        directory TEXT NOT NULL,
        added_at REAL NOT NULL,
        paused INTEGER NOT NULL,
        use_existing INTEGER NOT NULL,
        wanted BLOB,
        info BLOB,
        error_code TEXT,
        error_message TEXT
      );

      CREATE TABLE torrent_selection (
        torrent_id INTEGER PRIMARY KEY,
        wanted BLOB NOT NULL
      );

      CREATE TABLE ban (
        id INTEGER PRIMARY KEY,
        host TEXT NOT NULL UNIQUE,
        banned_at REAL NOT NULL
      );

      CREATE TABLE kademlia_state (
        id INTEGER PRIMARY KEY,
        node TEXT NOT NULL UNIQUE,
        bytes BLOB NOT NULL,
        saved_at REAL NOT NULL
      );

      CREATE TABLE publication (
        id INTEGER PRIMARY KEY,
        public_key BLOB NOT NULL,
        salt BLOB NOT NULL,
        seed BLOB NOT NULL,
        name TEXT NOT NULL,
        info_hash BLOB NOT NULL,
        torrent_name TEXT NOT NULL,
        seq TEXT NOT NULL,
        stored INTEGER NOT NULL,
        published_at REAL,
        UNIQUE (public_key, salt)
      );

      CREATE TABLE subscription (
        id INTEGER PRIMARY KEY,
        public_key BLOB NOT NULL,
        salt BLOB NOT NULL,
        uri TEXT NOT NULL,
        directory TEXT NOT NULL,
        paused INTEGER NOT NULL,
        info_hash BLOB,
        seq TEXT,
        value BLOB,
        signature BLOB,
        checked_at REAL,
        UNIQUE (public_key, salt)
      );
    `),
}
