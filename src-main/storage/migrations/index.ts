import type { Migration } from '../migrate.ts'
import { m0001 } from './0001-session.ts'
import { m0002 } from './0002-trackerless.ts'
import { m0003 } from './0003-magnet-peers.ts'
import { m0004 } from './0004-chord.ts'

/** The steps of session.db in order. New ones are added at the end; none is ever changed. */
export const sessionMigrations: readonly Migration[] = [m0001, m0002, m0003, m0004]
