/** What a test and its process with a node of ours say to each other, one JSON line each. Bytes in hexadecimal. */

/** The only argument of the process, as JSON. */
export interface ChainNodeOptions {
  /** A folder of its own, for chain.db. */
  readonly folder: string
  readonly userAgent: string
}

export type ToChainNode =
  /** Dials a node on 127.0.0.1 and keeps to it, or does so no more. */
  | { readonly kind: 'connect' | 'forget'; readonly port: number }
  /** A block as if mined here. */
  | { readonly kind: 'block'; readonly bytes: string }
  /** A transaction as if made here. */
  | { readonly kind: 'transaction'; readonly bytes: string }
  /** A clean end. */
  | { readonly kind: 'stop' }

export type FromChainNode =
  | { readonly kind: 'ready'; readonly port: number }
  /** Of the chain, at each change; hashes as people read them. */
  | {
      readonly kind: 'state'
      readonly tip: string
      readonly height: number
      readonly transactions: number
      readonly peers: number
    }
  | { readonly kind: 'added'; readonly txid: string }
  | { readonly kind: 'disconnected'; readonly hash: string }
  /** What became of a block or transaction given: the status, with the reason where it was refused. */
  | { readonly kind: 'outcome'; readonly outcome: string }
  | { readonly kind: 'stopped' }
