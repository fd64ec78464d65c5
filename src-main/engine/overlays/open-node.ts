/** Makes a DHT node of ours: the socket, the RPC layer over it, the node over that. */
import type { KademliaNodePort } from '../../kademlia/dht.ts'
import { KademliaNode } from '../../kademlia/kademlia-node.ts'
import { ID_BYTES } from '../../kademlia/node-id.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Log } from '../../kernel/log.ts'
import type { Datagrams, Endpoint } from '../../kernel/network.ts'
import type { Random } from '../../kernel/random.ts'
import { datagramTransport } from '../../rpc/message-transport.ts'
import { Rpc } from '../../rpc/rpc.ts'
import type { NodeNames } from './bootstrap-nodes.ts'
import type { DhtHostParts } from './dht-host.ts'

export interface NodeOpening {
  readonly clock: Clock
  readonly random: Random
  readonly datagrams: Datagrams
  readonly log: Log
  readonly names: NodeNames
  /** Where a node that knows nobody begins, asked at each attempt. */
  readonly bootstrap: () => readonly Endpoint[]
  /** Our nodes as they stand. */
  readonly nodes: () => readonly KademliaNodePort[]
  /** Of the program, `0.3.1`: two letters and two numbers of it go into each message (BEP 5's `v`). */
  readonly version: string
}

export function nodeOpener(opening: NodeOpening): DhtHostParts['open'] {
  const { clock, random, datagrams, log, names } = opening
  return async (at, { mode, k, alpha }, saved) => {
    const rpc = await Rpc.open(datagramTransport(datagrams, at), {
      ...{ clock, random },
      id: saved?.id.bytes ?? random.bytes(ID_BYTES),
      version: versionBytes(opening.version),
      readOnly: mode !== 'on',
    })
    const family = at.host.includes(':') ? 6 : 4
    const node = new KademliaNode(
      rpc,
      { clock, random, log },
      {
        ...{ mode, k, alpha, saved },
        routers: (found) =>
          names.resolve(opening.bootstrap(), (endpoints) => {
            const fitting = endpoints.filter(({ host }) => host.includes(':') === (family === 6))
            if (fitting.length > 0) found(fitting)
          }),
        sibling: () => opening.nodes().find(({ facts }) => facts.family !== family),
      },
    )
    return { node, close: () => rpc.close() }
  }
}

/** `SH`, then the first two numbers of the version. */
function versionBytes(version: string): Uint8Array {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10) & 0xff)
  return Uint8Array.of(0x53, 0x48, major, minor)
}
