import type { Migration } from '../../../storage/migrate.ts'
import { m0001 } from './0001-chain.ts'

/** The steps of chain.db in order. New ones are added at the end; none is ever changed. */
export const chainMigrations: readonly Migration[] = [m0001]
