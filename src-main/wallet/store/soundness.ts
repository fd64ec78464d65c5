/**
 * Whether what stands in a wallet.db can be believed: SQLite finds its pages in order, the tables are those that were made,
 * and what cannot be worked out again from the chain is as it was written.
 */
import { createHash } from 'node:crypto'
import type { Database } from '../../kernel/database.ts'
import { codeOf, messageOf } from '../../kernel/errors.ts'
import type { NewAccount } from '../vault/vault.ts'
import { AccountRepository } from './account-repository.ts'

const TABLES_SETTING = 'tables'
/** What has to do with the disk or with others who use the file, not with what stands in it. */
const NOT_DAMAGE = /^SQLITE_(BUSY|LOCKED|IOERR|FULL|READONLY|PERM|AUTH|NOMEM|CANTOPEN)/

/** To be called after each migration. */
export function rememberTables(db: Database): void {
  db.prepare('INSERT OR REPLACE INTO setting VALUES (?, ?)').run(TABLES_SETTING, digestOfTables(db))
}

/** @throws Error, for which `isDamage` says whether the contents are to blame */
export function accountOfSound(db: Database): NewAccount {
  const found = db.prepare('PRAGMA integrity_check(1)').get()
  if (found?.integrity_check !== 'ok') throw new RangeError(`its pages are not in order (${found?.integrity_check})`)
  const kept = db.prepare('SELECT value FROM setting WHERE name = ?').get(TABLES_SETTING)?.value
  if (kept !== digestOfTables(db)) throw new RangeError('its tables are not those that were made')
  const accounts = new AccountRepository(db)
  const account = accounts.account()
  if (account === undefined || accounts.keptKeys() === undefined) throw new RangeError('no keys are in it')
  return account
}

/** Whether an error that reading a database ended in is one of its contents. */
export function isDamage(error: unknown): boolean {
  const code = codeOf(error)
  return error instanceof RangeError || (code.startsWith('SQLITE_') && !NOT_DAMAGE.test(code))
}

export function causeOf(error: unknown): string {
  return messageOf(error).slice(0, 200)
}

function digestOfTables(db: Database): string {
  const rows = db.prepare('SELECT type, name, sql FROM sqlite_master ORDER BY type, name').all()
  return createHash('sha256')
    .update(JSON.stringify(rows.map(({ type, name, sql }) => [type, name, sql])))
    .digest('hex')
}
