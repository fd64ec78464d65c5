import type { Migration } from '../migrate.ts'

/**
 * What is kept of the Chord ring: items that we hold for it, and members to find it by. Frozen.
 *
 * One table, and tersely described, so that the description of all tables still fits the first page of the file (see 0003).
 */
export const m0004: Migration = {
  version: 4,
  up: (db) => db.exec('CREATE TABLE chord(id INTEGER PRIMARY KEY,kind,key,at,bytes)'),
}
