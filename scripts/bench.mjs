// `npm run bench [-- FIGURE…] [-- --runs N] [-- --dir DIR]`: measures the built Shoal beside other programs.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import './check-node.mjs'
import { buildIfStale, root } from './build-if-stale.mjs'
import { ensurePackages } from './debian.mjs'

buildIfStale()
// Where they cannot be had, their rows are left out and the bench says so.
ensurePackages(['peers'])
const child = spawn(process.execPath, [join(root, 'bench/main.ts'), ...process.argv.slice(2)], { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)))
