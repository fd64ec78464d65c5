import type { Database } from '../kernel/database.ts'
import { StorageError } from './storage-error.ts'

/** One step of a database's form. Never edited once released; names its tables and columns itself. */
export interface Migration {
  /** 1, 2, 3 and so on. */
  readonly version: number
  up(db: Database): void
}

/** The number of the last migration. @throws Error where the numbers are not 1, 2, 3 … */
export function newestVersion(migrations: readonly Migration[]): number {
  migrations.forEach((migration, index) => {
    if (migration.version !== index + 1) throw new Error(`migration ${migration.version} stands in place ${index + 1}`)
  })
  return migrations.length
}

/** @throws StorageError NEWER_THAN_APP where the database was written by a newer Shoal */
export function refuseNewer(found: number, newest: number, path: string): void {
  if (found <= newest) return
  throw new StorageError(
    { code: 'NEWER_THAN_APP', path, found, newest },
    `${path} was written by a newer Shoal (format ${found}, this one knows ${newest}). Update Shoal, or start it with another profile folder.`,
  )
}

/**
 * Runs what is missing up to `target`, each step in a transaction of its own. `path` is named in the message only.
 * @throws StorageError NEWER_THAN_APP; then nothing was changed
 */
export function migrate(
  db: Database,
  migrations: readonly Migration[],
  path: string,
  target = newestVersion(migrations),
): void {
  refuseNewer(db.version(), newestVersion(migrations), path)
  for (const migration of migrations) {
    if (migration.version <= db.version() || migration.version > target) continue
    db.transaction(() => {
      migration.up(db)
      db.setVersion(migration.version)
    })
  }
}
