import type { Migration } from '../../../storage/migrate.ts'
import { m0001 } from './0001-chain.ts'
import { m0002 } from './0002-filter-hashes.ts'

/** The steps of chain.db in order. New ones are added at the end; none is ever changed. */
export const chainMigrations: readonly Migration[] = [m0001, m0002]
