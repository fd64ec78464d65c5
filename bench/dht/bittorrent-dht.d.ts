declare module 'bittorrent-dht' {
  import type { EventEmitter } from 'node:events'

  export class Client extends EventEmitter {
    constructor(options?: { readonly bootstrap?: readonly string[] | false; readonly host?: string })
    listen(port: number, address: string, listening: () => void): void
    announce(infoHash: Uint8Array, port: number, done: (error?: Error | null, stored?: number) => void): void
    lookup(infoHash: Uint8Array, done: (error?: Error | null) => void): () => void
    destroy(done: () => void): void
    /** Of k-rpc, whose `socket` is of k-rpc-socket, whose `socket` is the one of node:dgram. */
    readonly _rpc: { readonly socket: { readonly socket: EventEmitter } }
  }
}
