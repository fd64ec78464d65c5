// `npm start [-- --profile DIR] [-- FILE.torrent]`: opens the window; without a display runs the demo in the terminal.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import './check-node.mjs'
import { buildIfStale, root } from './build-if-stale.mjs'
import { ensurePackages } from './debian.mjs'
import { electronRuntime, runtimeEnv } from './electron-runtime.mjs'

const display = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY

function run(command, args, env) {
  const child = spawn(command, args, { stdio: 'inherit', env, cwd: process.env.INIT_CWD ?? process.cwd() })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)))
}

try {
  buildIfStale()
  if (display) {
    if (!ensurePackages(['electron'])) process.exit(1)
    const runtime = await electronRuntime()
    run(runtime.exe, [root, ...process.argv.slice(2)], await runtimeEnv(runtime))
  } else {
    process.stderr.write('No display here, so no window: running the demo in the terminal instead.\n')
    run(process.execPath, [join(root, 'out/main/cli.js'), 'demo'], process.env)
  }
} catch (error) {
  process.stderr.write(`Shoal could not start: ${error.message}\n`)
  process.exit(1)
}
