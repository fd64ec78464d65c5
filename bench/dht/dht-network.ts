/** What is measured: many nodes of one implementation in this process, each at an address of its own on loopback. */
export interface DhtNetwork {
  /** Starts node `index` and resolves when it has joined by way of `entry`, if given. */
  join(index: number, entry: number | undefined): Promise<void>
  announce(node: number, infoHash: Uint8Array, port: number): Promise<void>
  getPeers(node: number, infoHash: Uint8Array): Promise<Found>
  /** Datagrams that all nodes have received so far: each counts once, whoever sent it. */
  readonly messages: number
  close(): Promise<void>
}

export interface Found {
  /** From the start to the first answer with a peer; undefined where there was none. */
  readonly firstPeerMs: number | undefined
  /** Until the nearest nodes have answered. */
  readonly wholeMs: number
}

export const PORT = 6881

/** Node `index` has a /24 of 127/8 to itself, so that rules about neighbours hold as they do between strangers. */
export function addressOf(index: number): string {
  return `127.${1 + (index >> 8)}.${index & 0xff}.1`
}
