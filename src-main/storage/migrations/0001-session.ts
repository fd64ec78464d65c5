import type { Migration } from '../migrate.ts'

/**
 * The first form of session.db. Frozen.
 *
 * Every table that holds something a person would miss has an integer key, so that a damaged file can be read row by
 * row. The .torrent stands apart from `torrent`, because that row is written again each second of a download.
 */
export const m0001: Migration = {
  version: 1,
  up: (db) =>
    db.exec(`
      CREATE TABLE session (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        clean INTEGER NOT NULL
      );
      INSERT INTO session (id, clean) VALUES (1, 1);

      CREATE TABLE setting (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        value TEXT NOT NULL
      );

      CREATE TABLE torrent (
        id INTEGER PRIMARY KEY,
        info_hash BLOB NOT NULL UNIQUE,
        directory TEXT NOT NULL,
        added_at REAL NOT NULL,
        completed_at REAL,
        paused INTEGER NOT NULL,
        uploaded INTEGER NOT NULL DEFAULT 0,
        downloaded INTEGER NOT NULL DEFAULT 0,
        error_code TEXT,
        error_message TEXT,
        have BLOB,
        have_sum BLOB
      );

      CREATE TABLE torrent_metainfo (
        torrent_id INTEGER PRIMARY KEY,
        bytes BLOB NOT NULL
      );

      CREATE TABLE torrent_file (
        id INTEGER PRIMARY KEY,
        torrent_id INTEGER NOT NULL,
        file INTEGER NOT NULL,
        made INTEGER NOT NULL,
        size INTEGER,
        modified_ms REAL,
        UNIQUE (torrent_id, file)
      );

      CREATE TABLE piece_writing (
        torrent_id INTEGER NOT NULL,
        piece INTEGER NOT NULL,
        claimed_at REAL NOT NULL,
        PRIMARY KEY (torrent_id, piece)
      ) WITHOUT ROWID;

      CREATE TABLE peer (
        id INTEGER PRIMARY KEY,
        torrent_id INTEGER NOT NULL,
        host TEXT NOT NULL,
        port INTEGER NOT NULL,
        seen_at REAL NOT NULL,
        UNIQUE (torrent_id, host, port)
      );
    `),
}
