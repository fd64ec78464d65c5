/**
 * TCP, UDP and local sockets as ports. Callbacks and no promises on the data path, so that the simulated network can
 * deliver each byte at its virtual time and the real one can hand over its receive buffer without a copy.
 */

/** An IP address as literal text (`127.0.0.1`, `::1`) and a port from 0 to 65535. */
export interface Endpoint {
  readonly host: string
  readonly port: number
}

/** What the owner of a connection is told. All are called from the event loop, never from inside a method of the socket. */
export interface StreamHandler {
  /** Outgoing only: the connection stands. */
  connected?(): void
  /** Bytes arrived. **Valid only during the call**: the buffer is used again, so copy what is kept. */
  data(bytes: Uint8Array): void
  /** Everything written has been handed to the system; `bufferedBytes` is 0. Follows a `write` that left it above 0, unless `end` came first. */
  drained?(): void
  /** The other side has ended its half. The socket stays writable until `end` or `destroy`. */
  ended?(): void
  /** Called exactly once, last. `error` has a `code` such as `ECONNREFUSED`, `ECONNRESET` or `ETIMEDOUT`. */
  closed(error?: Error): void
}

export interface StreamSocket {
  readonly local: Endpoint
  readonly remote: Endpoint
  /** Bytes written by us and not yet taken by the system. */
  readonly bufferedBytes: number
  /** Queues bytes to send, several in one system call. They must not change until drained. Ignored once closed. */
  write(...parts: readonly Uint8Array[]): void
  /** Stops (or goes on) reading from the network, so that the sender feels back-pressure. */
  pauseReading(): void
  resumeReading(): void
  /** Sends what is queued, then ends our half. */
  end(): void
  /** Closes at once; `closed` follows. */
  destroy(error?: Error): void
}

export interface Listener {
  /** Where it listens, with the real port when 0 was asked for. */
  readonly local: Endpoint
  close(): Promise<void>
}

/** Takes a new connection and says who handles it; undefined refuses it. */
export type Accept = (socket: StreamSocket) => StreamHandler | undefined

export interface Streams {
  /** Connects by IP address. Fails through `handler.closed`, also after `timeout` milliseconds. */
  connect(to: Endpoint, handler: StreamHandler, options: { readonly timeout: number }): StreamSocket
  /** @throws an Error with code `EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL` */
  listen(at: Endpoint, accept: Accept): Promise<Listener>
}

/** Sockets within this machine, by the path of a socket file (a named pipe on Windows) that only its owner can open. */
export interface LocalSockets {
  connect(path: string, handler: StreamHandler): StreamSocket
  listen(path: string, accept: Accept): Promise<{ close(): Promise<void> }>
}

export interface DatagramSocket {
  readonly local: Endpoint
  /** Sends one datagram; lost silently where it cannot be sent. */
  send(bytes: Uint8Array, to: Endpoint): void
  close(): Promise<void>
}

export interface Datagrams {
  /** `received` gets each datagram; its bytes may be kept. @throws an Error with code `EADDRINUSE`, `EACCES` */
  bind(at: Endpoint, received: (bytes: Uint8Array, from: Endpoint) => void): Promise<DatagramSocket>
  /**
   * Takes part in a multicast group, on no interface yet. The port is shared with whoever else on this machine uses it.
   * `received` gets each datagram once, our own included; its bytes may be kept.
   * @throws an Error with code `EINVAL`, `EADDRINUSE`, `EACCES`, `EAFNOSUPPORT`; `OFFLINE` where the policy allows no multicast
   */
  joinMulticast(group: Endpoint, received: (bytes: Uint8Array, from: Endpoint) => void): Promise<MulticastSocket>
}

export interface MulticastSocket {
  /** The interfaces on which it is in the group, by name: fewer than asked for where the system refused some. */
  readonly interfaces: readonly string[]
  /**
   * Joins on the interfaces of these addresses, one of the group's family each, and leaves all others; on those it may still
   * hear the group while another program of the machine is in it. Addresses of the other family are passed over.
   * Settles when it is done; never fails.
   */
  joinOn(addresses: readonly LocalAddress[]): Promise<void>
  /** Sends one datagram to the group over each interface, with a hop limit of 1: it stays on the local network. */
  send(bytes: Uint8Array): void
  close(): Promise<void>
}

/** An address that this machine has on one of its network interfaces. */
export interface LocalAddress {
  /** An IP literal; of a link-local IPv6 address with its zone (`fe80::1%eth0`). */
  readonly host: string
  /** The interface's name in the system, such as `eth0`. */
  readonly interface: string
  /** Reaches this machine only. */
  readonly internal: boolean
}

/** The machine's addresses as they are now; they change as networks come and go, without notice. */
export interface LocalAddresses {
  list(): readonly LocalAddress[]
}

/** Addresses of a host name. */
export interface Resolver {
  /** IP literals in the system's order of preference. A literal answers with itself. @throws code `ENOTFOUND`, `OFFLINE` */
  resolve(host: string): Promise<readonly string[]>
}

/** `host:port`, an IPv6 host in brackets. */
export function formatEndpoint({ host, port }: Endpoint): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
