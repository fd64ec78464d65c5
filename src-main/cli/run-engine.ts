/** An engine in this process for the time of a command: profile, host, engine and a client of it, closed in reverse. */
import type { ChainInfo } from '#shared/contract/chain.ts'
import { createClients } from '#shared/contract/client/clients.ts'
import type { Clients } from '#shared/contract/index.ts'
import { headlessShell } from '../engine/app/shell.ts'
import { startEngine } from '../engine/engine.ts'
import { localSocketPath } from '../engine/serving/local-socket-path.ts'
import { connectInProcess } from '../engine/serving/message-client.ts'
import { type Clock, SECOND } from '../kernel/clock.ts'
import { type Endpoint, formatEndpoint } from '../kernel/network.ts'
import { serveLocally } from '../serving/serve-locally.ts'
import type { CommandContext, CommandHost } from './command.ts'
import { CommandError } from './command-error.ts'
import { follow } from './follow.ts'
import type { NodeOptions } from './node-options.ts'
import { VERSION } from './version.ts'

/** A chain that is not open by then listens later, or not at all. */
const CHAIN_PATIENCE = 10 * SECOND

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
      if (node.mineThreads) await refuseIdleMiner(clients)
      const chainListening =
        serve || node.chainListen ? await chainPort(clients, host.clock, context.stop, node.chainListen) : undefined
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

/** Whoever asks for mining is told at once that there is nowhere for rewards to go. A miner that rests is on. */
async function refuseIdleMiner(clients: Clients): Promise<void> {
  if ((await clients.miner.status()).state !== 'off') return
  const message = 'Mining did not begin; name an address of this network with --mine-address.'
  throw new CommandError({ code: 'NOT_MINING' }, message)
}

/**
 * Where peers of the chain can connect, once it stands; undefined where it does not listen, or not within a few seconds.
 * @throws CommandError CANNOT_LISTEN where it stands and does not listen at `wanted`
 */
async function chainPort(
  clients: Clients,
  clock: Clock,
  stop: AbortSignal,
  wanted: Endpoint | undefined,
): Promise<string | undefined> {
  const over = new AbortController()
  const timer = clock.after(CHAIN_PATIENCE, () => over.abort())
  const stands = ([info]: readonly ChainInfo[]) => {
    const goesOn = info?.state === 'starting' || (isOpen(info) && info?.listening === undefined && info?.notice === '')
    return goesOn ? undefined : info
  }
  const feed = (listener: Parameters<Clients['chain']['state']>[1]) => clients.chain.state(undefined, listener)
  const info = await follow<ChainInfo, ChainInfo>(feed, stands, AbortSignal.any([over.signal, stop])).catch((error) => {
    if (over.signal.aborted || stop.aborted) return clients.chain.info()
    throw error
  })
  timer.cancel()
  if (wanted && isOpen(info) && info.listening === undefined && !stop.aborted)
    throw cannotListen(formatEndpoint(wanted), '--chain-listen')
  return info.listening
}

/** Not off, not failed, and not at something that must end before peers can come. */
function isOpen(info: ChainInfo | undefined): boolean {
  return info?.state === 'initial-sync' || info?.state === 'synced'
}

function miningOf({ mineThreads, mineAddress, blockInterval }: NodeOptions) {
  return {
    ...(mineThreads !== undefined && { threads: mineThreads }),
    ...(mineAddress !== undefined && { address: mineAddress }),
    ...(blockInterval !== undefined && { blockInterval }),
  }
}
