import { isLoopback } from '../host/ip-address.ts'
import type { DatagramSocket, Datagrams, Endpoint, MulticastSocket } from '../kernel/network.ts'
import type { Program } from './ledger.ts'
import { joinMulticast } from './multicast.ts'
import type { DatagramRoute, Network, NetworkNode } from './network.ts'

/** The largest payload of a UDP datagram over IPv4. Larger ones are lost, as where the system refuses them. */
export const MAX_DATAGRAM_BYTES = 65_507

export type DatagramReceiver = (bytes: Uint8Array, from: Endpoint) => void

/** UDP of one host: datagrams may be lost, late, out of order, or arrive twice. */
export class SimulatedDatagrams implements Datagrams {
  private readonly network: Network
  private readonly program: Program
  private readonly node: NetworkNode

  constructor(network: Network, program: Program, node: NetworkNode) {
    this.network = network
    this.program = program
    this.node = node
  }

  bind(at: Endpoint, received: (bytes: Uint8Array, from: Endpoint) => void): Promise<DatagramSocket> {
    const { program, node } = this
    return program.later(`bind to ${at.host}:${at.port}`, 0, (origin) => {
      const local = node.datagrams.bind(at, received)
      const loopbackOnly = isLoopback(local.host)
      const name = `on ${local.host}:${local.port}`
      const claim = program.claim('datagram socket', name, () => node.datagrams.release(local), origin)
      return {
        local,
        send: (bytes: Uint8Array, to: Endpoint) => {
          if (!claim.isOver) this.send(bytes, local, to, loopbackOnly)
        },
        close: () => program.later('close of a datagram socket', 0, () => claim.end()),
      }
    })
  }

  joinMulticast(group: Endpoint, received: DatagramReceiver): Promise<MulticastSocket> {
    return joinMulticast(this.network, this.program, this.node, group, received)
  }

  private send(bytes: Uint8Array, local: Endpoint, to: Endpoint, loopbackOnly: boolean): void {
    const { network, node } = this
    const route = network.sends(node, local.port, to)
    if (route === undefined || bytes.length > MAX_DATAGRAM_BYTES) return
    // What is bound to the loopback address reaches no other host.
    if (loopbackOnly && route.node !== node) return
    if (network.isCut(node, route.node) || network.loses(node, route.node)) return
    const copies = network.random.chance(network.options.duplicationRate) ? 2 : 1
    for (let i = 0; i < copies; i++) {
      const copy = bytes.slice()
      network.time.schedule(network.delay(node, route.node), () => {
        if (!network.isCut(node, route.node)) deliverDatagram(network, route, copy)
      })
    }
  }
}

/** It has arrived: handed to whoever listens there, unless a router drops it. */
function deliverDatagram(network: Network, route: DatagramRoute, bytes: Uint8Array): void {
  network.time.checksum.fold(route.node.index)
  network.time.checksum.foldBytes(bytes)
  const at = network.arrives(route)
  if (at) route.node.datagrams.find(at.host, at.port)?.(bytes, route.source)
}

/** Sends a datagram that seems to come from anywhere, in the shortest time that there is. */
export function forgeDatagram(network: Network, bytes: Uint8Array, source: Endpoint, destination: Endpoint): void {
  const node = network.at(destination.host)
  const copy = bytes.slice()
  if (node) {
    network.time.schedule(network.options.latency[0], () => {
      deliverDatagram(network, { node, source, destination }, copy)
    })
  }
}
