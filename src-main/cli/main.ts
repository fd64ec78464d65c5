/** The entry of `shoal`: the process's streams and signals, and nothing that decides. */
import hashWorkerPath from '../host/hash.worker.ts?modulePath'
import { standardErrorSink } from '../host/log.ts'
import { createHost } from '../host/real-host.ts'
import { commands } from './commands/index.ts'
import { runCommandLine } from './run.ts'
import { VERSION } from './version.ts'

/** A second Ctrl-C, for whoever cannot wait. */
const EXIT_INTERRUPTED = 130

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    if (stop.signal.aborted) process.exit(EXIT_INTERRUPTED)
    stop.abort()
  })
// `shoal … | head` closes our output early: that is no error of ours.
process.stdout.on('error', () => stop.abort())

process.exitCode = await runCommandLine(commands, VERSION, process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  workingDirectory: process.cwd(),
  stop: stop.signal,
  openHost: (networkPolicy, level) =>
    createHost({
      hashWorkerPath,
      networkPolicy,
      log: { level: level ?? 'error', format: 'text', sink: standardErrorSink() },
    }),
})
