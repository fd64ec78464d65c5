// `npm run build`, and the stamp that says so.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildIfStale, root } from './build-if-stale.mjs'

rmSync(join(root, 'out'), { recursive: true, force: true })
buildIfStale()
