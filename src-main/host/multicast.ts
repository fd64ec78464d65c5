/**
 * A multicast group over node:dgram: one socket on the group's port receives for all interfaces, so that nothing arrives
 * twice; one socket for each interface sends, bound to its address, so that receivers see where to answer.
 *
 * Where the system can bind to the group's address it does (not on Windows), which keeps unicast packets to that port out.
 * Limit: `MAX_MULTICAST_INTERFACES`.
 */
import dgram from 'node:dgram'
import { isIP } from 'node:net'
import { type Endpoint, formatEndpoint, type LocalAddress, type MulticastSocket } from '../kernel/network.ts'
import { isMulticast, isUsableEndpoint } from './ip-address.ts'
import { notAnAddress } from './network-error.ts'

export const MAX_MULTICAST_INTERFACES = 32
/** Routers pass nothing on that has a hop limit of 1. */
const HOP_LIMIT = 1
const WILDCARD = { 4: '0.0.0.0', 6: '::' } as const

export async function joinMulticast(
  group: Endpoint,
  received: (bytes: Uint8Array, from: Endpoint) => void,
): Promise<MulticastSocket> {
  if (!isUsableEndpoint(group) || group.port === 0 || !isMulticast(group.host))
    throw notAnAddress(formatEndpoint(group))
  const family = isIP(group.host) === 6 ? 6 : 4
  const socket = createSocket(family)
  const address = process.platform === 'win32' ? WILDCARD[family] : group.host
  await bound(socket, { address, port: group.port })
  const shared = new GroupSocket(group, family, socket)
  socket.on('message', (bytes, { address: host, port }) =>
    received(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length), { host, port }),
  )
  return shared
}

/** One interface of the group: how the system names it, and what sends there. */
interface Sender {
  readonly address: LocalAddress
  /** What `addMembership` and `setMulticastInterface` take: an IPv4 address, or `::%zone`. */
  readonly multicastInterface: string
  readonly socket: dgram.Socket
}

class GroupSocket implements MulticastSocket {
  private readonly group: Endpoint
  private readonly family: 4 | 6
  private readonly socket: dgram.Socket
  private senders: Sender[] = []
  private changing: Promise<void> = Promise.resolve()
  private closing: Promise<void> | undefined

  constructor(group: Endpoint, family: 4 | 6, socket: dgram.Socket) {
    this.group = group
    this.family = family
    this.socket = socket
  }

  get interfaces(): readonly string[] {
    return this.senders.map(({ address }) => address.interface)
  }

  joinOn(addresses: readonly LocalAddress[]): Promise<void> {
    const wanted = onePerInterface(addresses, this.family)
    this.changing = this.changing.then(() => this.change(wanted))
    return this.changing
  }

  send(bytes: Uint8Array): void {
    if (this.closing !== undefined) return
    for (const { socket } of this.senders) socket.send(bytes, this.group.port, this.group.host)
  }

  close(): Promise<void> {
    this.closing ??= this.changing.then(async () => {
      const senders = this.senders
      this.senders = []
      await Promise.all([this.socket, ...senders.map(({ socket }) => socket)].map(closed))
    })
    return this.closing
  }

  private async change(wanted: ReadonlyMap<string, LocalAddress>): Promise<void> {
    if (this.closing !== undefined) return
    const kept: Sender[] = []
    for (const sender of this.senders) {
      if (wanted.get(sender.multicastInterface)?.host === sender.address.host) kept.push(sender)
      else await this.leave(sender)
    }
    const having = new Map(kept.map((sender) => [sender.multicastInterface, sender]))
    const joined: Sender[] = []
    for (const [multicastInterface, address] of wanted) {
      const sender = having.get(multicastInterface) ?? (await newSender(multicastInterface, address, this.family))
      if (sender === undefined) continue
      // Once more for those we have: an interface that went and came back has forgotten it.
      if (this.join(sender)) joined.push(sender)
      else await closed(sender.socket)
    }
    this.senders = joined
  }

  private join({ socket, multicastInterface }: Sender): boolean {
    try {
      socket.setMulticastInterface(multicastInterface)
      this.socket.addMembership(this.group.host, multicastInterface)
      return true
    } catch (error) {
      // Already joined there.
      return (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
    }
  }

  private async leave({ socket, multicastInterface }: Sender): Promise<void> {
    try {
      this.socket.dropMembership(this.group.host, multicastInterface)
    } catch {
      // The interface is gone, and the membership with it.
    }
    await closed(socket)
  }
}

/**
 * An address of each interface, by what the system's multicast calls take for it; IPv6 addresses that mean something on any
 * interface before link-local ones.
 */
function onePerInterface(addresses: readonly LocalAddress[], family: 4 | 6): Map<string, LocalAddress> {
  const ofFamily = addresses.filter(({ host }) => isIP(host) === family)
  const ordered = [...ofFamily.filter((address) => !hasZone(address)), ...ofFamily.filter(hasZone)]
  const names = new Set<string>()
  const chosen = new Map<string, LocalAddress>()
  for (const address of ordered) {
    if (names.has(address.interface)) continue
    if (chosen.size >= MAX_MULTICAST_INTERFACES) break
    names.add(address.interface)
    chosen.set(family === 4 ? address.host : `::%${zoneOf(address, ofFamily)}`, address)
  }
  return chosen
}

function hasZone({ host }: LocalAddress): boolean {
  return host.includes('%')
}

/** The zone as the system wants it, a name or on Windows a number: the interface's link-local address is listed with it. */
function zoneOf(address: LocalAddress, all: readonly LocalAddress[]): string {
  const linkLocal = all.find((other) => other.interface === address.interface && hasZone(other))
  return linkLocal?.host.split('%', 2)[1] ?? address.interface
}

/** Undefined where the system does not let us send there. */
async function newSender(
  multicastInterface: string,
  address: LocalAddress,
  family: 4 | 6,
): Promise<Sender | undefined> {
  const socket = createSocket(family)
  try {
    // A zone that is not there would count as none, but an address that is not there cannot be bound.
    await bound(socket, { address: address.host, port: 0 })
  } catch {
    return undefined
  }
  try {
    socket.setMulticastTTL(HOP_LIMIT)
    socket.setMulticastLoopback(true)
    return { address, multicastInterface, socket }
  } catch {
    await closed(socket)
    return undefined
  }
}

function createSocket(family: 4 | 6): dgram.Socket {
  return dgram.createSocket({
    type: family === 6 ? 'udp6' : 'udp4',
    ipv6Only: family === 6,
    reuseAddr: true,
    lookup: (host, _options, callback) => callback(null, host, isIP(host)),
  })
}

/** Rejects, with the socket closed, where the system refuses the address. */
function bound(socket: dgram.Socket, at: { readonly address: string; readonly port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', (error) => {
      socket.close()
      reject(error)
    })
    socket.bind({ ...at, exclusive: true }, () => {
      socket.removeAllListeners('error')
      // A datagram that could not be sent is lost silently; the socket itself goes on.
      socket.on('error', () => {})
      resolve()
    })
  })
}

function closed(socket: dgram.Socket): Promise<void> {
  return new Promise((resolve) => socket.close(() => resolve()))
}
