import type { Migration } from '../migrate.ts'
import { m0001 } from './0001-session.ts'

/** The steps of session.db in order. New ones are added at the end; none is ever changed. */
export const sessionMigrations: readonly Migration[] = [m0001]
