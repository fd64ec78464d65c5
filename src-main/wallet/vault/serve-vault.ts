/**
 * The vault's process: opens what the engine's first message names, serves its channel on a local socket and on ports that
 * are handed over, and signs. It ends with its keys: when it is locked, and when the engine goes away.
 */
import type { Clock } from '../../kernel/clock.ts'
import { codeOf, messageOf } from '../../kernel/errors.ts'
import type { KeyDerivation, ScryptCost } from '../../kernel/key-derivation.ts'
import type { Log } from '../../kernel/log.ts'
import type { LocalSockets } from '../../kernel/network.ts'
import type { Random } from '../../kernel/random.ts'
import type { MessageLink } from '../../kernel/threads.ts'
import type { HandedLink } from '../../kernel/vault-process.ts'
import { serveLocally } from '../../serving/serve-locally.ts'
import { accountNetworks } from '../keys/account-network.ts'
import { RemoteKeyStore } from './remote-store.ts'
import { type VaultServer, vaultServer } from './vault-channel.ts'
import { VaultError } from './vault-error.ts'
import { VaultKeeper } from './vault-keeper.ts'
import type { FromVault, ToVault, VaultConfiguration } from './vault-messages.ts'

/** Windows and their pages, at one time. */
export const MAX_PORTS = 64
/** From the lock to the end: the last answer is on its way. */
export const FAREWELL_MS = 50

export interface VaultProcessParts {
  readonly derivation: KeyDerivation
  /** Of new seals. */
  readonly cost: ScryptCost
  readonly random: Random
  readonly clock: Clock
  readonly localSockets: LocalSockets
  /** Each end of a channel that is handed to the process. */
  ports(accept: (port: HandedLink) => void): void
  /** Ends the process at once. */
  end(): void
}

export function serveVault(link: MessageLink, parts: VaultProcessParts): void {
  const server = new VaultProcess(link, parts)
  link.listen({
    // Only our own program can write to this link.
    message: (message) => server.receive(message as ToVault),
    ended: () => server.orphaned(),
  })
  parts.ports((port) => server.connect(port))
}

class VaultProcess {
  readonly #link: MessageLink
  readonly #parts: VaultProcessParts
  readonly #store: RemoteKeyStore
  readonly #watchers = new Set<() => void>()
  #keeper: VaultKeeper | undefined
  #server: VaultServer | undefined
  #socket: { close(): Promise<void> } | undefined
  /** Handed over before the first message was worked on. */
  #early: HandedLink[] = []
  #ports = 0

  constructor(link: MessageLink, parts: VaultProcessParts) {
    this.#link = link
    this.#parts = parts
    this.#store = new RemoteKeyStore((message) => this.#send(message))
  }

  receive(message: ToVault): void {
    if (message.kind === 'open') void this.#open(message.configuration)
    else if (message.kind === 'stored' || message.kind === 'not-stored') this.#store.receive(message)
    else if (message.kind === 'sign') this.#sign(message)
    else if (message.kind === 'lock') this.#end()
    else if (this.#keeper) this.#keeper.lockAfter = message.minutes
  }

  /** One too many is closed, so that whoever holds its other end does not wait for answers. */
  connect(port: HandedLink): void {
    if (this.#early.length + this.#ports >= MAX_PORTS) {
      port.close()
      return
    }
    if (this.#server === undefined) {
      this.#early.push(port)
      return
    }
    this.#ports++
    const client = this.#server.connect((message) => port.post(message))
    port.listen({
      message: (message) => client.receive(message),
      ended: () => {
        this.#ports--
        client.close()
      },
    })
  }

  /** Nobody is left to keep anything for. */
  orphaned(): void {
    this.#keeper?.end()
    this.#leave()
  }

  #end(): void {
    if (this.#keeper) this.#keeper.end()
    else this.#parts.end()
  }

  async #open({ network, socket, lockAfter }: VaultConfiguration): Promise<void> {
    const { clock, localSockets } = this.#parts
    const keeper = new VaultKeeper({
      ...this.#parts,
      network: accountNetworks[network],
      store: this.#store,
      lockAfter,
      changed: () => this.#changed(),
      ended: () => clock.after(FAREWELL_MS, () => this.#leave()),
    })
    this.#keeper = keeper
    try {
      await keeper.refresh()
      const log = this.#log()
      const server = vaultServer(keeper, (changed) => this.#watch(changed), clock, log)
      this.#socket = await serveLocally(server, localSockets, socket, log)
      this.#server = server
      for (const port of this.#early.splice(0)) this.connect(port)
      this.#send({ kind: 'opened' })
    } catch (error) {
      this.#send({ kind: 'not-opened', error: { code: codeOf(error), message: messageOf(error) } })
    }
  }

  #sign({ id, request }: Extract<ToVault, { kind: 'sign' }>): void {
    try {
      if (!this.#keeper) throw new VaultError({ code: 'WALLET_LOCKED' })
      this.#send({ kind: 'signed', id, witnesses: this.#keeper.sign(request) })
    } catch (error) {
      const fault = error instanceof VaultError ? error.fault : ({ code: 'SIGNING_FAILED' } as const)
      this.#send({ kind: 'not-signed', id, fault })
    }
  }

  #changed(): void {
    if (!this.#keeper) return
    const { locked, locksAt } = this.#keeper.state
    this.#send({ kind: 'state', locked, locksAt })
    for (const watcher of [...this.#watchers]) watcher()
  }

  #watch(changed: () => void): () => void {
    this.#watchers.add(changed)
    return () => this.#watchers.delete(changed)
  }

  #leave(): void {
    const closed = this.#socket?.close() ?? Promise.resolve()
    closed.catch(() => undefined).finally(() => this.#parts.end())
  }

  #send(message: FromVault): void {
    this.#link.post(message)
  }

  /** Names of events and codes; sentences of errors may hold what was typed. */
  #log(): Log {
    const log: Log = {
      write: (level, event, facts = {}) => {
        const plain = ['where', 'code'].flatMap((name) =>
          typeof facts[name] === 'string' ? [[name, facts[name]]] : [],
        )
        this.#send({ kind: 'log', level, event, facts: Object.fromEntries(plain) })
      },
      child: () => log,
    }
    return log
  }
}
