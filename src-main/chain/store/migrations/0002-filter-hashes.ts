import type { Migration } from '../../../storage/migrate.ts'

/**
 * Hashes of filters, apart from them: an answer of 2,000 hashes does not read 2,000 filters. Those of filters that are here
 * already, which `indexed` names by their headers' ids, are worked out afterwards, step by step. Frozen.
 */
export const m0002: Migration = {
  version: 2,
  up: (db) =>
    db.exec(`
      CREATE TABLE filter_hash (header INTEGER PRIMARY KEY, hash BLOB NOT NULL);
      INSERT INTO indexed (name, first, next)
        SELECT 'filter-hashes', 0, max(header) + 1 FROM filter HAVING max(header) IS NOT NULL;
    `),
}
