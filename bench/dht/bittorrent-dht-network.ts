/** The nodes of the `bittorrent-dht` package, with the options that it has by itself. */
import { once } from 'node:events'
import { Client } from 'bittorrent-dht'
import { addressOf, type DhtNetwork, type Found, PORT } from './dht-network.ts'

export class BittorrentDhtNetwork implements DhtNetwork {
  messages = 0
  private readonly nodes = new Map<number, Client>()

  async join(index: number, entry: number | undefined): Promise<void> {
    const node = new Client({ bootstrap: entry === undefined ? false : [`${addressOf(entry)}:${PORT}`] })
    this.nodes.set(index, node)
    node._rpc.socket.socket.on('message', () => {
      this.messages++
    })
    const ready = entry === undefined ? undefined : once(node, 'ready')
    await new Promise<void>((resolve) => node.listen(PORT, addressOf(index), resolve))
    await ready
  }

  announce(index: number, infoHash: Uint8Array, port: number): Promise<void> {
    return new Promise((resolve, reject) =>
      this.nodeOf(index).announce(Buffer.from(infoHash), port, (error) => (error ? reject(error) : resolve())),
    )
  }

  getPeers(index: number, infoHash: Uint8Array): Promise<Found> {
    const node = this.nodeOf(index)
    const hash = Buffer.from(infoHash)
    const from = performance.now()
    let firstPeerMs: number | undefined
    const seen = (_peer: unknown, of: Uint8Array) => {
      if (hash.equals(of)) firstPeerMs ??= performance.now() - from
    }
    node.on('peer', seen)
    return new Promise((resolve, reject) => {
      node.lookup(hash, (error) => {
        node.off('peer', seen)
        if (error) reject(error)
        else resolve({ firstPeerMs, wholeMs: performance.now() - from })
      })
    })
  }

  async close(): Promise<void> {
    for (const node of this.nodes.values()) await new Promise<void>((resolve) => node.destroy(resolve))
  }

  private nodeOf(index: number): Client {
    return this.nodes.get(index) as Client
  }
}
