import type { Migration } from '../migrate.ts'

/**
 * Peers of magnets that are no torrents yet. Frozen.
 *
 * A column and no table: the description of all tables still fits the first page of the file, so that no other page, once
 * damaged, takes every table with it.
 */
export const m0003: Migration = {
  version: 3,
  up: (db) => db.exec('ALTER TABLE magnet ADD COLUMN peers TEXT'),
}
