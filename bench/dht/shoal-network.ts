/** Shoal's own nodes: the code and the limits that the app runs with. */
import { createClock } from '../../src-main/host/clock.ts'
import { createDatagrams } from '../../src-main/host/datagrams.ts'
import { createRandom } from '../../src-main/host/random.ts'
import { KademliaNode } from '../../src-main/kademlia/kademlia-node.ts'
import { NodeId } from '../../src-main/kademlia/node-id.ts'
import { silentLog } from '../../src-main/kernel/log.ts'
import { datagramTransport } from '../../src-main/rpc/message-transport.ts'
import { Rpc } from '../../src-main/rpc/rpc.ts'
import { addressOf, type DhtNetwork, type Found, PORT } from './dht-network.ts'

export class ShoalNetwork implements DhtNetwork {
  private readonly parts = { clock: createClock(), random: createRandom(), log: silentLog }
  private readonly datagrams = createDatagrams()
  private readonly nodes = new Map<number, { readonly rpc: Rpc; readonly node: KademliaNode }>()

  async join(index: number, entry: number | undefined): Promise<void> {
    const transport = datagramTransport(this.datagrams, { host: addressOf(index), port: PORT })
    const rpc = await Rpc.open(transport, { ...this.parts, id: this.parts.random.bytes(20) })
    const node = new KademliaNode(rpc, this.parts, { mode: 'on' })
    this.nodes.set(index, { rpc, node })
    node.start()
    if (entry === undefined) return
    node.suggest([{ host: addressOf(entry), port: PORT }])
    if (node.ready) return
    await new Promise<void>((resolve) => {
      const unwatch = node.watch(() => {
        if (!node.ready) return
        unwatch()
        resolve()
      })
    })
  }

  announce(index: number, infoHash: Uint8Array, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.nodeOf(index).announce(
        NodeId.of(infoHash),
        { port, seed: false },
        { done: ({ stored }) => (stored > 0 ? resolve() : reject(new Error('nobody took the announcement'))) },
      )
    })
  }

  getPeers(index: number, infoHash: Uint8Array): Promise<Found> {
    const from = performance.now()
    let firstPeerMs: number | undefined
    return new Promise((resolve) => {
      this.nodeOf(index).getPeers(
        NodeId.of(infoHash),
        {},
        {
          found: ({ peers }) => {
            if (peers.length > 0) firstPeerMs ??= performance.now() - from
          },
          done: () => resolve({ firstPeerMs, wholeMs: performance.now() - from }),
        },
      )
    })
  }

  get messages(): number {
    let all = 0
    for (const { rpc } of this.nodes.values()) all += rpc.counters.packetsReceived
    return all
  }

  async close(): Promise<void> {
    for (const { node, rpc } of this.nodes.values()) {
      node.stop()
      await rpc.close()
    }
  }

  private nodeOf(index: number): KademliaNode {
    return (this.nodes.get(index) as { readonly node: KademliaNode }).node
  }
}
