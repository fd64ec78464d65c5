/**
 * The one place that decides what may leave this machine, put in front of every port that reaches the network.
 *
 * While `local-only`, every connection, datagram and look-up that would go anywhere but to loopback or to a host that a
 * person has named fails with `OFFLINE` before a packet or a question to DNS is sent; what comes in from elsewhere is
 * dropped. A named host name may be looked up, and the addresses found are then allowed. HTTP passes through the resolver.
 * Connections that stand when the policy changes are not cut: their owner decides.
 *
 * Multicast leaves the machine, so `local-only` refuses it too, unless the policy says that it was asked for; then the
 * private addresses that are heard by it are allowed, at most `MAX_HEARD_ADDRESSES`, and public ones are dropped.
 */
import type { Datagrams, MulticastSocket, Resolver, StreamHandler, StreamSocket, Streams } from '../kernel/network.ts'
import type { NetworkControl, NetworkPolicy } from '../kernel/network-policy.ts'
import { AddressSet, isIpAddress, isLoopback, isPublicAddress } from './ip-address.ts'
import { offline } from './network-error.ts'
import { isLocalhostName } from './resolver.ts'

/** The machines of a local network that may be contacted because they were heard by multicast. */
export const MAX_HEARD_ADDRESSES = 1_000

export class NetworkGate implements NetworkControl {
  private current: NetworkPolicy = { mode: 'local-only', allowedHosts: [] }
  private names = new Set<string>()
  private addresses = new AddressSet()
  private heard = 0

  constructor(policy: NetworkPolicy) {
    this.set(policy)
  }

  get policy(): NetworkPolicy {
    return this.current
  }

  set(policy: NetworkPolicy): void {
    this.current = policy
    this.names = new Set()
    this.addresses = new AddressSet()
    this.heard = 0
    if (policy.mode === 'online') return
    for (const host of policy.allowedHosts) {
      if (isIpAddress(host)) this.addresses.add(host)
      else this.names.add(host.toLowerCase())
    }
  }

  /** Whether packets may go to this IP address. */
  allowsAddress(address: string): boolean {
    return this.current.mode === 'online' || isLoopback(address) || this.addresses.has(address)
  }

  /** Whether DNS may be asked for this name. */
  allowsName(name: string): boolean {
    return this.current.mode === 'online' || isLocalhostName(name) || this.names.has(name.toLowerCase())
  }

  /** Whether datagrams may go to a multicast group. */
  get allowsMulticast(): boolean {
    return this.current.mode === 'online' || this.current.multicast === true
  }

  streams(inner: Streams): Streams {
    return {
      connect: (to, handler, options) =>
        this.allowsAddress(to.host) || !isIpAddress(to.host)
          ? inner.connect(to, handler, options)
          : refusedStream(to, handler),
      listen: (at, accept) =>
        inner.listen(at, (socket) => (this.allowsAddress(socket.remote.host) ? accept(socket) : undefined)),
    }
  }

  datagrams(inner: Datagrams): Datagrams {
    return {
      bind: async (at, received) => {
        const socket = await inner.bind(at, (bytes, from) => {
          if (this.allowsAddress(from.host)) received(bytes, from)
        })
        return {
          local: socket.local,
          send: (bytes, to) => {
            if (this.allowsAddress(to.host)) socket.send(bytes, to)
          },
          close: () => socket.close(),
        }
      },
      joinMulticast: async (group, received) => {
        if (!this.allowsMulticast) throw offline(group.host)
        const socket = await inner.joinMulticast(group, (bytes, from) => {
          if (this.allowsMulticast && this.hears(from.host)) received(bytes, from)
        })
        return this.guardedGroup(socket)
      },
    }
  }

  /** Whether the sender of a multicast datagram may be known; if so it may be contacted from now on. */
  private hears(address: string): boolean {
    if (this.allowsAddress(address)) return true
    if (this.heard >= MAX_HEARD_ADDRESSES || isPublicAddress(address)) return false
    this.heard++
    this.addresses.add(address)
    return true
  }

  private guardedGroup(socket: MulticastSocket): MulticastSocket {
    return {
      get interfaces() {
        return socket.interfaces
      },
      joinOn: (addresses) => socket.joinOn(addresses),
      send: (bytes) => {
        if (this.allowsMulticast) socket.send(bytes)
      },
      close: () => socket.close(),
    }
  }

  resolver(inner: Resolver): Resolver {
    return {
      resolve: async (host) => {
        if (isIpAddress(host) ? !this.allowsAddress(host) : !this.allowsName(host)) throw offline(host)
        const found = await inner.resolve(host)
        if (this.names.has(host.toLowerCase())) for (const address of found) this.addresses.add(address)
        if (!found.every((address) => this.allowsAddress(address))) throw offline(host)
        return found
      },
    }
  }
}

/** A connection that was never begun. */
function refusedStream(remote: StreamSocket['remote'], handler: StreamHandler): StreamSocket {
  queueMicrotask(() => handler.closed(offline(remote.host)))
  return {
    local: { host: '0.0.0.0', port: 0 },
    remote,
    bufferedBytes: 0,
    write() {},
    pauseReading() {},
    resumeReading() {},
    end() {},
    destroy() {},
  }
}
