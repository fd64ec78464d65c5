/** A second Shoal as a process of its own, on a profile of its own, driven over its local socket as the command line does. */
import { createClients } from '#shared/contract/client/clients.ts'
import type { Clients } from '#shared/contract/index.ts'
import { connectLocally, type LocalConnection } from '../../engine/serving/local-client.ts'
import type { ChildProgram } from '../../host/child-process.ts'
import { SECOND } from '../../kernel/clock.ts'
import type { CommandContext, CommandHost } from '../command.ts'
import { CommandError } from '../command-error.ts'

/** A process that does not end in good order within this time is ended. */
const STOP_PATIENCE = 10 * SECOND

export class ShoalProcess {
  readonly clients: Clients
  /** `host:port` where peers can connect. */
  readonly listen: string
  private readonly child: ChildProgram
  private readonly connection: LocalConnection
  private readonly host: CommandHost

  private constructor(host: CommandHost, child: ChildProgram, connection: LocalConnection, listen: string) {
    this.host = host
    this.child = child
    this.connection = connection
    this.listen = listen
    this.clients = createClients(connection.transport)
  }

  /**
   * Starts it on loopback and waits until it is ready. `bootstrap`: the DHT node that it begins with.
   * @throws CommandError DEMO_FAILED; the signal's reason
   */
  static async start(
    { system }: CommandContext,
    host: CommandHost,
    { profile, bootstrap }: { readonly profile: string; readonly bootstrap: string | undefined },
    signal: AbortSignal,
  ): Promise<ShoalProcess> {
    const node = ['--offline', '--listen', '127.0.0.1:0', '--dht', 'on', '--local-discovery', 'off']
    const chain = ['--network', 'local', '--chain', 'on', '--chain-listen', '127.0.0.1:0']
    const begin = bootstrap === undefined ? [] : ['--bootstrap', bootstrap]
    const args = ['daemon', '--profile', profile, ...node, ...chain, ...begin, '--json']
    let ready: (listen: string) => void = () => {}
    let failed: (error: unknown) => void = () => {}
    const listening = new Promise<string>((resolve, reject) => {
      ready = resolve
      failed = reject
    })
    signal.throwIfAborted()
    const child = system.startShoal(args, (text) => {
      const { event, listen, message } = eventOf(text)
      if (event === 'ready') ready(String(listen))
      if (event === 'error') failed(ended(String(message)))
    })
    void child.ended.then(({ errorText }) => failed(ended(errorText.trim())))
    const aborted = () => failed(signal.reason)
    signal.addEventListener('abort', aborted)
    try {
      const listen = await listening
      const connection = await connectLocally(host.localSockets, profile, system.platform)
      return new ShoalProcess(host, child, connection, listen)
    } catch (error) {
      await stopChild(host, child)
      throw error
    } finally {
      signal.removeEventListener('abort', aborted)
    }
  }

  get pid(): number | undefined {
    return this.child.pid
  }

  /** Calls `unexpected` once if it ends before `stop`. */
  watch(unexpected: (error: CommandError) => void): void {
    void this.child.ended.then(({ errorText }) => unexpected(ended(errorText.trim())))
  }

  async stop(): Promise<void> {
    this.connection.close()
    await stopChild(this.host, this.child)
  }
}

async function stopChild({ clock }: CommandHost, child: ChildProgram): Promise<void> {
  child.stop()
  const impatience = clock.after(STOP_PATIENCE, () => child.kill())
  await child.ended
  impatience.cancel()
}

function eventOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

function ended(why: string): CommandError {
  const message = `A Shoal process of the demo ended early${why === '' ? '' : ` (${why})`}; try again, with --log debug for details.`
  return new CommandError({ code: 'DEMO_FAILED' }, message)
}
