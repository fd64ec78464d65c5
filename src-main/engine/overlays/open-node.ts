/** Makes our nodes over the sockets that they share: DHT nodes, and hosts of the ring. */

import type { Settings } from '#shared/contract/settings.ts'
import type { ChordContact } from '../../chord/contact.ts'
import { ChordNode } from '../../chord/host/chord-node.ts'
import type { HostStore, StoreHost } from '../../chord/host/host-store.ts'
import type { ChordNodePort } from '../../chord/overlay.ts'
import { CHORD_WORD } from '../../chord/wire/codec.ts'
import { RpcChordPort } from '../../chord/wire/rpc-chord-port.ts'
import { isLoopbackIp } from '../../codec/ip-address.ts'
import type { KademliaNodePort, ServingMode } from '../../kademlia/dht.ts'
import { KademliaNode } from '../../kademlia/kademlia-node.ts'
import { ID_BYTES } from '../../kademlia/node-id.ts'
import type { SavedState } from '../../kademlia/saved-state.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Log } from '../../kernel/log.ts'
import type { Datagrams, Endpoint } from '../../kernel/network.ts'
import type { Random } from '../../kernel/random.ts'
import { AskedHosts } from '../../rpc/asked-hosts.ts'
import { datagramTransport } from '../../rpc/message-transport.ts'
import { Rpc } from '../../rpc/rpc.ts'
import type { NodeNames } from './bootstrap-nodes.ts'
import type { NodesWish, OpenedNode } from './node-host.ts'
import type { Sockets } from './sockets.ts'

export interface DhtWish extends NodesWish {
  readonly mode: ServingMode
  /** Nodes in a bucket. */
  readonly k: 8 | 20
  /** Requests under way at once in a lookup. */
  readonly alpha: number
}

export interface ChordWish extends NodesWish {
  /** Places of a host on the ring. */
  readonly virtualNodes: number
  /** The host that a command line says, where it names one of this machine. */
  readonly given: string | undefined
}

/** A socket of our nodes, and whom they ask over it. */
export interface OverlaySocket {
  readonly rpc: Rpc
  readonly asked: AskedHosts
  readonly local: Endpoint
  close(): Promise<void>
}

interface Ports {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}

export interface Opening extends Ports {
  readonly sockets: Sockets<OverlaySocket>
  readonly names: NodeNames
  /** Where a node that knows nobody begins, asked at each attempt. */
  readonly bootstrap: () => readonly Endpoint[]
  /** Our DHT nodes as they stand. */
  readonly dhtNodes: () => readonly KademliaNodePort[]
}

/** @param version of the program, `0.3.1`: two letters and two numbers of it go into each message (BEP 5's `v`) */
export function socketOpener(
  { clock, random, datagrams }: Omit<Ports, 'log'> & { readonly datagrams: Datagrams },
  version: string,
): (at: Endpoint) => Promise<OverlaySocket> {
  return async (at) => {
    const asked = new AskedHosts()
    const rpc = await Rpc.open(asked.over(datagramTransport(datagrams, at)), {
      ...{ clock, random },
      id: random.bytes(ID_BYTES),
      version: versionBytes(version),
      // Until a DHT node stands on it.
      readOnly: true,
    })
    return { rpc, asked, local: rpc.local, close: () => rpc.close() }
  }
}

export function dhtNodeOpener(opening: Opening) {
  const { clock, random, log, sockets } = opening
  return async (
    address: string,
    { port, mode, k, alpha }: DhtWish,
    saved: SavedState | undefined,
  ): Promise<OpenedNode<KademliaNodePort>> => {
    const { socket, release } = await sockets.hold(address, port)
    const { rpc } = socket
    rpc.id = saved?.id.bytes ?? random.bytes(ID_BYTES)
    const family = familyOf(address)
    const node = new KademliaNode(
      rpc,
      { clock, random, log },
      {
        ...{ mode, k, alpha, saved },
        watchAsked: socket.asked.watch,
        routers: (found) => bootstrapOf(opening, family, found),
        sibling: () => opening.dhtNodes().find(({ facts }) => facts.family !== family),
      },
    )
    const close = async () => {
      node.stop()
      // Somebody else may go on with the socket: then it has no DHT node any more.
      rpc.readOnly = true
      rpc.onQuery(() => undefined)
      await release()
    }
    return { node, close }
  }
}

/**
 * @param store makes what keeps the keys of a host
 * @param dhtMode now: a DHT node that serves without being told to has been reached by strangers
 */
export function chordNodeOpener(
  opening: Opening,
  store: (family: 4 | 6) => (host: StoreHost) => HostStore,
  dhtMode: () => Settings['dht'],
) {
  const { clock, random, log, sockets } = opening
  return async (
    address: string,
    { port, virtualNodes, given }: ChordWish,
    saved: readonly ChordContact[] | undefined,
  ): Promise<OpenedNode<ChordNodePort>> => {
    const { socket, release } = await sockets.hold(address, port)
    const { rpc } = socket
    const family = familyOf(address)
    // The DHT's node on the same socket may come, go, and change its mind.
    const dhtNode = () => opening.dhtNodes().find(({ facts }) => facts.local === rpc.local)?.facts
    const chordPort = new RpcChordPort({ clock, rpc: rpc.extension(CHORD_WORD) })
    const node = new ChordNode(
      chordPort,
      { clock, random, log, store: store(family) },
      {
        virtualNodes,
        watchAsked: socket.asked.watch,
        address: isLoopbackIp(address) || address === given ? address : undefined,
        external: () => dhtNode()?.externalHost,
        reached: () => dhtMode() === 'auto' && dhtNode()?.serving === true,
        bootstrap: (found) => bootstrapOf(opening, family, found),
        ...(saved && { saved }),
      },
    )
    const close = async () => {
      await node.leave()
      await release()
    }
    return { node, close }
  }
}

function bootstrapOf(
  { names, bootstrap }: Opening,
  family: 4 | 6,
  found: (endpoints: readonly Endpoint[]) => void,
): void {
  names.resolve(bootstrap(), (endpoints) => {
    const fitting = endpoints.filter(({ host }) => familyOf(host) === family)
    if (fitting.length > 0) found(fitting)
  })
}

function familyOf(host: string): 4 | 6 {
  return host.includes(':') ? 6 : 4
}

/** `SH`, then the first two numbers of the version. */
function versionBytes(version: string): Uint8Array {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10) & 0xff)
  return Uint8Array.of(0x53, 0x48, major, minor)
}
