/** The npm package `bittorrent-dht` 11, which brings no types: what the tests and the bench use of it. */
declare module 'bittorrent-dht' {
  import type { EventEmitter } from 'node:events'

  type Done<R> = (error: Error | null, result: R) => void

  interface MutableValue {
    readonly v: Uint8Array
    readonly k: Uint8Array
    readonly seq: number
    readonly sign: (bytes: Uint8Array) => Uint8Array
    readonly salt?: Uint8Array
    readonly cas?: number
  }

  interface StoredValue {
    readonly v: Uint8Array
    readonly seq?: number
  }

  export class Client extends EventEmitter {
    constructor(options?: {
      readonly bootstrap?: readonly string[] | false
      readonly host?: string
      readonly verify?: (signature: Uint8Array, message: Uint8Array, key: Uint8Array) => boolean
    })
    readonly nodes: { toArray(): readonly { readonly id: Uint8Array; readonly host: string; readonly port: number }[] }
    readonly nodeId: Uint8Array
    /** Of k-rpc, whose `socket` is of k-rpc-socket, whose `socket` is the one of node:dgram. */
    readonly _rpc: { readonly socket: { readonly socket: EventEmitter } }
    listen(port: number, address: string, listening: () => void): void
    address(): { readonly port: number }
    announce(infoHash: Uint8Array, port: number, done: Done<number>): void
    lookup(infoHash: Uint8Array, done: Done<number>): () => void
    put(value: { readonly v: Uint8Array } | MutableValue, done: Done<Uint8Array>): void
    get(key: Uint8Array, options: { readonly salt?: Uint8Array }, done: Done<StoredValue | null>): void
    destroy(done: () => void): void
  }
}
