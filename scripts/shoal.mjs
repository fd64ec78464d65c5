// `npm run -s shoal -- COMMAND …`: builds when needed, then runs the command line where the user stands.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import './check-node.mjs'
import { buildIfStale, root } from './build-if-stale.mjs'
import { nodeFlags } from './node-flags.mjs'

buildIfStale()
const child = spawn(process.execPath, [...nodeFlags, join(root, 'out/main/cli.js'), ...process.argv.slice(2)], {
  stdio: 'inherit',
  // npm changes to the package's folder; paths on the line are meant from where the user is.
  cwd: process.env.INIT_CWD ?? process.cwd(),
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)))
