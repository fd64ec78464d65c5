/**
 * The multicast groups of BEP 14, IPv4 and IPv6, on the interfaces that the machine has now. A family that cannot be joined
 * is tried again at the next look; the machine goes on with the other one.
 *
 * Interfaces that reach other machines are used; where there is none, the loopback interface is, so that programs of one
 * machine find each other without a network.
 */
import { codeOf } from '../../kernel/errors.ts'
import type { Log } from '../../kernel/log.ts'
import type { Datagrams, Endpoint, LocalAddress, LocalAddresses, MulticastSocket } from '../../kernel/network.ts'
import { LOCAL_GROUP_V4, LOCAL_GROUP_V6 } from './local-message.ts'

export interface LocalGroupPorts {
  readonly datagrams: Pick<Datagrams, 'joinMulticast'>
  readonly localAddresses: LocalAddresses
  readonly log: Log
}

interface Group {
  readonly at: Endpoint
  socket: MulticastSocket | undefined
  /** Why it is not open. */
  code: string
}

export class LocalGroups {
  private readonly ports: LocalGroupPorts
  private readonly received: (bytes: Uint8Array, from: Endpoint) => void
  private readonly groups: readonly Group[] = [LOCAL_GROUP_V4, LOCAL_GROUP_V6].map((at) => ({
    at,
    socket: undefined,
    code: '',
  }))
  private network = ''

  constructor(ports: LocalGroupPorts, received: (bytes: Uint8Array, from: Endpoint) => void) {
    this.ports = ports
    this.received = received
  }

  /** Whether anybody can hear us. */
  get reachesSomeone(): boolean {
    return this.groups.some(({ socket }) => socket !== undefined && socket.interfaces.length > 0)
  }

  /** The error that keeps the groups closed, where one does. */
  get fault(): string | undefined {
    return this.groups.find(({ socket, code }) => socket === undefined && code !== '')?.code
  }

  /** Opens what is not open and goes along with the interfaces as they are now. @returns whether they are other ones than before */
  async look(): Promise<boolean> {
    const addresses = interfacesFor(this.ports.localAddresses.list())
    for (const group of this.groups) {
      group.socket ??= await this.join(group)
      // Also with the same addresses: an interface that was gone for a moment has forgotten its groups.
      await group.socket?.joinOn(addresses)
    }
    const network = this.groups.map(({ socket }) => socket?.interfaces.join() ?? '').join(';')
    const seen = `${network} ${addresses.map(({ host }) => host).join()}`
    const changed = seen !== this.network
    this.network = seen
    return changed
  }

  /** Sends what `datagramsFor` makes for each group. */
  send(datagramsFor: (group: Endpoint) => readonly Uint8Array[]): void {
    for (const { socket, at } of this.groups) {
      if (socket === undefined || socket.interfaces.length === 0) continue
      for (const datagram of datagramsFor(at)) socket.send(datagram)
    }
  }

  async close(): Promise<void> {
    this.network = ''
    const sockets = this.groups.map(({ socket }) => socket)
    for (const group of this.groups) group.socket = undefined
    await Promise.all(sockets.map((socket) => socket?.close()))
  }

  private async join(group: Group): Promise<MulticastSocket | undefined> {
    try {
      const socket = await this.ports.datagrams.joinMulticast(group.at, this.received)
      group.code = ''
      return socket
    } catch (error) {
      const code = codeOf(error)
      if (code !== group.code) this.ports.log.write('info', 'no local discovery', { group: group.at.host, code })
      group.code = code
      return undefined
    }
  }
}

/** Those that reach others, or else those of this machine. */
function interfacesFor(addresses: readonly LocalAddress[]): readonly LocalAddress[] {
  const outside = addresses.filter(({ internal }) => !internal)
  return outside.length > 0 ? outside : addresses
}
