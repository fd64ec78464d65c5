/**
 * Addresses that a person has banned from all torrents, kept until they are taken back.
 *
 * The ban stands in front of the sockets of all torrents: nothing is dialled there, and what comes from there is let go
 * before a byte is read. Connections that stand already are closed by their owners when `watchers` tell.
 */
import { canonicalIp } from '../../codec/ip-address.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { StreamHandler, StreamSocket, Streams } from '../../kernel/network.ts'
import { type BanRepository, MAX_KEPT_BANS } from '../../storage/ban-repository.ts'
import { Watchers } from '../watchers.ts'
import { PeersError } from './peers-error.ts'

/** As many as the database keeps. */
export const MAX_BANS = MAX_KEPT_BANS

export class Bans {
  readonly watchers = new Watchers()
  private readonly repository: Pick<BanRepository, 'add' | 'remove' | 'list'>
  private readonly clock: Clock
  private readonly hosts: Map<string, number>

  constructor(repository: Pick<BanRepository, 'add' | 'remove' | 'list'>, clock: Clock) {
    this.repository = repository
    this.clock = clock
    this.hosts = new Map(repository.list().map(({ host, bannedAt }) => [canonicalIp(host) ?? host, bannedAt]))
  }

  /** Whether the address is banned, in whichever way it is written. */
  has(host: string): boolean {
    if (this.hosts.size === 0) return false
    return this.hosts.has(host) || this.hosts.has(canonicalIp(host) ?? host)
  }

  /** With when each was banned, in Unix milliseconds. */
  list(): readonly { readonly host: string; readonly bannedAt: number }[] {
    return [...this.hosts].map(([host, bannedAt]) => ({ host, bannedAt }))
  }

  /** Bans it now and in every later run. @returns the address as it is listed. @throws PeersError, the database's error */
  add(text: string): string {
    const host = addressIn(text)
    if (this.hosts.has(host)) return host
    if (this.hosts.size >= MAX_BANS) throw new PeersError({ code: 'TOO_MANY_BANS', limit: MAX_BANS })
    const bannedAt = this.clock.wallTime()
    this.repository.add(host, bannedAt)
    this.hosts.set(host, bannedAt)
    this.watchers.notify()
    return host
  }

  /** @throws PeersError BAD_HOST, the database's error */
  remove(text: string): void {
    const host = addressIn(text)
    this.repository.remove(host)
    if (this.hosts.delete(host)) this.watchers.notify()
  }

  /** The same sockets, which lead neither to nor from a banned address. */
  streams(inner: Streams): Streams {
    return {
      connect: (to, handler, options) =>
        this.has(to.host) ? refused(to, handler) : inner.connect(to, handler, options),
      listen: (at, accept) => inner.listen(at, (socket) => (this.has(socket.remote.host) ? undefined : accept(socket))),
    }
  }
}

function addressIn(text: string): string {
  const host = canonicalIp(text.trim().replace(/^\[(.*)\]$/, '$1'))
  if (host === undefined) throw new PeersError({ code: 'BAD_HOST', host: text })
  return host
}

/** A connection that was never begun; its owner hears so from the event loop, as of any that fails. */
function refused(remote: StreamSocket['remote'], handler: StreamHandler): StreamSocket {
  queueMicrotask(() => handler.closed(Object.assign(new Error(`${remote.host} is banned`), { code: 'EACCES' })))
  return {
    local: { host: remote.host.includes(':') ? '::' : '0.0.0.0', port: 0 },
    remote,
    bufferedBytes: 0,
    write() {},
    pauseReading() {},
    resumeReading() {},
    end() {},
    destroy() {},
  }
}
