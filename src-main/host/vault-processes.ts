/**
 * The process that holds a wallet's keys as a child process of Node: no standard streams, messages as structured clones,
 * none of our flags and of our environment only what it cannot do without. It ends when this process does.
 */
import { fork } from 'node:child_process'
import type { ProcessLink, VaultProcesses } from '../kernel/vault-process.ts'

/** MiB of objects; keys and words are kilobytes, scrypt's memory is none of V8's. */
const OBJECTS_LIMIT = 96

/** Where the temporary folder is, and what Windows needs to start a program at all. */
const NEEDED_ENVIRONMENT = ['TMPDIR', 'TEMP', 'TMP', 'HOME', 'SystemRoot', 'ELECTRON_RUN_AS_NODE']

/** @param script a source under Node, or what the build made of it */
export function createVaultProcesses(script: string | URL): VaultProcesses {
  return { start: () => startVault(script) }
}

function startVault(script: string | URL): ProcessLink {
  const child = fork(script, [], {
    execArgv: vaultNodeFlags(),
    env: neededEnvironment(),
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const gone = new Promise<string>((resolve) => {
    child.on('error', (error) => {
      if (child.pid === undefined) resolve(error.message)
    })
    child.on('exit', (code, signal) => resolve(`the process ended (${signal ?? code})`))
  })
  return {
    post(message) {
      // A message to a process that has just ended is nobody's loss.
      if (child.connected) child.send(message as object, () => {})
    },
    listen({ message, ended }) {
      child.on('message', message)
      void gone.then(ended)
    },
    async terminate() {
      child.kill('SIGKILL')
      await gone
    },
  }
}

/** Also for the utility process of a window. */
export function vaultNodeFlags(): string[] {
  // Newer Nodes open a debugger on a signal unless they are told not to.
  const noDebugger = '--disable-sigusr1'
  return [
    `--max-old-space-size=${OBJECTS_LIMIT}`,
    ...(process.allowedNodeEnvironmentFlags.has(noDebugger) ? [noDebugger] : []),
  ]
}

export function neededEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    NEEDED_ENVIRONMENT.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  )
}
