/** Nodes that do harm, on simulated hosts of their own: they answer pings, so that they enter tables, and all else as they like. */
import type { Contact } from '../../src-main/kademlia/contact.ts'
import { NodeId } from '../../src-main/kademlia/node-id.ts'
import { MINUTE, SECOND } from '../../src-main/kernel/clock.ts'
import type { DatagramSocket, Endpoint } from '../../src-main/kernel/network.ts'
import { decodeMessage } from '../../src-main/rpc/krpc-decode.ts'
import { encodeMessage } from '../../src-main/rpc/krpc-encode.ts'
import type { KrpcMessage, NodeContact, Query } from '../../src-main/rpc/krpc-message.ts'
import type { SimulatedHost } from '../../src-main/simulation/host.ts'
import type { SeededRandom } from '../../src-main/simulation/random.ts'
import { type KademliaWorld, PORT } from './kademlia-world.ts'

export interface Hostile {
  readonly id: Uint8Array
  readonly host: SimulatedHost
  readonly socket: DatagramSocket
  readonly endpoint: Endpoint
}

/** What a hostile node sends back to a query that is not a ping: any number of datagrams. */
export type Behaviour = (query: Query, from: Endpoint, self: Hostile, gang: readonly Hostile[]) => readonly Uint8Array[]

export const silence: Behaviour = () => []

/** Names only other members of the gang, those nearest to the target first, with a token for everything. */
export const mutualPraise: Behaviour = (query, from, self, gang) => {
  const target = targetOf(query)
  const others = gang.filter((other) => other !== self)
  const sorted = others.toSorted((a, b) => distance(a.id, target) - distance(b.id, target))
  return [answer(query, from, self.id, { nodes: sorted.slice(0, 8).map(nodeOf), token: new Uint8Array(8) })]
}

/** Every kind of nonsense in turn. */
export function garbage(random: SeededRandom): Behaviour {
  const strangers = (count: number, host: () => string): NodeContact[] =>
    Array.from({ length: count }, () => ({
      id: random.bytes(20),
      endpoint: { host: host(), port: 1 + random.below(65_535) },
    }))
  const nonsense: ((query: Query, from: Endpoint, self: Hostile) => Uint8Array)[] = [
    () => random.bytes(80),
    (query, from, self) => answer(query, from, self.id, {}).slice(0, 30),
    // Another id than the one it was asked under.
    (query, from) => answer(query, from, random.bytes(20), { nodes: strangers(8, () => somewhere(random)) }),
    (query, from, self) => answer(query, from, self.id, { nodes: strangers(50, () => somewhere(random)) }),
    (query, from, self) => answer(query, from, self.id, { nodes: strangers(8, () => unreachable(random)) }),
    // The one who asks, under ids of others.
    (query, from, self) => answer(query, from, self.id, { nodes: strangers(8, () => from.host) }),
    (query) => encodeMessage({ kind: 'error', transaction: query.transaction, code: 999, message: 'x'.repeat(1_500) }),
    (query, from, self) => answer({ ...query, transaction: random.bytes(2) }, from, self.id, {}),
    (query, from, self) => answer(query, from, query.id, { nodes: [nodeOf(self)] }),
  ]
  let turn = 0
  return (query, from, self) => [(nonsense[turn++ % nonsense.length] as (typeof nonsense)[number])(query, from, self)]
}

/** Names the true nodes nearest to the target, each at an address where nobody is, then invented ones in the networks of those. */
export function impersonation(world: KademliaWorld): Behaviour {
  const { random } = world.sim
  return (query, from, self) => {
    const target = NodeId.of(targetOf(query))
    const nearest = world.nearest(target, 8)
    const misplaced = nearest.map(({ node }) => ({
      id: node.facts.id.bytes,
      endpoint: { host: somewhere(random), port: PORT },
    }))
    const squatters = nearest.map(({ endpoint }) => ({
      id: idNear(target, 60, random),
      endpoint: { host: endpoint.host.replace(/1$/, '9'), port: PORT },
    }))
    return [answer(query, from, self.id, { nodes: [...misplaced, ...squatters], token: new Uint8Array(8) })]
  }
}

