/** An engine in this process for the time of a command: profile, host, engine and a client of it, closed in reverse. */
import { createClients } from '#shared/contract/client/clients.ts'
import type { Clients } from '#shared/contract/index.ts'
import { headlessShell } from '../engine/app/shell.ts'
import { startEngine } from '../engine/engine.ts'
import { localSocketPath, serveLocally } from '../engine/serving/local-server.ts'
import { connectInProcess } from '../engine/serving/message-client.ts'
import { type Endpoint, formatEndpoint } from '../kernel/network.ts'
import type { CommandContext, CommandHost } from './command.ts'
import { CommandError } from './command-error.ts'
import type { NodeOptions } from './node-options.ts'
import { VERSION } from './version.ts'

export interface RunningNode {
  readonly clients: Clients
  /** `host:port` where peers can connect, undefined where they cannot. */
  readonly listening: string | undefined
  /** `host:port` where peers of the chain can connect, undefined where they cannot (yet). */
  readonly chainListening: string | undefined
  /** Aborted when the command is stopped, or a client asks the engine to quit. */
  readonly stop: AbortSignal
}

/**
 * Runs an engine on a profile for the time of `work`. Other commands reach it over the profile's local socket where
 * `serve` says so. @throws ProfileError, StorageError, CommandError CANNOT_LISTEN
 */
export async function withEngine<T>(
  context: CommandContext,
  host: CommandHost,
  { profile, serve, node }: { readonly profile: string; readonly serve: boolean; readonly node: NodeOptions },
  work: (running: RunningNode) => Promise<T>,
): Promise<T> {
  const { system } = context
  const lock = system.lockProfile(profile)
  const quit = new AbortController()
  try {
    const engine = await startEngine(host, {
      profile,
      version: VERSION,
      platform: system.platform,
      shell: headlessShell(() => quit.abort()),
      offline: node.offline,
      allowedHosts: node.allowedHosts,
      ...(node.listen && { listen: node.listen }),
      ...(node.chainListen && { chainListen: node.chainListen }),
      mining: miningOf(node),
      downloadDirectory: system.defaultDownloadFolder,
      settings: node.settings,
    })
    const inProcess = connectInProcess(engine.server)
    let local: { close(): Promise<void> } | undefined
    const run = async () => {
      const listening = engine.listening()
      if (node.listen && listening === undefined) throw cannotListen(formatEndpoint(node.listen), '--listen')
      const clients = createClients(inProcess.transport)
      const chainListening = engine.chainListening()
      if (node.chainListen && chainListening === undefined) await refuseDeafChain(clients, node.chainListen)
      if (serve) {
        const path = localSocketPath(profile, system.platform)
        local = await serveLocally(engine.server, host.localSockets, path, host.log)
      }
      const stop = AbortSignal.any([context.stop, quit.signal])
      return work({ clients, listening, chainListening, stop })
    }
    return await thenClean(run, async () => {
      inProcess.close()
      await local?.close()
      await engine.stop()
    })
  } finally {
    lock.release()
  }
}

/** Runs `clean` after `work` in any case. Why `work` failed goes before what `clean` meets: a full disk troubles both. */
async function thenClean<T>(work: () => Promise<T>, clean: () => Promise<void>): Promise<T> {
  let result: T
  try {
    result = await work()
  } catch (error) {
    await clean().catch(() => {})
    throw error
  }
  await clean()
  return result
}

function cannotListen(at: string, flag: string): CommandError {
  const message = `Shoal cannot listen at ${at}; choose another address or port with ${flag}, 0 for any port.`
  return new CommandError({ code: 'CANNOT_LISTEN', at }, message)
}

/** A chain that stands and does not listen as asked is told at once; one that is rebuilt listens later. */
async function refuseDeafChain(clients: Clients, at: Endpoint): Promise<void> {
  const { state } = await clients.chain.info()
  if (state === 'initial-sync' || state === 'synced') throw cannotListen(formatEndpoint(at), '--chain-listen')
}

function miningOf({ mineThreads, mineAddress, blockInterval }: NodeOptions) {
  return {
    ...(mineThreads !== undefined && { threads: mineThreads }),
    ...(mineAddress !== undefined && { address: mineAddress }),
    ...(blockInterval !== undefined && { blockInterval }),
  }
}
