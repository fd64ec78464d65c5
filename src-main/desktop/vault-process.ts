/** The process that holds a wallet's keys as a utility process of Electron, which takes message ports. It ends with the app. */
import { type MessagePortMain, type UtilityProcess, utilityProcess } from 'electron'
import { neededEnvironment, vaultNodeFlags } from '../host/vault-processes.ts'
import type { ProcessLink, VaultProcesses } from '../kernel/vault-process.ts'

/** @param script what the build made of its source */
export function createVaultProcesses(script: string): VaultProcesses {
  return { start: () => linkOf(start(script)) }
}

function start(script: string): UtilityProcess {
  return utilityProcess.fork(script, [], {
    serviceName: 'Shoal keys',
    execArgv: vaultNodeFlags(),
    env: neededEnvironment(),
    stdio: 'ignore',
  })
}

function linkOf(child: UtilityProcess): ProcessLink {
  const gone = new Promise<string>((resolve) => {
    child.once('exit', (code) => resolve(`the process ended (${code})`))
  })
  return {
    post: (message) => child.postMessage(message),
    listen({ message, ended }) {
      child.on('message', message)
      void gone.then(ended)
    },
    async terminate() {
      // `kill` asks; there is nobody to ask once it hangs.
      if (child.pid === undefined) child.kill()
      else killAtOnce(child.pid)
      await gone
    },
    hand: (end) => child.postMessage(undefined, [end as MessagePortMain]),
  }
}

function killAtOnce(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has just ended by itself.
  }
}
