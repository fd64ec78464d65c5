import { isMulticast } from '../host/ip-address.ts'
import type { Endpoint, LocalAddress, MulticastSocket } from '../kernel/network.ts'
import { type DatagramReceiver, MAX_DATAGRAM_BYTES } from './datagrams.ts'
import { systemError } from './errors.ts'
import type { Program } from './ledger.ts'
import type { Network, NetworkNode } from './network.ts'

/** One socket in a group, as the network sees it. */
export interface GroupMember {
  readonly node: NetworkNode
  readonly group: Endpoint
  /** The interfaces on which it is in the group. */
  interfaces: readonly LocalAddress[]
  readonly received: DatagramReceiver
}

/**
 * Joins a multicast group on a simulated host. Its datagrams reach every member on the same local network (`lan` of the
 * host's options; without one a host hears itself alone), each lost and late by itself. Hosts have IPv4 only.
 */
export function joinMulticast(
  network: Network,
  program: Program,
  node: NetworkNode,
  group: Endpoint,
  received: DatagramReceiver,
): Promise<MulticastSocket> {
  return program.later(`join of ${group.host}:${group.port}`, 0, (origin) => {
    if (!isMulticast(group.host) || group.port < 1) throw systemError('EINVAL', 'bind', group.host)
    if (group.host.includes(':')) throw systemError('EAFNOSUPPORT', 'bind', group.host)
    const member: GroupMember = { node, group, interfaces: [], received }
    network.members.add(member)
    const name = `in the group ${group.host}:${group.port}`
    const claim = program.claim('datagram socket', name, () => network.members.delete(member), origin)
    return {
      get interfaces() {
        return member.interfaces.map((address) => address.interface)
      },
      joinOn: (addresses) =>
        program.later('change of interfaces', 0, () => {
          member.interfaces = claim.isOver ? [] : onePerInterface(addresses)
        }),
      send: (bytes) => {
        if (claim.isOver || bytes.length > MAX_DATAGRAM_BYTES) return
        for (const { interface: over, internal } of member.interfaces) sendOver(network, member, over, internal, bytes)
      },
      close: () =>
        program.later('leaving of a group', 0, () => {
          member.interfaces = []
          claim.end()
        }),
    }
  })
}

function onePerInterface(addresses: readonly LocalAddress[]): LocalAddress[] {
  const ipv4 = addresses.filter(({ host }) => !host.includes(':'))
  return ipv4.filter((one, i) => ipv4.findIndex((other) => other.interface === one.interface) === i)
}

function sendOver(network: Network, sender: GroupMember, over: string, internal: boolean, bytes: Uint8Array): void {
  const { node, group } = sender
  const from = { host: internal ? '127.0.0.1' : node.address, port: group.port }
  for (const member of network.members) {
    if (member.group.host !== group.host || member.group.port !== group.port) continue
    if (!hears(member, node, over, internal)) continue
    if (network.isCut(node, member.node) || network.loses(node, member.node)) continue
    const copy = bytes.slice()
    network.time.schedule(network.delay(node, member.node), () => {
      // Whoever has left, or was cut off, in the meantime gets nothing.
      if (!network.members.has(member) || network.isCut(node, member.node)) return
      network.time.checksum.fold(member.node.index)
      network.time.checksum.foldBytes(copy)
      member.received(copy, from)
    })
  }
}

function hears(member: GroupMember, sender: NetworkNode, over: string, internal: boolean): boolean {
  if (member.node === sender) return member.interfaces.some((address) => address.interface === over)
  const { lan } = sender.options
  if (internal || lan === undefined || member.node.options.lan !== lan) return false
  return member.interfaces.some((address) => !address.internal)
}