/** Opens so many, at the addresses given, with the ids given. */
export async function openGang(
  world: KademliaWorld,
  behaviour: Behaviour,
  at: readonly { readonly address: string; readonly id: Uint8Array }[],
): Promise<Hostile[]> {
  const gang: Hostile[] = []
  for (const { address, id } of at) {
    const host = world.sim.host(`hostile-${address}`, { address })
    const received = (bytes: Uint8Array, from: Endpoint) => {
      const message = decodeMessage(bytes)
      if (message.kind !== 'query') return
      const replies = message.method === 'ping' ? [answer(message, from, id, {})] : behaviour(message, from, self, gang)
      for (const reply of replies) self.socket.send(reply, from)
    }
    const socket = await world.sim.within(SECOND, host.datagrams.bind({ host: address, port: PORT }, received))
    const self: Hostile = { id, host, socket, endpoint: { host: address, port: PORT } }
    gang.push(self)
  }
  return gang
}

/** Each asks each honest node something, so that it is asked back; then time passes. */
export async function greetAll(world: KademliaWorld, gang: readonly Hostile[]): Promise<void> {
  for (const { id, socket } of gang) {
    const greeting = encodeMessage({
      kind: 'query',
      transaction: new Uint8Array(2),
      id,
      readOnly: false,
      method: 'ping',
      args: {},
    })
    for (const { endpoint } of world.members) socket.send(greeting, endpoint)
    await world.sim.run(100)
  }
  await world.sim.run(3 * MINUTE)
}

export async function closeGang(world: KademliaWorld, gang: readonly Hostile[]): Promise<void> {
  await world.sim.within(SECOND, Promise.all(gang.map(({ socket }) => socket.close())))
}

/** The contacts of all honest tables, live and spare. */
export function tableContacts(world: KademliaWorld): Contact[] {
  return world.members.flatMap(({ node }) =>
    node.buckets().flatMap(({ live, spares }) => [...live, ...spares].map(({ contact }) => contact)),
  )
}

/** An id that shares its first `bits` bits with the target. */
export function idNear(target: NodeId, bits: number, random: SeededRandom): Uint8Array {
  const id = random.bytes(20)
  for (let bit = 0; bit <= bits; bit++) {
    const mask = 0x80 >> (bit & 7)
    const own = (target.bytes[bit >> 3] as number) & mask
    id[bit >> 3] = ((id[bit >> 3] as number) & ~mask) | (bit < bits ? own : own ^ mask)
  }
  return id
}

export function answer(
  query: Pick<Query, 'transaction'>,
  to: Endpoint,
  id: Uint8Array,
  fields: { readonly nodes?: readonly NodeContact[]; readonly token?: Uint8Array },
): Uint8Array {
  const message: KrpcMessage = { kind: 'response', transaction: query.transaction, id, ip: to, ...fields }
  return encodeMessage(message)
}

function targetOf({ args }: Query): Uint8Array {
  if ('infoHash' in args) return args.infoHash
  return ('target' in args && args.target) || new Uint8Array(20)
}

function nodeOf({ id, endpoint }: Hostile): NodeContact {
  return { id, endpoint }
}

/** The first 32 bits of the distance. */
function distance(id: Uint8Array, target: Uint8Array): number {
  let number = 0
  for (let i = 0; i < 4; i++) number = number * 256 + ((id[i] as number) ^ (target[i] as number))
  return number
}

/** A public address where nobody is. */
function somewhere(random: SeededRandom): string {
  return `${60 + random.below(60)}.${random.below(256)}.${random.below(256)}.${1 + random.below(254)}`
}

function unreachable(random: SeededRandom): string {
  const hosts = ['0.0.0.0', '127.0.0.1', '10.0.0.1', '192.168.1.1', '224.0.0.1', '255.255.255.255', '169.254.0.1']
  return hosts[random.below(hosts.length)] as string
}
