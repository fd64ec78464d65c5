import type { Migration } from '../../../storage/migrate.ts'
import { m0001 } from './0001-wallet.ts'

/** In their order; version and place agree. */
export const walletMigrations: readonly Migration[] = [m0001]
