/** The entry of `shoal`: the process's streams and signals, and nothing that decides. */
import { join } from 'node:path'
import { startProgram } from '../host/child-process.ts'
import { createClock } from '../host/clock.ts'
import { defaultDownloadFolder, defaultProfile } from '../host/default-folders.ts'
import hash from '../host/hash.worker.ts?modulePath'
import { standardErrorSink } from '../host/log.ts'
import mining from '../host/mining.worker.ts?modulePath'
import { lockProfile } from '../host/profile-lock.ts'
import { createHost } from '../host/real-host.ts'
import signatures from '../host/signature.worker.ts?modulePath'
import { removeFolder, temporaryFolder } from '../host/temporary-folder.ts'
import { terminalOf } from '../host/terminal.ts'
import { SECOND } from '../kernel/clock.ts'
import chain from '../workers/chain.worker.ts?modulePath'
import lab from '../workers/lab.worker.ts?modulePath'
import vault from '../workers/vault.process.ts?modulePath'
import { commands } from './commands/index.ts'
import { runCommandLine } from './run.ts'
import { VERSION } from './version.ts'

/** A second Ctrl-C, for whoever cannot wait. One key press may arrive twice: from the terminal and from `npm run`. */
const EXIT_INTERRUPTED = 130
const SAME_KEY_PRESS = SECOND

const clock = createClock()
const stop = new AbortController()
let stoppedAt = 0
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    if (!stop.signal.aborted) stoppedAt = clock.now()
    else if (clock.now() - stoppedAt > SAME_KEY_PRESS) process.exit(EXIT_INTERRUPTED)
    stop.abort()
  })
// A process that another Shoal has started ends with it. Without `unref` the channel would keep this one alive.
process.on('disconnect', () => stop.abort())
process.channel?.unref()
// `shoal … | head` closes our output early: that is no error of ours.
process.stdout.on('error', () => stop.abort())

process.exitCode = await runCommandLine(commands, VERSION, process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  workingDirectory: process.cwd(),
  stop: stop.signal,
  openHost: (networkPolicy, level) =>
    createHost({
      scripts: { hash, chain, lab, signatures, mining, vault },
      miningKernels: join(import.meta.dirname, '../kernels'),
      networkPolicy,
      log: { level: level ?? 'error', format: 'text', sink: standardErrorSink() },
    }),
  system: {
    platform: process.platform,
    // Whoever reads JSON types no answers.
    terminal: process.argv.includes('--json') ? undefined : terminalOf(process.stdin, process.stderr),
    defaultProfile: defaultProfile(),
    defaultDownloadFolder: defaultDownloadFolder(),
    // The build stands in out/main of the repository.
    sampleFolder: join(import.meta.dirname, '../../node_modules/react-dom'),
    ...{ lockProfile, temporaryFolder, removeFolder },
    startShoal: (args, line) => startProgram(process.execPath, [import.meta.filename, ...args], line),
  },
})
